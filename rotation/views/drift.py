"""What becomes of what PagerDuty shows otherwise: three buttons, and looking again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from common import clock
from common.nudge import nudge
from rotation import access
from rotation.operations import drift_checks, drift_choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from rotation.models import Drift
    from volunteers.access import SignedInRequest


@require_POST
def check(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask for a comparison now."""
    rotation = get_object_or_404(access.checkable_rotations(viewer=request.viewer), slug=slug)
    drift_checks.request_check(rotation_id=rotation.pk, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_drift_checks")
    messages.success(request, "Rota looks at PagerDuty now and writes nothing.")
    return _back(slug)


@require_POST
def adopt(request: SignedInRequest, slug: str, drift_id: int) -> HttpResponse:
    """Make the override a cover."""
    told = "The override is a cover now; PagerDuty stays as it is."
    return _decide(request, slug, drift_id, drift_choices.adopt_drift, told)


@require_POST
def restore(request: SignedInRequest, slug: str, drift_id: int) -> HttpResponse:
    """Put back what is published."""
    told = "PagerDuty shows what is published within a minute."
    return _decide(request, slug, drift_id, drift_choices.restore_drift, told)


@require_POST
def leave(request: SignedInRequest, slug: str, drift_id: int) -> HttpResponse:
    """Leave it as PagerDuty shows it."""
    told = "It stays as PagerDuty shows it. You are told if it changes."
    return _decide(request, slug, drift_id, drift_choices.leave_drift, told)


def _decide(
    request: SignedInRequest, slug: str, drift_id: int, choose: Callable[..., object], told: str
) -> HttpResponse:
    drift = _drift(request, slug, drift_id)
    seen = request.POST.get("seen", "")
    choose(drift_id=drift.pk, seen=seen, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_syncs")
    messages.success(request, told)
    return _back(slug)


def _drift(request: SignedInRequest, slug: str, drift_id: int) -> Drift:
    rows = access.decidable_drifts(viewer=request.viewer)
    return get_object_or_404(rows.filter(level__rotation__slug=slug), pk=drift_id)


def _back(slug: str) -> HttpResponse:
    return redirect(f"{reverse('rotation-pagerduty', args=[slug])}#drift")
