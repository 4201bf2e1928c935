"""What the pages of a swap have in common, signed in or by a link from a mail."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from common.refusals import RefusedError
from compensation.queries import cover_pay
from rotation.forms.swaps import ReturnForm
from rotation.models import SwapOffer
from rotation.operations import cover_requests, covers, swaps
from rotation.operations.swaps import Returned
from rotation.queries import swaps as queries
from rotation.queries.cover_people import Given
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from audit.operations import Actor
    from compensation.queries.cover_pay import OwnChange
    from rotation.models import Cover
    from rotation.queries.swaps import Fit, SwapLine

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfferPage:
    """Who offers a week for which request; `signed` is the text of the mail's link, if by one."""

    cover: Cover
    engineer_id: int
    actor: Actor
    signed: str
    now: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The weeks that could be given, the chosen `stint` and what of it, and what stands against."""

    fits: list[Fit]
    stint: Fit | None = None
    chosen: Fit | None = None
    form: ReturnForm | None = None
    refusal: RefusedError | None = None

    @property
    def status(self) -> int:
        """What the page is answered with."""
        return status(self.refusal, self.form)


def answer(request: HttpRequest, page: OfferPage) -> HttpResponse:
    """The weeks that could be given; with one chosen, its part and what it does to both."""
    choice = _choice(request, page)
    is_sent = request.method == "POST" and "look" not in request.POST
    if not is_sent or choice.chosen is None or choice.status != OK:
        return _render(request, page, choice)
    given = choice.chosen
    try:
        offer = swaps.offer_swap(
            cover_id=page.cover.pk,
            engineer_id=page.engineer_id,
            returned=Returned(
                shift_id=given.shift.shift_id,
                starts_at=given.period.starts_at,
                ends_at=given.period.ends_at,
            ),
            actor=page.actor,
            now=page.now,
        )
    except RefusedError as error:
        return _render(request, page, dataclasses.replace(choice, refusal=error))
    if page.signed:
        return redirect("cover-by-mail", signed=page.signed)
    messages.success(request, "Offered by mail. Nothing changes until it is agreed.")
    return redirect("swap-detail", offer_id=offer.pk)


def status(refusal: RefusedError | None, form: Form | None) -> int:
    """What a form is answered with."""
    if refusal is not None:
        return CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return UNPROCESSABLE if form is not None and form.errors else OK


def _choice(request: HttpRequest, page: OfferPage) -> Choice:
    refusal = _refused(page)
    fits = [] if refusal else _own_fits(page)
    chosen = None if refusal else _chosen(request, fits)
    if chosen is None:
        return Choice(fits=fits, refusal=refusal)
    form = ReturnForm(request.POST if request.method == "POST" else None, fit=chosen, now=page.now)
    return _of_part(Choice(fits=fits, stint=chosen, chosen=chosen, form=form), form, page)


def _of_part(choice: Choice, form: ReturnForm, page: OfferPage) -> Choice:
    """The same with the part that was sent, if it was one."""
    chosen = choice.chosen
    if chosen is None or not form.is_bound or not form.is_valid():
        return choice
    if form.cleaned_data["starts_at"] is None:
        return choice
    try:
        period = covers.part_period(
            shift=chosen.shift,
            starts_at=form.cleaned_data["starts_at"],
            ends_at=form.cleaned_data["ends_at"],
            now=page.now,
        )
    except RefusedError as error:
        return dataclasses.replace(choice, refusal=error)
    given = Given(engineer_id=page.engineer_id, shift=chosen.shift, period=period)
    fit = queries.fit_of(cover=page.cover, given=given, now=page.now)
    return dataclasses.replace(choice, chosen=fit, stint=chosen)


def agreement(offer: SwapOffer, *, reader_id: int, now: dt.datetime) -> dict[str, Any]:
    """Both weeks as one agreement, what it does to each, and to the reader's own pay."""
    line = queries.swap_lines(offers=SwapOffer.objects.filter(pk=offer.pk), now=now)[0]
    rotation = offer.cover.shift.level.rotation
    place = profiles.place(engineer_id=reader_id, now=now)
    return {
        "line": line,
        "effects": queries.effects(line=line, rotation=rotation, now=now) if line.is_open else (),
        "pay": own_pay(line, reader_id) if line.is_open else None,
        "own_zone": place.zone,
        "reader_id": reader_id,
    }


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PayChange:
    """What the swap changes in one's own pay, both weeks together, in minor units."""

    currency: str
    change_minor: int


def own_pay(line: SwapLine, reader_id: int) -> PayChange | None:
    """None for whoever is neither of the two, or where a week has no figure."""
    found: list[OwnChange] = []
    for half in line.halves:
        if reader_id not in {half.taker.engineer_id, half.giver.engineer_id}:
            return None
        change = cover_pay.own_change(
            shift_id=half.shift.shift_id,
            period=half.period,
            engineer_id=reader_id,
            taker_id=half.taker.engineer_id if half.taker.engineer_id == reader_id else None,
        )
        if change is not None:
            found.append(change)
    if not found or len({each.currency for each in found}) > 1:
        return None
    total = sum(each.change_minor for each in found)
    return PayChange(currency=found[0].currency, change_minor=total)


def _refused(page: OfferPage) -> RefusedError | None:
    try:
        cover_requests.refuse_closed(page.cover, now=page.now)
        covers.open_shift(shift=page.cover.shift, now=page.now)
    except RefusedError as error:
        return error
    return None


def _own_fits(page: OfferPage) -> list[Fit]:
    return queries.own_fits(cover=page.cover, engineer_id=page.engineer_id, now=page.now)


def _chosen(request: HttpRequest, fits: list[Fit]) -> Fit | None:
    """The stint that the address or the form names; 404 for one that is not offered."""
    named = request.POST.get("stint") or request.GET.get("stint")
    if named is None:
        return None
    found = next((fit for fit in fits if fit.key == named), None)
    if found is None:
        raise Http404
    return found


def _render(request: HttpRequest, page: OfferPage, choice: Choice) -> HttpResponse:
    cover, chosen = page.cover, choice.chosen
    wanted = queries.wanted_of(cover, page.now)
    context = {
        "cover": cover,
        "rotation": cover.shift.level.rotation,
        "wanted": wanted,
        "fits": choice.fits,
        "form": choice.form,
        "chosen": chosen,
        "stint": choice.stint,
        "shift": chosen.shift if chosen else wanted.shift,
        "refusal": choice.refusal,
        "signed": page.signed,
        "own_zone": profiles.place(engineer_id=page.engineer_id, now=page.now).zone,
        "engineer_id": page.engineer_id,
    }
    return render(request, "portal/swap_offer.html", context, status=choice.status)
