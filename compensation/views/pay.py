"""Everybody's own pay: what they earned and how each amount came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from compensation import access
from compensation.queries import earnings, slips
from compensation.views import asked

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_GET
def pay(request: SignedInRequest) -> HttpResponse:
    """The open months week by week, the closed ones in sum, what comes next."""
    now = clock.now()
    today = asked.today(request, now)
    mine = access.own_entries(viewer=request.viewer)
    engineer_id = request.viewer.engineer_id
    context = {
        "pay": earnings.earnings(entries=mine, engineer_id=engineer_id, now=now, today=today),
        "slips": slips.slips(entries=slips.of_open_months(mine)),
    }
    return render(request, "compensation/pay.html", context)


@require_GET
def pay_period(request: SignedInRequest, month: str) -> HttpResponse:
    """One month of one's own; a month without an own entry is not there."""
    mine = access.own_entries(viewer=request.viewer)
    found = earnings.earned_month(entries=mine, month=month)
    if found is None:
        raise Http404
    context = {"month": found, "slips": slips.slips(entries=slips.of_month(mine, month))}
    return render(request, "compensation/pay_period.html", context)
