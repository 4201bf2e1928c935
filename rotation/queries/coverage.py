"""The board's facts in short: who is on call, what is covered, how many people there are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain.planning import WEEK
from rotation.domain.stints import on_call_stints
from rotation.models import LevelName
from rotation.queries import cells

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark
    from volunteers.queries.service import Service

SHOWN_GAPS = 4


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """Who is on call at a level now, or next when `starts_at` is given.

    `ends_at` is the end of that person's stint; a `mark` of None is a gap.
    """

    level: str
    mark: PersonMark | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A published week of a level that has nobody for at least part of it."""

    shift_id: int
    level: str
    week_date: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Clash:
    """A coming week whose holder has entered days away since it was published."""

    shift_id: int
    level: str
    week_date: dt.date
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Running and coming published shifts and weeks, how many of them are covered, and the gaps.

    `until` is the end of the last published week, None when nothing is published from now on.
    """

    shifts: int
    covered: int
    weeks: int
    covered_weeks: int
    gaps: tuple[Gap, ...]
    until: dt.date | None

    @property
    def gap_level(self) -> str:
        """The level on which all gaps are, empty when they are on both or there are none."""
        levels = {gap.level for gap in self.gaps}
        return levels.pop() if len(levels) == 1 else ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Volunteers in term today, and the first coming week with fewer than the minimum."""

    people: int
    minimum: int
    dip_on: dt.date | None
    dip_people: int


def duties(facts: BoardFacts) -> list[Duty]:
    """Each level's, primary first; a level without a published shift from now on has none."""
    found = [_duty(level.value, facts) for level in LevelName]
    return [duty for duty in found if duty is not None]


def coverage(facts: BoardFacts) -> Coverage:
    """What is covered from now on, gaps in order of week, then level."""
    coming = facts.coming
    gaps = [shift for shift in coming if cells.is_gap(shift)]
    weeks = {shift.week_date for shift in coming}
    return Coverage(
        shifts=len(coming),
        covered=len(coming) - len(gaps),
        weeks=len(weeks),
        covered_weeks=len(weeks - {shift.week_date for shift in gaps}),
        gaps=tuple(
            Gap(shift_id=shift.shift_id, level=shift.level, week_date=shift.week_date)
            for shift in gaps
        ),
        until=max(weeks) + WEEK if weeks else None,
    )


def clashes(facts: BoardFacts) -> list[Clash]:
    """Weeks of the board that have not started and whose people are away, in order of week."""
    return [
        Clash(
            shift_id=shift.shift_id,
            level=shift.level,
            week_date=shift.week_date,
            name=cells.mark_of(shift.holder_id, facts.marks).name,
        )
        for shift in facts.shown
        if shift.holder_id is not None
        and shift.period.starts_at > facts.now
        and len(shift.stints) == 1
        and shift.stints[0].person == shift.holder_id
        and shift.holder_id in facts.away_in(shift.week_date)
    ]


def clash_words(found: Sequence[Clash]) -> str:
    """`2 published weeks have somebody away: Ben (Mon 25 Jan), Eve (Mon 22 Feb).`, or nothing."""
    if not found:
        return ""
    first = found[0]
    if len(found) == 1:
        return f"{first.name} is away in their published week of {wording.day(first.week_date)}."
    told = [
        f"{clash.name} ({wording.day(clash.week_date, year=False)})" for clash in found[:SHOWN_GAPS]
    ]
    more = len(found) - len(told)
    rest = f" and {more} more" if more else ""
    return f"{len(found)} published weeks have somebody away: {', '.join(told)}{rest}."


def size(facts: BoardFacts, *, minimum: int) -> Size:
    """People in term, and when they become too few, looking at the weeks shown."""
    lines = [line for line in facts.services if line.level == LevelName.PRIMARY]
    people = len({line.engineer_id for line in lines if _serves_on(line, facts.today)})
    for week in facts.columns:
        if week.period.ends_at <= facts.now:
            continue
        active = len({line.engineer_id for line in lines if _serves_on(line, week.week_date)})
        if active < min(minimum, people):
            return Size(people=people, minimum=minimum, dip_on=week.week_date, dip_people=active)
    return Size(people=people, minimum=minimum, dip_on=None, dip_people=0)


def _duty(level: str, facts: BoardFacts) -> Duty | None:
    shifts = [shift for shift in facts.coming if shift.level == level]
    for shift in shifts[:2]:
        for piece in on_call_stints(shift.stints, shift.windows):
            if piece.period.ends_at > facts.now:
                return _duty_of(shift, piece.period.starts_at, facts)
    return None


def _duty_of(shift: WorkedShift, on_call_from: dt.datetime, facts: BoardFacts) -> Duty | None:
    at = max(on_call_from, facts.now)
    stint = shift.stint_at(at)
    if stint is None:
        return None
    person = stint.person
    return Duty(
        level=shift.level,
        mark=None if person is None else cells.mark_of(person, facts.marks),
        starts_at=on_call_from if on_call_from > facts.now else None,
        ends_at=stint.period.ends_at,
    )


def _serves_on(line: Service, date: dt.date) -> bool:
    return line.starts_on <= date and (line.ends_on is None or line.ends_on > date)


def gap_words(gaps: Sequence[Gap]) -> str:
    """`2 weeks have nobody for primary: Mon 19 Apr and Mon 10 May 2027.`, or nothing."""
    if not gaps:
        return ""
    levels = {gap.level for gap in gaps}
    where = f" for {LevelName(levels.pop()).label.lower()}" if len(levels) == 1 else ""
    noun = wording.counted(len(gaps), "week has", "weeks have")
    if len(levels) > 1:
        noun = wording.counted(len(gaps), "shift has", "shifts have")
    return f"{noun} nobody{where}: {_listed(dict.fromkeys(gap.week_date for gap in gaps))}."


def _listed(dates: Iterable[dt.date]) -> str:
    """`Mon 19 Apr and Mon 10 May 2027`: four days at most, the year once where they share it."""
    found = list(dates)
    shown, more = found[:SHOWN_GAPS], len(found) - SHOWN_GAPS
    years = {date.year for date in shown}
    texts = [wording.day(date, year=len(years) > 1 or date == shown[-1]) for date in shown]
    if more > 0:
        return f"{', '.join(texts)} and {more} more"
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
