"""A draft's body: the same facts that its page shows, read by the same queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotation.api import draft_serializers as serializers
from rotation.models import Draft
from rotation.queries import (
    cells,
    draft_loads,
    draft_page,
    draft_shifts,
    draft_state,
    edited_weeks,
    reasons,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.queries.draft_page import Solved
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark

UNSOLVED = [Draft.State.QUEUED, Draft.State.SOLVING, Draft.State.FAILED, Draft.State.CANCELLED]


def draft_body(draft: Draft, *, now: dt.datetime) -> dict[str, Any]:
    """The draft, and what solving gave if it is solved; a fixed number of queries."""
    body: dict[str, Any] = {
        **serializers.DraftSerializer(draft).data,
        "shifts": [],
        "levels": [],
        "stale": None,
        "edited": [],
    }
    if draft.state in UNSOLVED:
        return body
    found = draft_page.solved(draft=draft, now=now)
    body["shifts"] = serializers.ProposedShiftSerializer(_shifts(found), many=True).data
    body["levels"] = serializers.DraftLevelSerializer(_levels(found), many=True).data
    if draft.state == Draft.State.READY:
        plan = draft_page.current_plan(draft=draft)
        stale = draft_state.staleness(draft=draft, plan=plan, now=now)
        body["stale"] = None if stale is None else serializers.StaleSerializer(stale).data
        edited = edited_weeks.written_over_by_draft(rotation=draft.rotation, weeks=found.weeks)
        body["edited"] = serializers.EditedWeekSerializer(edited, many=True).data
    return body


def _shifts(found: Solved) -> list[dict[str, Any]]:
    names = {engineer_id: mark.name for engineer_id, mark in found.marks.items()}
    held = draft_shifts.held_weeks(found.weeks)
    return [_shift(week, found.marks, names=names, held=held) for week in found.weeks]


def _shift(
    week: ProposedWeek,
    marks: Mapping[int, PersonMark],
    *,
    names: Mapping[int, str],
    held: Mapping[int, Sequence[dt.date]],
) -> dict[str, Any]:
    standing = week.published
    why = reasons.reasons(week.reasons, week_date=week.week_date, names=names, held=held)
    return {
        "level": week.level,
        "week_date": week.week_date,
        "holder": _person(week.holder_id, marks),
        "load": week.load,
        "holidays": week.holidays,
        "published": standing
        and {"holder": _person(standing.holder_id, marks), "load": standing.load},
        "is_new": week.is_new,
        "is_changed": week.is_changed,
        "is_gap": week.is_gap,
        "has_started": week.has_started,
        "reasons": why if week.is_gap else [],
    }


def _person(engineer_id: int | None, marks: Mapping[int, PersonMark]) -> PersonMark | None:
    return None if engineer_id is None else cells.mark_of(engineer_id, marks)


def _levels(found: Solved) -> list[dict[str, Any]]:
    loads = draft_loads.person_loads(found.draft, found.weeks)
    lines = {level.level: level.lines for level in draft_loads.level_loads(loads, found.marks)}
    return [
        {
            "level": level["level"],
            "objectives": level["objectives"],
            "bounds": level["bounds"],
            "people": lines.get(level["level"], ()),
        }
        for level in found.draft.figures.get("levels", [])
    ]
