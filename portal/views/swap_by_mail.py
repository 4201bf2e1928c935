"""Swaps by the link of a mail, without sign-in: one person, one swap; only a button acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.operations import Actor
from common import clock, links
from common.nudge import nudge
from common.refusals import RefusedError
from portal.views import swap_pages
from portal.views.cover_by_mail import person_of
from rotation import access
from rotation.operations import swaps
from rotation.operations.cover_request_mails import BY_MAIL as COVER_BY_MAIL
from rotation.operations.swap_mails import BY_MAIL

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from rotation.models import SwapOffer
    from volunteers.queries.service import Contact

ANSWERS = {"agree": swaps.agree_swap, "decline": swaps.decline_swap}


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def by_mail(request: HttpRequest, signed: str) -> HttpResponse:
    """Both weeks; a button agrees or declines."""
    now = clock.now()
    named = links.read_signed(purpose=BY_MAIL, signed=signed, now=now)
    rows = access.linked_swaps().select_related("cover__shift__level__rotation__team")
    offer = get_object_or_404(rows, pk=named.row)
    person = person_of(named.person)
    act = ANSWERS.get(request.POST.get("answer", ""))
    if request.method != "POST" or act is None:
        return _page(request, offer, person, now)
    actor = Actor(name=person.email, engineer_id=person.engineer_id)
    try:
        act(offer_id=offer.pk, actor=actor, now=now)
    except RefusedError as refusal:
        return _page(request, offer, person, now, refusal=refusal)
    nudge("rotation.sweep_syncs")
    return redirect(BY_MAIL, signed=signed)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def offer_by_mail(request: HttpRequest, signed: str) -> HttpResponse:
    """Choose a week to give in return, by the link that asks for cover."""
    now = clock.now()
    named = links.read_signed(purpose=COVER_BY_MAIL, signed=signed, now=now)
    rows = access.linked_requests().filter(from_engineer__isnull=False)
    rows = rows.select_related("shift__level__rotation__team", "from_engineer", "to_engineer")
    cover = get_object_or_404(rows, pk=named.row)
    person = person_of(named.person)
    page = swap_pages.OfferPage(
        cover=cover,
        engineer_id=person.engineer_id,
        actor=Actor(name=person.email, engineer_id=person.engineer_id),
        signed=signed,
        now=now,
    )
    return swap_pages.answer(request, page)


def _page(
    request: HttpRequest,
    offer: SwapOffer,
    person: Contact,
    now: dt.datetime,
    *,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    context = swap_pages.agreement(offer, reader_id=person.engineer_id, now=now)
    decides = context["line"].decider.engineer_id == person.engineer_id
    context |= {"person": person, "refusal": refusal, "agrees": context["line"].is_open and decides}
    status = 200 if refusal is None else refusal.status
    return render(request, "portal/swap_by_mail.html", context, status=status)
