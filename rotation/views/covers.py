"""Covers that a manager enters for somebody, and takes back. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.forms.covers import NOBODY, WHOLE, CoverForm
from rotation.operations import covers as operations
from rotation.operations import swap_undoing
from rotation.queries import cover_page, covers, swaps, worked

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from common.periods import Period
    from rotation.models import Shift
    from volunteers.access import SignedInRequest

CONFLICT = 409
UNPROCESSABLE = 422
BESIDE = {"starts_at": "from_time", "ends_at": "to_time", "to_engineer": "to_engineer"}


@require_http_methods(["GET", "POST"])
def enter(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Choose a part and a person; "Update" shows who can take another part and enters nothing."""
    rows = access.coverable_shifts(viewer=request.viewer).select_related("level__rotation__team")
    shift = get_object_or_404(rows, pk=shift_id)
    now = clock.now()
    line = operations.open_shift(shift=shift, now=now)
    is_sent = request.method == "POST"
    form = CoverForm(request.POST if is_sent else None, shift=line, now=now)
    if is_sent and not form.is_valid():
        return _page(request, shift, form, now=now, status=UNPROCESSABLE)
    values = form.cleaned_data if is_sent else {}
    try:
        period = operations.part_period(
            shift=line, starts_at=values.get("starts_at"), ends_at=values.get("ends_at"), now=now
        )
    except RefusedError as refusal:
        _beside(form, refusal)
        return _page(request, shift, form, now=now, status=UNPROCESSABLE)
    if not is_sent or "look" in request.POST:
        return _page(request, shift, form, period=period, now=now)
    return _enter(request, shift, form, period, now)


@require_http_methods(["GET", "POST"])
def undo(request: SignedInRequest, cover_id: int) -> HttpResponse:
    """Say what undoing does; POST does it."""
    rows = access.undoable_covers(viewer=request.viewer)
    cover = get_object_or_404(rows.select_related("shift__level__rotation"), pk=cover_id)
    now = clock.now()
    if request.method == "POST":
        swap_undoing.undo(cover_id=cover.pk, actor=request.viewer.actor, now=now)
        nudge("rotation.sweep_syncs")
        messages.success(
            request,
            "The cover is undone. PagerDuty follows within a minute; those it concerns get a mail.",
        )
        return redirect("shift-detail", shift_id=cover.shift_id)
    context = {
        "rotation": cover.shift.level.rotation,
        "shift": worked.worked_shift(shift_id=cover.shift_id),
        "undoing": covers.undoing(cover=cover, now=now),
        "swap": swaps.agreed_with(cover=cover, now=now),
    }
    return render(request, "rotation/cover_undo.html", context)


def _enter(
    request: SignedInRequest, shift: Shift, form: CoverForm, period: Period, now: dt.datetime
) -> HttpResponse:
    values = form.cleaned_data
    if not values["to_engineer"]:
        form.add_error("to_engineer", "Choose who takes it.")
        return _page(request, shift, form, period=period, now=now, status=UNPROCESSABLE)
    wanted = operations.WantedCover(
        shift_id=shift.pk,
        to_engineer_id=values["to_engineer"],
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        seen=_seen(values["seen"]),
    )
    try:
        cover = operations.enter_cover(wanted=wanted, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        _beside(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _page(request, shift, form, period=period, now=now, status=status)
    nudge("rotation.sweep_syncs")
    who = cover.to_engineer.name if cover.to_engineer else "Somebody"
    when = wording.span(cover.starts_at, cover.ends_at, shift.time_zone)
    messages.success(
        request,
        f"{who} carries {when}. PagerDuty gets it within a minute; those it concerns get a mail.",
    )
    return redirect("shift-detail", shift_id=shift.pk)


def _seen(engineer_id: int | None) -> operations.Seen | None:
    if engineer_id is None:
        return None
    return operations.Seen(engineer_id=None if engineer_id == NOBODY else engineer_id)


def _beside(form: CoverForm, refusal: RefusedError) -> None:
    """Put the refusal beside the fields that were typed in; the whole shift has no times."""
    is_whole = not form.is_bound or form.cleaned_data.get("part") == WHOLE
    names = {"to_engineer"} if is_whole else set(BESIDE)
    refusal.fields = {BESIDE[name]: text for name, text in refusal.fields.items() if name in names}
    add_refusal(form, refusal)


def _page(
    request: SignedInRequest,
    shift: Shift,
    form: CoverForm,
    *,
    now: dt.datetime,
    period: Period | None = None,
    status: int = 200,
) -> HttpResponse:
    rotation = shift.level.rotation
    line = worked.worked_shift(shift_id=shift.pk)
    context: dict[str, Any] = {"rotation": rotation, "shift": line, "form": form, "page": None}
    if period is not None:
        page = cover_page.cover_page(shift=line, rotation=rotation, period=period, now=now)
        context["page"] = page
        context["seen"] = page.relieved.engineer_id if page.relieved else NOBODY
    context["is_running"] = line.period.starts_at <= now
    context["chosen"] = str(form["to_engineer"].value() or "")
    return render(request, "rotation/cover_enter.html", context, status=status)
