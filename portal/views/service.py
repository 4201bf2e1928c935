"""One's own record of service, to read, print and show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock, wording
from rotation.queries import service_record
from volunteers.queries import profiles

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_GET
def record(request: SignedInRequest) -> HttpResponse:
    """Terms served, and what was carried in each; no amounts, as it is made to be shown."""
    now = clock.now()
    profile = profiles.profile(engineer_id=request.viewer.engineer_id, now=now)
    today = wording.local(now, profile.place.zone).date()
    found = service_record.service_record(
        engineer_id=request.viewer.engineer_id, today=today, now=now
    )
    context = {"record": found, "profile": profile, "today": today}
    return render(request, "portal/service.html", context)
