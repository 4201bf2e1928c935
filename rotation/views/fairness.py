"""How a rotation shares its load, person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from rotation import access
from rotation.queries import board_facts, fairness, fairness_page, patterns

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_GET
def rotation_fairness(request: SignedInRequest, slug: str) -> HttpResponse:
    """Loads, holidays, wishes and limits of everybody who serves or will; never amounts."""
    rows = access.visible_rotations(viewer=request.viewer).select_related("team", "holiday_office")
    rotation = get_object_or_404(rows, slug=slug)
    now = clock.now()
    facts = board_facts.board_facts(
        rotation=rotation,
        first=board_facts.first_week(
            rotation=rotation,
            published=board_facts.extent(rotation=rotation),
            wanted=None,
            now=now,
        ),
        now=now,
    )
    members = {line.engineer_id for line in facts.services}
    if not access.reads_loads(viewer=request.viewer, team_id=rotation.team_id, member_ids=members):
        raise PermissionDenied("The people and managers of a team see how its load is shared.")
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    levels = fairness_page.fair_levels(facts, policy=policy, sort=request.GET.get("sort", ""))
    context = {
        "rotation": rotation,
        "policy": policy,
        "levels": levels,
        "headline": fairness.headline_of(line.load for level in levels for line in level.lines),
        "has_ended": any(line.done for level in levels for line in level.lines),
        "is_over_limit": fairness_page.is_over_limit(levels),
        "sorts": fairness_page.sorts(request.GET.get("sort", "")),
    }
    return render(request, "rotation/rotation_fairness.html", context)
