"""All terms of a team with what a schedule may not know of them: who left, who came, and when."""

from __future__ import annotations

import dataclasses
import datetime as dt

from volunteers.models import Term

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ServedTerm:
    """A term's time on call as it really runs, `[starts_on, ends_on)`, None being open.

    The weeks in which the person shadows come before it. `is_active` says whether the person still
    is at work here; `entered_at` when it was agreed.
    """

    engineer_id: int
    name: str
    is_active: bool
    level: str
    starts_on: dt.date
    ends_on: dt.date | None
    has_left_early: bool
    entered_at: dt.datetime


def served_terms(*, team_id: int) -> list[ServedTerm]:
    """Every term of the team, of deactivated people too, by person and start; one query."""
    rows = Term.objects.filter(team_id=team_id).select_related("engineer")
    return [
        ServedTerm(
            engineer_id=row.engineer_id,
            name=row.engineer.name,
            is_active=row.engineer.is_active,
            level=row.level,
            starts_on=row.starts_on + row.shadow_weeks * WEEK,
            ends_on=min((day for day in (row.ends_on, row.left_on) if day), default=None),
            has_left_early=row.left_on is not None
            and (row.ends_on is None or row.left_on < row.ends_on),
            entered_at=row.created_at,
        )
        for row in rows.order_by("engineer_id", "starts_on", "pk")
    ]
