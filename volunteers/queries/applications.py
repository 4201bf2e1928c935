"""Applications as those who decide about them read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from volunteers.models import OPEN_STATES, Application

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationLine:
    """One application with the applicant's words; `told` says whether their own manager knows."""

    application_id: int
    engineer_id: int
    name: str
    email: str
    team_id: int
    team_name: str
    motivation: str
    earliest_start_on: dt.date
    unsuitable_weeks: tuple[dt.date, ...]
    told: str
    state: str
    submitted_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str
    decline_reason: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many applications to one team wait, and since when the oldest does."""

    team_id: int
    team_name: str
    count: int
    oldest_at: dt.datetime


def waiting(*, applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those that wait for an answer, the oldest first."""
    rows = applications.filter(state__in=OPEN_STATES)
    return rows.select_related("engineer", "team", "decided_by").order_by("submitted_at", "pk")


def decided(*, applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those that are accepted, declined or withdrawn, the newest decision first."""
    rows = applications.exclude(state__in=OPEN_STATES)
    return rows.select_related("engineer", "team", "decided_by").order_by("-decided_at", "-pk")


def of_team(*, applications: QuerySet[Application], slug: str) -> QuerySet[Application]:
    """Those to one on-call team."""
    return applications.filter(team__slug=slug)


def application_lines(*, page: Iterable[Application]) -> list[ApplicationLine]:
    """One line for each of a page that `waiting` or `decided` gave, in its order."""
    return [
        ApplicationLine(
            application_id=row.pk,
            engineer_id=row.engineer_id,
            name=row.engineer.name,
            email=row.engineer.email,
            team_id=row.team_id,
            team_name=row.team.name,
            motivation=row.motivation,
            earliest_start_on=row.earliest_start_on,
            unsuitable_weeks=tuple(dt.date.fromisoformat(week) for week in row.unsuitable_weeks),
            told=row.told_own_manager,
            state=row.state,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by.name if row.decided_by else "",
            decline_reason=row.decline_reason,
        )
        for row in page
    ]


def waiting_count(*, team_ids: Iterable[int]) -> int:
    """How many applications to these teams wait."""
    return Application.objects.filter(team_id__in=list(team_ids), state__in=OPEN_STATES).count()


def waiting_by_team(*, team_ids: Iterable[int], not_of: int) -> list[Waiting]:
    """Teams with applications that wait, those of the engineer `not_of` left out; oldest first."""
    rows = Application.objects.filter(team_id__in=list(team_ids), state__in=OPEN_STATES)
    grouped = (
        rows.exclude(engineer_id=not_of)
        .values_list("team_id", "team__name")
        .annotate(count=Count("pk"), oldest_at=Min("submitted_at"))
        .order_by("oldest_at", "team_id")
    )
    return [
        Waiting(team_id=team_id, team_name=name, count=count, oldest_at=oldest_at)
        for team_id, name, count, oldest_at in grouped
    ]
