"""What comes in by web-hook: stored when it is signed, counted when it is not."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from outbox.operations import queue_message
from rotation.models import WebhookEvent, WebhookRefusal
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from rotation.domain.hook_bodies import Received

State = WebhookEvent.State
KIND = "web-hook refused"
SUBJECT = "Rota refuses what PagerDuty sends"


class Reason(enum.StrEnum):
    """Why a body was refused."""

    UNSIGNED = "unsigned"
    SIGNATURE = "signature"
    NO_KEY = "no key"


WORDS = {
    Reason.UNSIGNED: "it carries no signature of a version that Rota knows.",
    Reason.SIGNATURE: "its signature is not made with a secret that Rota knows.",
    Reason.NO_KEY: "Rota knows no secret: nothing is subscribed, or ROTA_WEBHOOK_KEY is not set "
    "to the key that encrypted it.",
}


def store(*, received: Received, webhook_ref: str, now: dt.datetime) -> bool:
    """Keep a well-signed body, once whatever is repeated; False when it was there already.

    What tells nothing of an incident is kept as ignored.
    """
    row = WebhookEvent(
        event_ref=received.event_ref,
        webhook_ref=webhook_ref,
        event_type=received.event_type,
        incident_ref=received.incident_ref if received.is_counted else "",
        occurred_at=received.occurred_at,
        received_at=now,
        body=received.document,
        state=State.WAITING if received.is_counted else State.IGNORED,
        handled_at=None if received.is_counted else now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def refuse(*, reason: Reason, now: dt.datetime) -> None:
    """Count a refused body, and tell the admins of the first one a day for each reason.

    PagerDuty never sends again what was refused, so nobody may wait for a second look.
    """
    with transaction.atomic():
        same = WebhookRefusal.objects.filter(day=now.date(), reason=reason)
        if not _counted(same, now):
            WebhookRefusal.objects.get_or_create(
                day=now.date(), reason=reason, defaults={"last_at": now}
            )
            _counted(same, now)
        if same.filter(told_at__isnull=True).update(told_at=now):
            for email in contacts.admin_addresses(now=now):
                queue_message(to=email, kind=KIND, subject=SUBJECT, body=_letter(reason), now=now)


def _counted(same: QuerySet[WebhookRefusal], now: dt.datetime) -> bool:
    return bool(same.update(count=F("count") + 1, last_at=now))


def _letter(reason: Reason) -> str:
    return (
        f"A web-hook was refused: {WORDS[reason]}\n\n"
        "PagerDuty does not send it again, and after three in a row it sends nothing for a day. "
        "If it came from PagerDuty, change the secret on the page of web-hooks; the events that "
        "were lost are read from PagerDuty's log afterwards. If it did not, somebody else tries "
        "the address; nothing was stored.\n\n"
        "You get this once a day for each reason.\n"
    )
