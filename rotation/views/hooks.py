"""Where PagerDuty sends its events: the one address that asks for a signature and nothing else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock
from rotation.domain import hook_bodies, signatures
from rotation.operations import hooks_in
from rotation.operations.hooks_in import Reason
from rotation.queries import hook_secrets
from rotation.views import hook_body

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

MOST_BYTES = 256 * 1024
LONGEST_REF = 100
RETRY_SECONDS = "30"
TEXT = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def pagerduty(request: HttpRequest) -> HttpResponse:
    """202 for what is signed, whatever it says, once it is stored; 403 for the rest.

    PagerDuty drops for good what is answered with 4xx, and sends again what is answered with 5xx.
    """
    try:
        body = hook_body.read(request, most_bytes=MOST_BYTES)
    except hook_body.NoBodyError as error:
        return _answer(error.status, error.sentence)
    try:
        return _taken(request, body, now=clock.now())
    except (DatabaseError, InterfaceError) as error:
        # The class alone: what the database says may quote the body.
        log.error("an event could not be stored: %s", type(error).__name__)  # noqa: TRY400
        answer = _answer(503, "Nothing can be stored now. Please send it again.")
        answer.headers["Retry-After"] = RETRY_SECONDS
        return answer


def _taken(request: HttpRequest, body: bytes, *, now: dt.datetime) -> HttpResponse:
    header = request.headers.get("X-PagerDuty-Signature", "")
    secrets = hook_secrets.secrets_in_force(now=now)
    if not signatures.is_signed(body, header, secrets):
        hooks_in.refuse(reason=_reason(header, secrets), now=now)
        return _answer(403, "The signature is none that is known here.")
    webhook_ref = hook_bodies.stored_text(request.headers.get("X-Webhook-Id", ""))[:LONGEST_REF]
    hooks_in.store(received=hook_bodies.read(body), webhook_ref=webhook_ref, now=now)
    return _answer(202, "Stored.")


def _reason(header: str, secrets: list[str]) -> Reason:
    if signatures.VERSION not in header:
        return Reason.UNSIGNED
    return Reason.SIGNATURE if secrets else Reason.NO_KEY


def _answer(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type=TEXT)
