"""Swaps: a week of one's own offered in return, or a colleague's named; both as one agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.nudge import nudge
from common.refusals import RefusedError
from portal.views import swap_pages
from portal.views.cover_asking import seen_by
from rotation import access
from rotation.forms.swaps import ProposeForm
from rotation.models import Cover, SwapOffer
from rotation.operations import covers, swaps
from rotation.operations.cover_requests import Asking
from rotation.queries import swaps as queries
from rotation.queries import worked
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.models import Shift
    from volunteers.access import SignedInRequest, Viewer

SYNCS = "rotation.sweep_syncs"
BOTH = "cover__shift__level__rotation__team"


@require_http_methods(["GET", "POST"])
def offer(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Choose a week of one's own, or part of it, to give in return."""
    viewer, now = request.viewer, clock.now()
    rows = access.answerable_requests(
        viewer=viewer, for_id=viewer.engineer_id, today=_today(viewer, now)
    )
    rows = rows.filter(from_engineer__isnull=False, to_engineer__isnull=True)
    rows = rows.select_related("shift__level__rotation__team", "from_engineer")
    cover = get_object_or_404(rows, pk=request_id)
    page = swap_pages.OfferPage(
        cover=cover, engineer_id=viewer.engineer_id, actor=viewer.actor, signed="", now=now
    )
    return swap_pages.answer(request, page)


@require_http_methods(["GET", "POST"])
def propose(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Name a colleague's week that one takes for one's own; they are to agree."""
    rows = access.shifts_to_hand_on(viewer=request.viewer)
    shift = get_object_or_404(rows.select_related("level__rotation__team"), pk=shift_id)
    now = clock.now()
    line = covers.open_shift(shift=shift, now=now)
    form = ProposeForm(
        request.POST if request.method == "POST" else None,
        shift=line,
        now=now,
        query=request.GET,
    )
    period = form.asked
    stint = next(iter(line.within(period)), None)
    if stint is None or stint.person is None:
        raise Http404
    wanted = queries.Wanted(shift=line, period=period, asker_id=stint.person)
    made, refusal = _propose(request.viewer, shift, form, now)
    if made is not None:
        messages.success(request, "Proposed by mail. Nothing changes until it is agreed.")
        return redirect("swap-detail", offer_id=made.pk)
    context = {
        "rotation": shift.level.rotation,
        "shift": line,
        "period": period,
        "form": form,
        "refusal": refusal,
        "fits": queries.others_fits(wanted=wanted, rotation=shift.level.rotation, now=now),
        "is_own": stint.person == request.viewer.engineer_id,
    }
    return render(
        request, "portal/swap_propose.html", context, status=swap_pages.status(refusal, form)
    )


def _propose(
    viewer: Viewer, shift: Shift, form: ProposeForm, now: dt.datetime
) -> tuple[SwapOffer | None, RefusedError | None]:
    """The swap that was sent, or what stands against it; neither where nothing good was sent."""
    if not form.is_bound or not form.is_valid():
        return None, None
    line = worked.worked_shift(shift_id=shift.pk)
    stint = next(iter(line.within(form.asked)))
    asking = Asking(
        shift_id=shift.pk,
        starts_at=form.asked.starts_at,
        ends_at=form.asked.ends_at,
        seen=seen_by(viewer, shift, stint.person),
        message=form.cleaned_data["message"],
    )
    try:
        made = swaps.propose_swap(
            asking=asking,
            engineer_id=form.cleaned_data["engineer"],
            returned=form.cleaned_data["returned"],
            actor=viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return None, refusal
    return made, None


@require_GET
def detail(request: SignedInRequest, offer_id: int) -> HttpResponse:
    """Both weeks as one agreement, what it does to each, and what the reader can do."""
    rows = access.visible_swaps(viewer=request.viewer)
    return _page(request, get_object_or_404(rows.select_related(BOTH), pk=offer_id), clock.now())


@require_POST
def agree(request: SignedInRequest, offer_id: int) -> HttpResponse:
    """Agree: both weeks change hands at once."""
    found = _decided(request, offer_id)
    now = clock.now()
    try:
        swaps.agree_swap(offer_id=found.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, found, now, refusal=refusal)
    nudge(SYNCS)
    messages.success(request, "Both weeks have changed hands. PagerDuty gets it within a minute.")
    return redirect("swap-detail", offer_id=offer_id)


@require_POST
def decline(request: SignedInRequest, offer_id: int) -> HttpResponse:
    """Say no; nothing changes."""
    found = _decided(request, offer_id)
    now = clock.now()
    try:
        swaps.decline_swap(offer_id=found.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, found, now, refusal=refusal)
    messages.success(request, "Declined. Each keeps their own week.")
    return redirect("swap-detail", offer_id=offer_id)


@require_POST
def withdraw(request: SignedInRequest, offer_id: int) -> HttpResponse:
    """Take the offer back."""
    rows = access.withdrawable_swaps(viewer=request.viewer)
    found = get_object_or_404(rows.select_related(BOTH), pk=offer_id)
    now = clock.now()
    try:
        swaps.withdraw_swap(offer_id=found.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, found, now, refusal=refusal)
    messages.success(request, "Withdrawn. Each keeps their own week.")
    return redirect("swap-detail", offer_id=offer_id)


def _decided(request: SignedInRequest, offer_id: int) -> SwapOffer:
    rows = access.decidable_swaps(viewer=request.viewer)
    return get_object_or_404(rows.select_related(BOTH), pk=offer_id)


def _today(viewer: Viewer, now: dt.datetime) -> dt.date:
    zone = profiles.place(engineer_id=viewer.engineer_id, now=now).zone
    return wording.local(now, zone).date()


def _page(
    request: SignedInRequest,
    found: SwapOffer,
    now: dt.datetime,
    *,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    viewer = request.viewer
    context = swap_pages.agreement(found, reader_id=viewer.engineer_id, now=now)
    line = context["line"]
    manages = viewer.manages(line.team_id)
    halves = Cover.objects.filter(state=Cover.State.ACCEPTED, ends_at__gt=now)
    context |= {
        "refusal": refusal,
        "agrees": line.is_open and (manages or line.decider.engineer_id == viewer.engineer_id),
        "withdraws": line.is_open and (manages or line.proposer.engineer_id == viewer.engineer_id),
        "undoes": line.state == "agreed"
        and line.halves[0].period.starts_at > now
        and access.undoable_covers(viewer=viewer).filter(pk=line.cover_id).exists(),
        "undoes_other": halves.filter(
            swap_with_id=line.cover_id, from_engineer_id=viewer.engineer_id
        ).first()
        if line.state == "agreed" and line.halves[0].period.starts_at > now
        else None,
        "reads_request": access.visible_requests(viewer=viewer, today=_today(viewer, now))
        .filter(pk=line.cover_id)
        .exists(),
        "shift": worked.worked_shift(shift_id=found.cover.shift_id),
    }
    status = 200 if refusal is None else refusal.status
    return render(request, "portal/swap.html", context, status=status)
