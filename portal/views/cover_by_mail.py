"""The link of a mail that asks for cover: it works without sign-in, for one person and request.

Programs that look through mails follow links, so only the button changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.operations import Actor
from common import clock, links, wording
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.models import SwapOffer
from rotation.operations import cover_answers
from rotation.operations.cover_request_mails import BY_MAIL
from rotation.queries import cover_request_page, swaps
from volunteers.queries import profiles, service

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from rotation.models import Cover
    from volunteers.queries.service import Contact

TAKE, DECLINE = "take", "decline"
CONFLICT = 409
UNPROCESSABLE = 422


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def by_mail(request: HttpRequest, signed: str) -> HttpResponse:
    """Say who acts and what will happen; a button takes the cover or declines it."""
    now = clock.now()
    named = links.read_signed(purpose=BY_MAIL, signed=signed, now=now)
    rows = access.linked_requests().select_related("shift__level__rotation__team")
    cover = get_object_or_404(rows, pk=named.row)
    person = person_of(named.person)
    answer = request.POST.get("answer")
    if request.method != "POST" or answer not in {TAKE, DECLINE}:
        return _page(request, cover, person, now, signed=signed)
    actor = Actor(name=person.email, engineer_id=person.engineer_id)
    act = cover_answers.take_cover if answer == TAKE else cover_answers.decline_cover
    try:
        act(cover_id=cover.pk, engineer_id=person.engineer_id, actor=actor, now=now)
    except RefusedError as refusal:
        return _page(request, cover, person, now, signed=signed, refusal=refusal)
    nudge("rotation.sweep_syncs")
    return redirect(BY_MAIL, signed=signed)


def person_of(engineer_id: int) -> Contact:
    """Whoever the link was made for, while their account is open.

    Raises:
        LinkExpiredError: it is closed.
    """
    found = service.contacts_of(engineer_ids=[engineer_id])
    if not found:
        raise links.LinkExpiredError("This link belongs to an account that is closed.")
    return found[0]


def _page(
    request: HttpRequest,
    cover: Cover,
    person: Contact,
    now: dt.datetime,
    *,
    signed: str,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    page = cover_request_page.request_page(cover=cover, reader_id=person.engineer_id, now=now)
    zone = profiles.place(engineer_id=person.engineer_id, now=now).zone
    line = page.line
    context = {
        "page": page,
        "line": line,
        "person": person,
        "refusal": refusal,
        "signed": signed,
        "swaps": swaps.swap_lines(
            offers=SwapOffer.objects.filter(
                cover=cover, engineer_id=person.engineer_id, state=SwapOffer.State.OPEN
            ),
            now=now,
        ),
        "mine": line.ask_of(person.engineer_id),
        "is_taker": line.taker is not None and line.taker.engineer_id == person.engineer_id,
        "own_zone": zone,
        "has_own_zone": wording.local(page.period.starts_at, zone).utcoffset()
        != wording.local(page.period.starts_at, line.zone).utcoffset(),
    }
    status = 200 if refusal is None else CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return render(request, "portal/cover_by_mail.html", context, status=status)
