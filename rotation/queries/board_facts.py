"""What the coverage board of a rotation is drawn from, read once."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Max, Min, Q

from common.periods import Period
from rotation.domain import planning, slots
from rotation.models import Cover, LevelName, Shift
from rotation.queries import columns, patterns, worked
from rotation.queries.cells import Ask
from volunteers.queries import marks, service, team_people
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.domain.slots import WeekPattern
    from rotation.models import Rotation
    from rotation.queries.columns import Calendar, Column
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark
    from volunteers.queries.postings import Postings
    from volunteers.queries.service import Service

BOARD_WEEKS = 26
STEP_WEEKS = 13
WEEKS_BEFORE_NOW = 2
WEEK = planning.WEEK


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """The first and the last published week; both None before the first publication."""

    first: dt.date | None
    last: dt.date | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BoardFacts:
    """A rotation's weeks shown, its published shifts in them and later ones, and its people.

    `shifts` are those of the weeks shown and all that have not ended, by start, then level;
    `away` holds each person's weeks of the board in which an absence meets on-call time.
    """

    rotation: Rotation
    pattern: WeekPattern
    now: dt.datetime
    today: dt.date
    columns: tuple[Column, ...]
    shifts: tuple[WorkedShift, ...]
    asks: Mapping[int, Sequence[Ask]]
    services: tuple[Service, ...]
    away: Mapping[int, frozenset[dt.date]]
    marks: Mapping[int, PersonMark]
    calendar: Calendar

    @property
    def shown(self) -> list[WorkedShift]:
        """The shifts of the weeks shown."""
        first, last = self.columns[0].week_date, self.columns[-1].week_date
        return [shift for shift in self.shifts if first <= shift.week_date <= last]

    def away_in(self, week_date: dt.date) -> frozenset[int]:
        """Who is away in a week of the board."""
        return frozenset(
            engineer_id for engineer_id, weeks in self.away.items() if week_date in weeks
        )

    def carrier_in(self, week_date: dt.date) -> int | None:
        """Who carries primary in a week of the board."""
        return next(
            (
                shift.carrier_id
                for shift in self.shifts
                if shift.week_date == week_date
                and shift.level == LevelName.PRIMARY
                and shift.cancelled_at is None
            ),
            None,
        )

    @property
    def coming(self) -> list[WorkedShift]:
        """The shifts that have not ended and are not cancelled."""
        return [
            shift
            for shift in self.shifts
            if shift.period.ends_at > self.now and shift.cancelled_at is None
        ]


def extent(*, rotation: Rotation) -> Extent:
    """Between which weeks the rotation has a published schedule."""
    found = Shift.objects.filter(level__rotation=rotation).aggregate(
        first=Min("week_date"), last=Max("week_date")
    )
    return Extent(first=found["first"], last=found["last"])


def first_week(
    *, rotation: Rotation, published: Extent, wanted: dt.date | None, now: dt.datetime
) -> dt.date:
    """The handover date that the board begins with: the wanted week, else two before now.

    It never lies before the first published week, nor after the last.
    """
    pattern = patterns.pattern_of(rotation)
    current = slots.week_at(pattern, now).week_date
    first = min(current, published.first or current)
    if wanted is None:
        return max(current - WEEKS_BEFORE_NOW * WEEK, first)
    back = (wanted.weekday() - pattern.handover_weekday) % slots.WEEK_DAYS
    snapped = wanted - dt.timedelta(days=back)
    return min(max(snapped, first), max(current, published.last or current))


def board_facts(*, rotation: Rotation, first: dt.date, now: dt.datetime) -> BoardFacts:
    """The facts for 26 weeks from the handover date `first` on; a fixed number of queries."""
    pattern = patterns.pattern_of(rotation)
    today = patterns.today_in(rotation, now)
    weeks = columns.columns(pattern, first, BOARD_WEEKS, now)
    until = weeks[-1].week_date + WEEK
    shifts = worked.worked_shifts(
        shifts=Shift.objects.filter(
            Q(week_date__gte=first, week_date__lt=until) | Q(ends_at__gt=now),
            level__rotation=rotation,
        )
    )
    team = team_people.team_people(team_id=rotation.team_id, from_date=min(first, today))
    members = {line.engineer_id for line in team.services}
    postings = postings_of(engineer_ids=members)
    places = [place for who in sorted(members) if (place := postings.place(who, today))]
    people = {stint.person for shift in shifts for stint in shift.stints} | {
        shift.holder_id for shift in shifts
    }
    return BoardFacts(
        rotation=rotation,
        pattern=pattern,
        now=now,
        today=today,
        columns=tuple(weeks),
        shifts=tuple(shifts),
        asks=open_asks(shift_ids=[shift.shift_id for shift in shifts]),
        services=team.services,
        away=_away(rotation, weeks, members, postings),
        marks=marks.with_others(
            team.marks,
            engineer_ids={person for person in people if person is not None},
        ),
        calendar=columns.calendar(rotation=rotation, places=places, weeks=weeks),
    )


def open_asks(*, shift_ids: Iterable[int]) -> dict[int, list[Ask]]:
    """Open requests for cover by shift, in order of their start; no offers to take over."""
    rows = Cover.objects.filter(
        shift_id__in=list(shift_ids), to_engineer__isnull=True, state=Cover.State.OPEN
    )
    asks: dict[int, list[Ask]] = collections.defaultdict(list)
    for row in rows.order_by("starts_at", "pk"):
        period = Period(starts_at=row.starts_at, ends_at=row.ends_at)
        asks[row.shift_id].append(Ask(shift_id=row.shift_id, period=period))
    return asks


def _away(
    rotation: Rotation, weeks: Sequence[Column], members: Iterable[int], postings: Postings
) -> dict[int, frozenset[dt.date]]:
    pattern = patterns.pattern_of(rotation)
    plain = [slots.Week(week_date=week.week_date, period=week.period) for week in weeks]
    holidays = frozenset(patterns.holidays_in(rotation, plain))
    margin = dt.timedelta(days=2)  # an office may be up to a day away from the rotation's zone
    absences: dict[int, list[planning.DaysAway]] = collections.defaultdict(list)
    for line in service.absences_of(
        engineer_ids=members,
        postings=postings,
        from_date=weeks[0].week_date - margin,
        until_date=weeks[-1].week_date + WEEK + margin,
    ):
        days = planning.DaysAway(starts_on=line.starts_on, ends_on=line.ends_on, zone=line.zone)
        absences[line.engineer_id].append(days)
    return {
        engineer_id: frozenset(planning.weeks_away(pattern, plain, holidays, days))
        for engineer_id, days in absences.items()
    }
