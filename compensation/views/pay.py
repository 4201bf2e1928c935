"""Everybody's own pay: what they earned and how each amount came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from compensation import access
from compensation.queries import earnings, questions, slips
from compensation.views import asked
from rotation.queries import paid_once
from volunteers.queries import profiles

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

SHOWN = 5


@require_GET
def pay(request: SignedInRequest) -> HttpResponse:
    """The open months week by week, the closed ones in sum, what comes next."""
    now = clock.now()
    today = asked.today(request, now)
    mine = access.own_entries(viewer=request.viewer)
    engineer_id = request.viewer.engineer_id
    context = {
        "pay": earnings.earnings(
            entries=mine,
            engineer_id=engineer_id,
            fiscal_starts_in=settings.ROTA_FISCAL_YEAR_MONTH,
            now=now,
            today=today,
        ),
        "slips": slips.slips(entries=slips.of_open_months(mine)),
        "two_rotations": paid_once.two_rotations(now=now),
        "questions": questions.latest(access.own_questions(viewer=request.viewer), number=SHOWN),
    }
    return render(request, "compensation/pay.html", context)


@require_GET
def pay_period(request: SignedInRequest, month: str) -> HttpResponse:
    """One month of one's own; a month without an own entry is not there."""
    mine = access.own_entries(viewer=request.viewer)
    found = earnings.earned_month(entries=mine, month=month)
    if found is None:
        raise Http404
    context = {
        "month": found,
        "slips": slips.slips(entries=slips.of_month(mine, month)),
        "profile": profiles.profile(engineer_id=request.viewer.engineer_id, now=clock.now()),
    }
    return render(request, "compensation/pay_period.html", context)
