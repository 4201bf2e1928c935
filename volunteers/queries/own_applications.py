"""A person's own applications."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from volunteers.models import ApplicationDraft
from volunteers.queries.applications import application_lines, readable

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from volunteers.models import Application
    from volunteers.queries.applications import ApplicationLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody has typed of an application and not sent; any answer may be missing."""

    motivation: str
    experience: str
    earliest_start_on: dt.date | None
    unsuitable_weeks: tuple[dt.date, ...]
    told: str
    saved_at: dt.datetime


def newest_by_team(*, applications: QuerySet[Application]) -> dict[int, ApplicationLine]:
    """The last one sent to each team, by team id, the earliest of these first; one query."""
    rows = readable(applications)
    found: dict[int, ApplicationLine] = {}
    for line in application_lines(page=rows.order_by("submitted_at", "pk")):
        found.pop(line.team_id, None)
        found[line.team_id] = line
    return found


def draft_of(*, team_id: int, engineer_id: int) -> Draft | None:
    """What the engineer has typed for the team, if anything; one query."""
    row = ApplicationDraft.objects.filter(team_id=team_id, engineer_id=engineer_id).first()
    if row is None:
        return None
    return Draft(
        motivation=row.motivation,
        experience=row.experience,
        earliest_start_on=row.earliest_start_on,
        unsuitable_weeks=tuple(dt.date.fromisoformat(week) for week in row.unsuitable_weeks),
        told=row.told_own_manager,
        saved_at=row.saved_at,
    )
