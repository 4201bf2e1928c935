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
from portal.queries import away_effect, own_days
from volunteers import access
from volunteers.operations import absences as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from portal.queries.away_effect import AwayEffect, HeldWeek
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
DAY = dt.timedelta(days=1)


@require_http_methods(["GET", "POST"])
def absences(request: SignedInRequest) -> HttpResponse:
    """The viewer's days away with the weeks that they hold, and a form for more.

    Days in a published week of theirs are saved once the page has shown what that means.
    """
    now = clock.now()
    if request.method != "POST":
        return _page(request, AbsenceForm(), now)
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, now, status=UNPROCESSABLE)
    try:
        return _save(request, form, now)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, form, now, status=UNPROCESSABLE)


def _save(request: SignedInRequest, form: AbsenceForm, now: dt.datetime) -> HttpResponse:
    seen = form.cleaned_data.pop("seen")
    days = operations.DaysOff(**form.cleaned_data)
    operations.check_absence(days=days, actor=request.viewer.actor, now=now)
    effect = away_effect.effect(
        viewer=request.viewer, first_day=days.first_day, last_day=days.last_day, now=now
    )
    if "look" in request.POST or effect.seen != seen:
        return _page(request, form, now, effect=effect)
    operations.add_absences(days=[days], actor=request.viewer.actor, now=now)
    said = f"Saved: away {wording.days(days.first_day, days.last_day)}."
    if effect.held:
        messages.warning(request, f"{said} {_still_held(effect.held)}")
    else:
        messages.success(request, f"{said} No draft gives you a week on these days.")
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
    request: SignedInRequest,
    form: AbsenceForm,
    now: dt.datetime,
    *,
    effect: AwayEffect | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "own": own_days.own_days(viewer=request.viewer, now=now),
        "effect": effect,
    }
    return render(request, "portal/absences.html", context, status=status)


def _still_held(held: Sequence[HeldWeek]) -> str:
    """What becomes of published weeks that an absence meets, in words."""
    days = [wording.day(each.week.shift.week_date) for each in held]
    listed = " and ".join(filter(None, [", ".join(days[:-1]), days[-1]]))
    still = f"You still hold the {'week' if len(days) == 1 else 'weeks'} of {listed}."
    if any(each.is_running for each in held):
        return f"{still} No draft moves a week that runs: ask for cover now, below."
    return (
        f"{still} Ask for cover below, or wait: Rota proposes a repair to your managers, "
        "and you are told when it is published."
    )
