"""Days away from one's own calendar: read, looked at, chosen. Only what is chosen is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.absences import BusyDaysForm, CalendarForm
from portal.queries import busy_days, own_days
from volunteers.operations import absences as operations
from volunteers.reading import calendars

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from portal.queries.busy_days import BusyPreview
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@sensitive_post_parameters("address", "text")
@require_http_methods(["GET", "POST"])
def read(request: SignedInRequest) -> HttpResponse:
    """Name a calendar; the answer lists its busy days with ticks, and nothing is saved."""
    if request.method != "POST":
        return _page(request, CalendarForm())
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    now = clock.now()
    source = calendars.Source(address=form.cleaned_data["address"], file=form.file_bytes)
    try:
        found = calendars.read_busy_days(
            source=source, engineer_id=request.viewer.engineer_id, now=now
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, form, status=UNPROCESSABLE)
    preview = busy_days.preview(viewer=request.viewer, found=found, now=now)
    return _page(request, CalendarForm(), preview=preview)


@require_POST
def add(request: SignedInRequest) -> HttpResponse:
    """Enter the ticked days, all or none of them."""
    form = BusyDaysForm(request.POST)
    if not form.is_valid():
        return _page(request, CalendarForm(), wrong=form, status=UNPROCESSABLE)
    notes = form.cleaned_data["notes"] or {}
    days = [
        operations.DaysOff(first_day=first, last_day=last, note=notes.get((first, last), ""))
        for first, last in sorted(form.cleaned_data["days"])
    ]
    now = clock.now()
    try:
        saved = operations.add_absences(days=days, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, CalendarForm(), wrong=form, status=UNPROCESSABLE)
    own = own_days.own_days(viewer=request.viewer, now=now)
    new = {each.pk for each in saved}
    held = [met for day in own.away if day.absence.absence_id in new for met in day.met]
    said = f"Saved: {wording.counted(len(saved), 'absence')}."
    if held:
        weeks = wording.counted(len({each.week.shift.shift_id for each in held}), "published week")
        messages.warning(request, f"{said} You still hold {weeks} in them: ask for cover below.")
    else:
        messages.success(request, f"{said} No draft gives you a week on these days.")
    return redirect("absences")


def _page(
    request: SignedInRequest,
    form: CalendarForm,
    *,
    preview: BusyPreview | None = None,
    wrong: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "preview": preview, "wrong": wrong}
    return render(request, "portal/busy_days.html", context, status=status)
