"""Asking for cover of a shift or part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.queries import cover_effect
from rotation import access
from rotation.forms.cover_requests import AskForm
from rotation.forms.covers import NOBODY, WHOLE
from rotation.operations import cover_requests, covers
from rotation.queries import cover_page, worked
from volunteers.queries import teams

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from common.periods import Period
    from rotation.models import Shift
    from volunteers.access import SignedInRequest, Viewer

CONFLICT = 409
UNPROCESSABLE = 422
BESIDE = {"starts_at": "from_time", "ends_at": "to_time", "asked": "asked", "message": "message"}


@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Choose a part and whom to ask; "Update" shows who can take another part and asks nobody."""
    rows = access.shifts_to_hand_on(viewer=request.viewer)
    shift = get_object_or_404(rows.select_related("level__rotation__team"), pk=shift_id)
    now = clock.now()
    line = covers.open_shift(shift=shift, now=now)
    is_sent = request.method == "POST"
    form = AskForm(
        request.POST if is_sent else None,
        shift=line,
        now=now,
        query=None if is_sent else request.GET,
    )
    if is_sent and not form.is_valid():
        return _page(request, shift, form, now=now, status=UNPROCESSABLE)
    values = form.cleaned_data if is_sent else form.first_values
    try:
        period = covers.part_period(
            shift=line, starts_at=values.get("starts_at"), ends_at=values.get("ends_at"), now=now
        )
    except RefusedError as refusal:
        _beside(form, refusal)
        return _page(request, shift, form, now=now, status=UNPROCESSABLE)
    if not is_sent or "look" in request.POST:
        return _page(request, shift, form, period=period, now=now)
    return _ask(request, shift, form, period, now)


def _ask(
    request: SignedInRequest, shift: Shift, form: AskForm, period: Period, now: dt.datetime
) -> HttpResponse:
    values = form.cleaned_data
    asking = cover_requests.Asking(
        shift_id=shift.pk,
        asked_ids=values["asked"],
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        seen=seen_by(request.viewer, shift, values["seen"]),
        message=values["message"],
    )
    try:
        cover = cover_requests.request_cover(asking=asking, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        _beside(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _page(request, shift, form, period=period, now=now, status=status)
    count = wording.counted(cover.asks.count(), "person is", "people are")
    messages.success(request, f"{count} asked by mail. Until somebody takes it, nothing changes.")
    return redirect("cover-detail", request_id=cover.pk)


def seen_by(viewer: Viewer, shift: Shift, engineer_id: int | None) -> covers.Seen | None:
    """Whoever is no manager of the team asks for their own time only."""
    if not viewer.manages(shift.level.rotation.team_id):
        return covers.Seen(engineer_id=viewer.engineer_id)
    if engineer_id is None:
        return None
    return covers.Seen(engineer_id=None if engineer_id == NOBODY else engineer_id)


def _beside(form: AskForm, refusal: RefusedError) -> None:
    """Put the refusal beside the fields that were typed in; the whole shift has no times."""
    is_whole = not form.is_bound or form.cleaned_data.get("part") == WHOLE
    names = {"asked", "message"} if is_whole else set(BESIDE)
    refusal.fields = {BESIDE[name]: text for name, text in refusal.fields.items() if name in names}
    add_refusal(form, refusal)


def _page(
    request: SignedInRequest,
    shift: Shift,
    form: AskForm,
    *,
    now: dt.datetime,
    period: Period | None = None,
    status: int = 200,
) -> HttpResponse:
    rotation, me = shift.level.rotation, request.viewer.engineer_id
    line = worked.worked_shift(shift_id=shift.pk)
    context: dict[str, Any] = {"rotation": rotation, "shift": line, "form": form, "page": None}
    if period is not None:
        page = cover_page.cover_page(shift=line, rotation=rotation, period=period, now=now)
        context["page"] = page
        context["seen"] = page.relieved.engineer_id if page.relieved else NOBODY
        context["is_own"] = page.relieved is not None and page.relieved.engineer_id == me
        if context["is_own"]:
            context["effect"] = cover_effect.asker_effect(
                shift=line, rotation=rotation, period=period, engineer_id=me, now=now
            )
    managers = teams.managers_by_team(team_ids=[rotation.team_id], now=now)
    context["managers"] = [
        each for each in managers.get(rotation.team_id, []) if each.engineer_id != me
    ]
    context["manages"] = request.viewer.manages(rotation.team_id)
    context["is_running"] = line.period.starts_at <= now
    context["ticked"] = [str(one) for one in form["asked"].value() or []]
    return render(request, "portal/cover_ask.html", context, status=status)
