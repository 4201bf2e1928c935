"""A person's own days away: entered, listed, taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.absences import AbsenceForm
from portal.queries import own_days
from rotation.queries.own_shifts import WeekState
from volunteers import access
from volunteers.operations import absences as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from rotation.queries.own_shifts import OwnWeek
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
DAY = dt.timedelta(days=1)


@require_http_methods(["GET", "POST"])
def absences(request: SignedInRequest) -> HttpResponse:
    """The viewer's days away with the weeks that they hold, and a form for more."""
    now = clock.now()
    if request.method != "POST":
        return _page(request, AbsenceForm(), now)
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, now, status=UNPROCESSABLE)
    try:
        absence = operations.add_absence(
            first_day=form.cleaned_data["first_day"],
            last_day=form.cleaned_data["last_day"],
            note=form.cleaned_data["note"],
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, form, now, status=UNPROCESSABLE)
    found = own_days.own_days(viewer=request.viewer, now=now)
    days = wording.days(absence.starts_on, absence.ends_on - DAY)
    met = next((day.met for day in found.away if day.absence.absence_id == absence.pk), ())
    if met:
        messages.warning(request, f"Saved: away {days}. {_still_held(met)}")
    else:
        messages.success(request, f"Saved: away {days}. No draft gives you a week on these days.")
    return redirect("absences")


@require_POST
def cancel(request: SignedInRequest, absence_id: int) -> HttpResponse:
    """Take one's own absence back."""
    absence = get_object_or_404(access.own_absences(viewer=request.viewer), pk=absence_id)
    operations.cancel_absence(absence_id=absence.pk, actor=request.viewer.actor, now=clock.now())
    days = wording.days(absence.starts_on, absence.ends_on - DAY)
    messages.success(request, f"Taken back: away {days}. The next draft may use these days.")
    return redirect("absences")


def _page(
    request: SignedInRequest, form: AbsenceForm, now: dt.datetime, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "own": own_days.own_days(viewer=request.viewer, now=now)}
    return render(request, "portal/absences.html", context, status=status)


def _still_held(weeks: Sequence[OwnWeek]) -> str:
    """What becomes of published weeks that an absence meets, in words."""
    days = [wording.day(week.shift.week_date) for week in weeks]
    listed = " and ".join(filter(None, [", ".join(days[:-1]), days[-1]]))
    held = f"You still hold the {'week' if len(days) == 1 else 'weeks'} of {listed}"
    if any(week.state is WeekState.RUNNING for week in weeks):
        return f"{held}, and no draft moves a week that runs: tell a manager of the team now."
    return f"{held}. Rota proposes a repair to your managers; you are told when it is published."
