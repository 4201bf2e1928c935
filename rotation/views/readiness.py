"""Whom PagerDuty can page: the team's list for managers and admins, and looking again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.nudge import nudge
from rotation import access
from rotation.operations import people_checks
from rotation.queries import readiness

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "5"
ASKED = "PagerDuty is asked now; the answer stands here within a minute."


@require_GET
def rotation_readiness(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everybody who serves, who of them cannot be paged and why, and weeks that page nobody."""
    rotation = get_object_or_404(access.checkable_rotations(viewer=request.viewer), slug=slug)
    team = readiness.team_reach(rotation=rotation, now=clock.now())
    context = {"rotation": rotation, "team": team}
    response = render(request, "rotation/rotation_readiness.html", context)
    if team.check.is_moving:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


@require_POST
def rotation_readiness_check(request: SignedInRequest, slug: str) -> HttpResponse:
    """Look everybody up in PagerDuty now."""
    rows = access.checkable_rotations(viewer=request.viewer).select_related("team")
    rotation = get_object_or_404(rows, slug=slug)
    people_checks.request_check(
        actor=request.viewer.actor, now=clock.now(), team=rotation.team.slug
    )
    nudge("rotation.sweep_people_checks")
    messages.success(request, ASKED)
    return redirect("rotation-readiness", slug=rotation.slug)


@require_POST
def readiness_check(request: SignedInRequest) -> HttpResponse:
    """Look again whether PagerDuty can reach oneself."""
    viewer = request.viewer
    people_checks.request_check(actor=viewer.actor, now=clock.now(), concerned=[viewer.email])
    nudge("rotation.sweep_people_checks")
    messages.success(request, ASKED)
    return redirect("home")
