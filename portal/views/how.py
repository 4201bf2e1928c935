"""How each on-call team works, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock, wording
from compensation.queries import rates
from rotation.queries import statements
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from volunteers.access import Viewer


@require_GET
@login_not_required
def how(request: HttpRequest) -> HttpResponse:
    """Why the teams exist and the figures of their policies; amounts once somebody signed in."""
    now = clock.now()
    viewer: Viewer | None = getattr(request, "viewer", None)
    context = {"teams": statements.statements(now=now), "rates": _rates(viewer, now)}
    return render(request, "portal/how.html", context)


def _rates(viewer: Viewer | None, now: dt.datetime) -> list[rates.RateLine]:
    """What an office pays on this day where the viewer works; nothing for a visitor."""
    if viewer is None:
        return []
    zone = profiles.place(engineer_id=viewer.engineer_id, now=now).zone
    return rates.rates_in_force(on=wording.local(now, zone).date())
