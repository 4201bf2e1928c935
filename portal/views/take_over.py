"""Taking over now: asked for by the one on call, or offered by a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from portal.views.cover_asking import seen_by
from rotation import access
from rotation.forms.take_over import TakeOverForm
from rotation.operations import covers, take_over
from rotation.operations.take_over import Remainder
from rotation.queries import duty, patterns
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rotation.models import Cover, Shift
    from rotation.queries.worked import WorkedShift
    from volunteers.access import SignedInRequest

CONFLICT = 409
UNPROCESSABLE = 422
SYNCS = "rotation.sweep_syncs"


@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Say what happens then; POST asks everyone who can."""
    rows = access.shifts_to_hand_on(viewer=request.viewer)
    return _page(request, get_object_or_404(_read(rows), pk=shift_id), is_offer=False)


@require_http_methods(["GET", "POST"])
def offer(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Offer to take over from whoever is on call; POST asks them."""
    now = clock.now()
    shift = get_object_or_404(
        _read(access.shifts_to_take_over(viewer=request.viewer, today=now.date())),
        pk=shift_id,
    )
    return _page(request, shift, is_offer=True)


@require_POST
def agree(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Let whoever offered take over, from now on."""
    rows = access.offered_take_overs(viewer=request.viewer)
    cover = get_object_or_404(rows, pk=request_id)
    now = clock.now()
    try:
        taken = take_over.accept_offer(cover_id=cover.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _back(request, cover, refusal)
    nudge(SYNCS)
    who = taken.to_engineer.name if taken.to_engineer else "Somebody"
    messages.success(request, f"{who} is on call from now on. PagerDuty gets it within a minute.")
    return redirect("cover-detail", request_id=cover.pk)


@require_POST
def close(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Go on oneself, or take the offer back."""
    rows = access.closable_take_overs(viewer=request.viewer)
    cover = get_object_or_404(rows, pk=request_id)
    try:
        take_over.close_offer(cover_id=cover.pk, actor=request.viewer.actor, now=clock.now())
    except RefusedError as refusal:
        return _back(request, cover, refusal)
    messages.success(request, "The offer is closed. Whoever was on call goes on.")
    return redirect("cover-detail", request_id=cover.pk)


def _back(request: SignedInRequest, cover: Cover, refusal: RefusedError) -> HttpResponse:
    context = {"refusal": refusal, "cover": cover}
    return render(request, "portal/take_over_refused.html", context, status=refusal.status)


def _read(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    return rows.select_related("level__rotation__team")


def _page(request: SignedInRequest, shift: Shift, *, is_offer: bool) -> HttpResponse:
    now = clock.now()
    line = covers.open_shift(shift=shift, now=now)
    form = TakeOverForm(request.POST if request.method == "POST" else None, shift=line, now=now)
    if not form.is_bound:
        return _render(request, shift, line, form, now=now, is_offer=is_offer)
    if not form.is_valid():
        return _render(request, shift, line, form, now=now, is_offer=is_offer, status=UNPROCESSABLE)
    values = form.cleaned_data
    seen = covers.Seen(engineer_id=values["seen"]) if values["seen"] else None
    if not is_offer:
        seen = seen_by(request.viewer, shift, values["seen"])
    remainder = Remainder(
        shift_id=shift.pk, ends_at=values["ends_at"], seen=seen, message=values["message"]
    )
    try:
        cover = _act(request, remainder, now, is_offer=is_offer)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _render(request, shift, line, form, now=now, is_offer=is_offer, status=status)
    return redirect("cover-detail", request_id=cover.pk)


def _act(
    request: SignedInRequest, remainder: Remainder, now: dt.datetime, *, is_offer: bool
) -> Cover:
    viewer = request.viewer
    if is_offer:
        cover = take_over.offer_now(
            remainder=remainder, engineer_id=viewer.engineer_id, actor=viewer.actor, now=now
        )
        messages.success(request, "Offered by mail. They stay on call until they agree.")
        return cover
    cover = take_over.ask_now(remainder=remainder, actor=viewer.actor, now=now)
    count = wording.counted(cover.asks.count(), "person is", "people are")
    messages.success(request, f"{count} asked by mail now. The first to take it is on call.")
    return cover


def _render(  # noqa: PLR0913 - what the page is made of
    request: SignedInRequest,
    shift: Shift,
    line: WorkedShift,
    form: TakeOverForm,
    *,
    now: dt.datetime,
    is_offer: bool,
    status: int = 200,
) -> HttpResponse:
    rotation = shift.level.rotation
    stint = line.stint_at(now)
    on_call = None if stint is None else stint.person
    beside_id = duty.beside(line, now)
    known = marks.with_others(
        marks.team_marks(team_id=rotation.team_id),
        engineer_ids={who for who in (on_call, beside_id) if who is not None},
    )
    context = {
        "rotation": rotation,
        "shift": line,
        "form": form,
        "is_offer": is_offer,
        "is_running": line.period.contains(now),
        "on_call": known.get(on_call or 0),
        "beside": known.get(beside_id or 0),
        "is_own": on_call == request.viewer.engineer_id,
        "policy": patterns.policy_in_force(rotation_id=rotation.pk, now=now),
    }
    return render(request, "portal/take_over.html", context, status=status)
