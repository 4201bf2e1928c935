"""PagerDuty beside the published schedule, for the team's managers and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.nudge import nudge
from rotation import access
from rotation.operations import checks, policy_syncing, schedules
from rotation.queries import account, drift, leavers, paged_now, sync_state, syncing

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "5"


@require_GET
def rotation_pagerduty(request: SignedInRequest, slug: str) -> HttpResponse:
    """Whether PagerDuty shows what is published, the last runs, and each request of one of them."""
    rotation = get_object_or_404(access.checkable_rotations(viewer=request.viewer), slug=slug)
    state = sync_state.sync_state(rotation=rotation)
    runs = sync_state.run_lines(rotation=rotation)
    wanted = request.GET.get("run", "")
    shown = next((run for run in runs if str(run.run_id) == wanted), runs[0] if runs else None)
    now, differences = clock.now(), _differences(request, rotation)
    context = {
        "rotation": rotation,
        "sync": state,
        "levels": paged_now.levels_now(
            rotation=rotation, levels=state.levels, drifts=differences["drifts"], now=now
        ),
        "runs": runs,
        "shown": shown,
        "is_chosen": bool(wanted),
        "steps": sync_state.step_lines(run_id=shown.run_id) if shown else [],
        "next_try_minutes": _minutes_until(state.next_try_at, clock.real_now()),
        "account": account.account_state(now=now, real_now=clock.real_now()),
        "ahead": _ahead(rotation) if state.kind == sync_state.WAITING else 0,
        "may_order": request.viewer.manages(rotation.team_id),
        **differences,
    }
    response = render(request, "rotation/rotation_pagerduty.html", context)
    if state.is_moving or context["look"].is_looking:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


def _differences(request: SignedInRequest, rotation: Rotation) -> dict[str, Any]:
    """Where PagerDuty shows somebody else, what was, and when somebody looked."""
    return {
        "drifts": drift.open_lines(rotation=rotation),
        "decided": drift.decided_lines(rotation=rotation),
        "look": drift.look_state(rotation=rotation),
        "decides": request.viewer.manages(rotation.team_id),
        "withheld": leavers.weeks_withheld(rotation=rotation, now=clock.now()),
    }


@require_POST
def rotation_sync(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask for a run now."""
    rotation = get_object_or_404(access.checkable_rotations(viewer=request.viewer), slug=slug)
    checks.request_sync(rotation_id=rotation.pk, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_syncs")
    messages.success(request, "PagerDuty is compared with the published schedule now.")
    return redirect("rotation-pagerduty", slug=rotation.slug)


@require_http_methods(["GET", "POST"])
def schedule_again(request: SignedInRequest, slug: str, level: str) -> HttpResponse:
    """Say what a new schedule means; POST orders it."""
    rotation = get_object_or_404(access.managed_rotations(viewer=request.viewer), slug=slug)
    row = get_object_or_404(rotation.levels, name=level)
    if request.method == "POST":
        schedules.create_again(level_id=row.pk, actor=request.viewer.actor, now=clock.now())
        nudge("rotation.sweep_syncs")
        messages.success(request, "A new schedule is made in PagerDuty within a minute.")
        return redirect("rotation-pagerduty", slug=rotation.slug)
    context = {"rotation": rotation, "level": row}
    return render(request, "rotation/schedule_again.html", context)


@require_http_methods(["GET", "POST"])
def policy_again(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say what a new escalation policy means; POST orders it."""
    rotation = get_object_or_404(access.managed_rotations(viewer=request.viewer), slug=slug)
    if request.method == "POST":
        policy_syncing.create_policy_again(
            rotation_id=rotation.pk, actor=request.viewer.actor, now=clock.now()
        )
        nudge("rotation.sweep_syncs")
        messages.success(request, "A new escalation policy is made in PagerDuty within a minute.")
        return redirect("rotation-pagerduty", slug=rotation.slug)
    return render(request, "rotation/policy_again.html", {"rotation": rotation})


def _ahead(rotation: Rotation) -> int:
    return syncing.runs_ahead(rotation_id=rotation.pk, now=clock.now(), real_now=clock.real_now())


def _minutes_until(at: dt.datetime | None, real_now: dt.datetime) -> int | None:
    return None if at is None else account.minutes_until(at, real_now)
