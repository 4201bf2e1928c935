"""Days that a person has entered for themselves: away, and weeks they would rather not have."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from volunteers.models import WeekWish
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from volunteers.models import Absence


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnAbsence:
    """Days away, both included, in the zone of the office on the first of them.

    `note` is for the person alone.
    """

    absence_id: int
    first_day: dt.date
    last_day: dt.date
    zone: str
    note: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnWish:
    """A week of an on-call team that the person wants or would rather not have."""

    team_name: str
    week_date: dt.date
    wish: str


def own_absences(*, absences: QuerySet[Absence], from_date: dt.date) -> list[OwnAbsence]:
    """Those of one person's `absences` that end on `from_date` or later, in order of time.

    Two queries however many there are.
    """
    rows = list(absences.filter(ends_on__gt=from_date).order_by("starts_on", "pk"))
    postings = postings_of(engineer_ids={row.engineer_id for row in rows})
    return [
        OwnAbsence(
            absence_id=row.pk,
            first_day=row.starts_on,
            last_day=row.ends_on - dt.timedelta(days=1),
            zone=postings.zone(row.engineer_id, row.starts_on),
            note=row.note,
        )
        for row in rows
    ]


def own_wishes(*, engineer_id: int, from_date: dt.date) -> list[OwnWish]:
    """The person's wishes for weeks from `from_date` on, in order of time; one query."""
    rows = WeekWish.objects.filter(engineer_id=engineer_id, week_date__gte=from_date)
    return [
        OwnWish(team_name=name, week_date=week_date, wish=wish)
        for name, week_date, wish in rows.order_by("week_date", "pk").values_list(
            "team__name", "week_date", "wish"
        )
    ]


def wishes_by_week(*, engineer_id: int, from_date: dt.date) -> dict[tuple[int, dt.date], str]:
    """The person's wishes for weeks from `from_date` on, by team and week; one query."""
    rows = WeekWish.objects.filter(engineer_id=engineer_id, week_date__gte=from_date)
    return {(row.team_id, row.week_date): row.wish for row in rows}
