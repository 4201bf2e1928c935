"""What somebody has carried, term by term: their record of service. It knows no amounts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import seconds
from rotation.models import HistoryWeek, Page
from rotation.queries import own_shifts
from rotation.queries.own_shifts import WeekState
from volunteers.models import Term
from volunteers.queries import terms as term_queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.queries.own_shifts import OwnWeek
    from volunteers.queries.terms import TermLine

OVER = {WeekState.ENDED, WeekState.COMPLETED}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What was carried: own weeks, whole or in part; covers of others' weeks; on-call hours.

    `holidays` are the public holidays in own weeks, `pages` how often PagerDuty called, `asleep`
    those of them between 23:00 and 07:00.
    """

    weeks: int = 0
    covers: int = 0
    hours: int = 0
    holidays: int = 0
    pages: int = 0
    asleep: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is over yet."""
        return not (self.weeks or self.covers or self.pages)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ServedTerm:
    """A term as it ran or runs, and what was carried in it."""

    term: TermLine
    carried: Carried


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRecord:
    """The newest term first. `total` has everything, also what lies outside of terms.

    `before_rota` are weeks that were carried before Rota kept the schedule.
    """

    terms: tuple[ServedTerm, ...]
    total: Carried
    before_rota: int
    since: dt.date | None


def service_record(*, engineer_id: int, today: dt.date, now: dt.datetime) -> ServiceRecord:
    """The record of one person, terms that are to come left out; six queries."""
    own = Term.objects.filter(engineer_id=engineer_id)
    lines = [
        line
        for line in term_queries.term_lines(terms=own, today=today)
        if line.state != term_queries.UPCOMING and line.ends_on != line.starts_on
    ]
    weeks = [
        week
        for week in own_shifts.own_weeks(engineer_id=engineer_id, from_date=dt.date.min, now=now)
        if week.state in OVER
    ]
    called = _called(engineer_id, now)
    history = HistoryWeek.objects.filter(holder_id=engineer_id)
    before = sorted(history.values_list("week_date", flat=True))
    starts = [line.starts_on for line in lines] + before[:1]
    return ServiceRecord(
        terms=tuple(
            ServedTerm(term=line, carried=_in_term(line, engineer_id, weeks, called))
            for line in reversed(lines)
        ),
        total=_carried(engineer_id, weeks, called),
        before_rota=len(before),
        since=min(starts, default=None),
    )


def of_term(*, term: Term, today: dt.date, now: dt.datetime) -> Carried:
    """What was carried in one term."""
    record = service_record(engineer_id=term.engineer_id, today=today, now=now)
    return next((each.carried for each in record.terms if each.term.term_id == term.pk), Carried())


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """A page: of which team and level, on which day of the rotation's zone, and in whose sleep."""

    team_id: int | None
    level: str
    day: dt.date
    in_sleep_hours: bool


def _called(engineer_id: int, now: dt.datetime) -> list[_Call]:
    rows = Page.objects.filter(engineer_id=engineer_id, paged_at__lte=now).select_related(
        "incident__rotation", "level", "shift"
    )
    return [
        _Call(
            team_id=row.incident.rotation.team_id if row.incident.rotation else None,
            level=row.level.name if row.level else "",
            day=row.shift.week_date if row.shift else row.paged_at.date(),
            in_sleep_hours=row.in_sleep_hours,
        )
        for row in rows.order_by("pk")
    ]


def _in_term(
    line: TermLine, engineer_id: int, weeks: Iterable[OwnWeek], called: Iterable[_Call]
) -> Carried:
    return _carried(
        engineer_id,
        [
            week
            for week in weeks
            if week.shift.team_slug == line.team_slug
            and week.shift.level == line.level
            and _holds(line, week.shift.week_date)
        ],
        [
            call
            for call in called
            if call.team_id == line.team_id and call.level == line.level and _holds(line, call.day)
        ],
    )


def _holds(line: TermLine, day: dt.date) -> bool:
    return line.starts_on <= day and (line.ends_on is None or day < line.ends_on)


def _carried(engineer_id: int, weeks: Sequence[OwnWeek], called: Sequence[_Call]) -> Carried:
    own = [week for week in weeks if week.shift.holder_id == engineer_id]
    on_call = [period for week in weeks for period in week.on_call]
    return Carried(
        weeks=len(own),
        covers=len(weeks) - len(own),
        hours=round(seconds(on_call) / 3600),
        holidays=sum(len(week.shift.holidays) for week in own),
        pages=len(called),
        asleep=sum(call.in_sleep_hours for call in called),
    )
