"""The coverage board, for everybody; what managers do from there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from common import clock
from rotation import access
from rotation.queries import (
    board,
    board_facts,
    coverage,
    drafts,
    drift,
    duty,
    fairness,
    forecasts,
    page_counts,
    patterns,
    readiness,
    rotations,
    sync_state,
)
from volunteers.queries import applications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from rotation.models import Rotation
    from rotation.queries.board_facts import BoardFacts, Extent
    from volunteers.access import SignedInRequest, Viewer


@require_GET
def rotation_list(request: SignedInRequest) -> HttpResponse:
    """Every rotation in a line; the only one opens at once."""
    visible = access.visible_rotations(viewer=request.viewer)
    slugs = list(visible.order_by("name", "pk").values_list("slug", flat=True)[:2])
    if len(slugs) == 1 and "all" not in request.GET:
        return redirect("rotation-detail", slug=slugs[0])
    lines = rotations.rotation_lines(rotations=visible, now=clock.now())
    return render(request, "rotation/rotations.html", {"rotations": lines})


@require_GET
def rotation_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who carries which week and where the gaps are, 26 weeks at a time."""
    rows = access.visible_rotations(viewer=request.viewer)
    rotation = get_object_or_404(
        rows.select_related("team", "holiday_office", "published_by"), slug=slug
    )
    now = clock.now()
    published = board_facts.extent(rotation=rotation)
    first = board_facts.first_week(
        rotation=rotation, published=published, wanted=_day(request.GET.get("from", "")), now=now
    )
    facts = board_facts.board_facts(rotation=rotation, first=first, now=now)
    is_list = request.GET.get("layout") == "list"
    context = {
        **_schedule(rotation, facts, _drifts(request.viewer, rotation)),
        **_loads(request.viewer, facts),
        **_decisions(request.viewer, rotation, now),
        **_year_ahead(rotation, facts.today),
        "pages": page_counts.counts(rotation, wanted=page_counts.Wanted(), now=now),
        "earlier": _earlier(facts, published),
        "later": _later(facts, published),
        "is_list": is_list,
        "is_elsewhere": "from" in request.GET,
    }
    return render(request, "rotation/rotation_detail.html", context)


def _drifts(viewer: Viewer, rotation: Rotation) -> list[drift.DriftMark]:
    """Where PagerDuty shows somebody else, for those who may check it."""
    may_check = viewer.is_admin or viewer.manages(rotation.team_id)
    return drift.marks(rotation=rotation) if may_check else []


def _undecided(rotation: Rotation, drifts: Sequence[drift.DriftMark]) -> dict[str, Any]:
    """The differences that wait for a choice, the first in words."""
    if not drifts:
        return {"undecided": []}
    found = drift.undecided(rotation_ids=[rotation.pk]).get(rotation.pk, [])
    words = drift.lost_words(found)
    return {
        "undecided": found,
        "undecided_words": drift.shown_words(found[0]) if found else "",
        "lost_words": words,
    }


def _schedule(
    rotation: Rotation, facts: BoardFacts, drifts: Sequence[drift.DriftMark]
) -> dict[str, Any]:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=facts.now)
    covered = coverage.coverage(facts)
    clashes = coverage.clashes(facts)
    return {
        "rotation": rotation,
        "today": facts.today,
        "first": facts.columns[0],
        "last": facts.columns[-1],
        "board": board.board(facts, drifts),
        "drift_marks": drifts,
        **_undecided(rotation, drifts),
        "duty": duty.duty_of(
            rotation=rotation, shifts=facts.coming, marks_of=facts.marks, now=facts.now
        ),
        "coverage": covered,
        "gap_words": coverage.gap_words(covered.gaps),
        "clashes": clashes,
        "clash_words": coverage.clash_words(clashes),
        "size": coverage.size(facts, minimum=policy.minimum_size),
        "policy": policy,
        "sync": sync_state.sync_state(rotation=rotation),
    }


def _year_ahead(rotation: Rotation, today: dt.date) -> dict[str, Any]:
    """The coverage forecast with its words."""
    found = forecasts.forecast_of(rotation_id=rotation.pk)
    return {
        "forecast": found,
        "forecast_headline": forecasts.headline(found),
        "size_words": forecasts.size_words(found),
        "is_pressing": found.is_pressing_on(today),
        "needed_words": forecasts.needed_words(found),
    }


def _loads(viewer: Viewer, facts: BoardFacts) -> dict[str, Any]:
    """How load is shared, for those who may read it."""
    members = {line.engineer_id for line in facts.services}
    team_id = facts.rotation.team_id
    if not access.reads_loads(viewer=viewer, team_id=team_id, member_ids=members):
        return {"loads": None}
    loads = fairness.published_loads(facts)
    return {"loads": loads, "loads_headline": fairness.headline(loads)}


def _decisions(viewer: Viewer, rotation: Rotation, now: dt.datetime) -> dict[str, Any]:
    """What a manager of the team finds to do; nothing for others."""
    manages = viewer.manages(rotation.team_id)
    may_check = manages or viewer.is_admin
    return {
        "manages": manages,
        "may_check": may_check,
        "unreached": _unreached(rotation, now) if may_check else "",
        "open_draft": drafts.open_draft(rotation_id=rotation.pk) if manages else None,
        "applicants": (applications.waiting_count(team_ids=[rotation.team_id]) if manages else 0),
    }


def _unreached(rotation: Rotation, now: dt.datetime) -> str:
    """Whom of the rotation's people PagerDuty cannot page, in words; empty when it can all."""
    return readiness.counts(rotations=[rotation], now=now)[rotation.pk].words


def _day(text: str) -> dt.date | None:
    """The day that the address names, None when it names none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _earlier(facts: BoardFacts, published: Extent) -> dt.date | None:
    first = facts.columns[0].week_date
    if published.first is None or published.first >= first:
        return None
    return max(published.first, first - board_facts.STEP_WEEKS * board_facts.WEEK)


def _later(facts: BoardFacts, published: Extent) -> dt.date | None:
    if published.last is None or published.last <= facts.columns[-1].week_date:
        return None
    return facts.columns[0].week_date + board_facts.STEP_WEEKS * board_facts.WEEK
