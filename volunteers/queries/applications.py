"""Applications as those who sent them and those who decide about them read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count, Min, OuterRef, Subquery

from volunteers.models import OPEN_STATES, Application

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationLine:
    """One application with the applicant's words; `told` says whether their own manager knows.

    `ahead` is how many are before it on the waiting list, None when it is not on it.
    """

    application_id: int
    engineer_id: int
    name: str
    email: str
    team_id: int
    team_name: str
    motivation: str
    experience: str
    earliest_start_on: dt.date
    unsuitable_weeks: tuple[dt.date, ...]
    told: str
    state: str
    version: int
    ahead: int | None
    submitted_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str
    decline_reason: str

    @property
    def place(self) -> int | None:
        """Its place on the waiting list, from 1."""
        return None if self.ahead is None else self.ahead + 1

    @property
    def place_words(self) -> str:
        """`Number 2`, empty for one on no waiting list."""
        return "" if self.place is None else f"Number {self.place}"

    @property
    def was_changed(self) -> bool:
        """Whether the applicant changed it after it was sent."""
        return self.version > 1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many applications to one team wait, and since when the oldest does."""

    team_id: int
    team_name: str
    count: int
    oldest_at: dt.datetime


def readable(applications: QuerySet[Application]) -> QuerySet[Application]:
    """The rows with their people, the term they led to, and how many are `ahead` in a list."""
    before = (
        Application.objects.filter(
            team=OuterRef("team"),
            state=Application.State.WAITLISTED,
            waiting_position__lt=OuterRef("waiting_position"),
        )
        .order_by()
        .values("team")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = applications.select_related("engineer", "team", "decided_by", "term")
    return rows.annotate(before=Subquery(before))


def waiting(*, applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those that wait for an answer and are on no waiting list, the oldest first."""
    rows = applications.filter(state=Application.State.SUBMITTED)
    return readable(rows).order_by("submitted_at", "pk")


def listed(*, applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those on a waiting list, by team, then in its order."""
    rows = applications.filter(state=Application.State.WAITLISTED)
    return readable(rows).order_by("team__name", "team_id", "waiting_position", "pk")


def decided(*, applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those that are accepted, declined or withdrawn, the newest decision first."""
    rows = applications.exclude(state__in=OPEN_STATES)
    return readable(rows).order_by("-decided_at", "-pk")


def of_team(*, applications: QuerySet[Application], slug: str) -> QuerySet[Application]:
    """Those to one on-call team."""
    return applications.filter(team__slug=slug)


def application_lines(*, page: Iterable[Application]) -> list[ApplicationLine]:
    """One line for each of the rows that `readable` made, in their order."""
    return [
        ApplicationLine(
            application_id=row.pk,
            engineer_id=row.engineer_id,
            name=row.engineer.name,
            email=row.engineer.email,
            team_id=row.team_id,
            team_name=row.team.name,
            motivation=row.motivation,
            experience=row.experience,
            earliest_start_on=row.earliest_start_on,
            unsuitable_weeks=tuple(dt.date.fromisoformat(week) for week in row.unsuitable_weeks),
            told=row.told_own_manager,
            state=row.state,
            version=row.version,
            ahead=ahead_of(row),
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by.name if row.decided_by else "",
            decline_reason=row.decline_reason,
        )
        for row in page
    ]


def ahead_of(row: Application) -> int | None:
    """How many are ahead of a row that `readable` made; None when it is on no waiting list."""
    if row.state != Application.State.WAITLISTED:
        return None
    return getattr(row, "before", None) or 0


def waiting_count(*, team_ids: Iterable[int]) -> int:
    """How many applications to these teams wait for an answer, waiting lists left out."""
    rows = Application.objects.filter(team_id__in=list(team_ids))
    return rows.filter(state=Application.State.SUBMITTED).count()


def waiting_by_team(*, team_ids: Iterable[int], not_of: int) -> list[Waiting]:
    """Teams with applications that wait for an answer, oldest first.

    Those on waiting lists and those of the engineer `not_of` are left out.
    """
    rows = Application.objects.filter(team_id__in=list(team_ids), state=Application.State.SUBMITTED)
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
