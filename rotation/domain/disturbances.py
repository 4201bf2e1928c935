"""What disturbs a published schedule, so that it has to be repaired, and the cause in words.

A week that is to come is disturbed when its holder can no longer carry it: away, out of term, or
deactivated. It can be filled when somebody whose term the schedule did not know could take a week
that has nobody, or nobody any more. A week on which people have agreed by a cover is left to them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period, intersection
from rotation.domain import planning, rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from rotation.domain.planning import DaysAway

AWAY = "away"
OUT_OF_TERM = "out_of_term"
DEACTIVATED = "deactivated"
FILLABLE = "fillable"

DAY = dt.timedelta(days=1)
MOST_CAUSES = 4


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StandingWeek:
    """A published week that has not started; `windows` is its on-call time, None holds a gap."""

    level: str
    week_date: dt.date
    windows: tuple[Period, ...]
    holder_id: int | None
    is_covered: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermSpan:
    """A term as it really runs, `[starts_on, ends_on)`; `is_new`: the schedule did not know it."""

    level: str
    starts_on: dt.date
    ends_on: dt.date | None
    has_left: bool
    is_new: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody of the team or of the schedule.

    `held` are all their published weeks by level, past ones too.
    """

    engineer_id: int
    name: str
    is_active: bool
    terms: tuple[TermSpan, ...]
    away: tuple[DaysAway, ...]
    held: Mapping[str, Collection[dt.date]]

    def serves(self, level: str, week_date: dt.date) -> TermSpan | None:
        """The term at the level that holds the whole week."""
        return next(
            (
                term
                for term in self.terms
                if term.level == level
                and planning.is_active(((term.starts_on, term.ends_on),), week_date)
            ),
            None,
        )

    def days_away(self, week: StandingWeek) -> DaysAway | None:
        """The first absence that meets the week's on-call time."""
        return next((days for days in self.away if intersection([days.period], week.windows)), None)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Disturbance:
    """One week and why it cannot stay as it is, or how it could be filled.

    `engineer_id` is the holder who cannot, or the one who could. `cause` is a sentence without its
    full stop; it may change its words while the disturbance stays the same one.
    """

    week_date: dt.date
    level: str
    kind: str
    engineer_id: int
    cause: str = dataclasses.field(compare=False)

    @property
    def key(self) -> tuple[str, dt.date, str, int]:
        """What makes it the same one the next time one looks."""
        return self.level, self.week_date, self.kind, self.engineer_id


def disturbances(
    weeks: Sequence[StandingWeek],
    *,
    people: Mapping[int, Person],
    rest_weeks: Mapping[str, int],
    today: dt.date,
) -> list[Disturbance]:
    """What disturbs these weeks, by week, then level; `today` is the rotation's."""
    found: list[Disturbance] = []
    for week in weeks:
        if week.is_covered:
            continue
        lost = _lost(week, people, today)
        if lost is not None:
            found.append(lost)
        if lost is not None or week.holder_id is None:
            found += _fillable(week, people, rest_weeks[week.level], today)
    return sorted(found)


def causes(found: Sequence[Disturbance]) -> tuple[str, ...]:
    """The causes in words, each once, in order of the first week that they disturb."""
    return tuple(dict.fromkeys(each.cause for each in found))


def causes_in_words(found: Sequence[Disturbance]) -> str:
    """All causes as one line: `Ben is away …; Carla starts on …`."""
    told = causes(found)
    more = len(told) - MOST_CAUSES
    return "; ".join([*told[:MOST_CAUSES], *([f"and {more} more"] if more > 0 else [])])


def _lost(week: StandingWeek, people: Mapping[int, Person], today: dt.date) -> Disturbance | None:
    """Why the holder can no longer carry the week."""
    if week.holder_id is None:
        return None
    person = people[week.holder_id]
    if not person.is_active:
        return _disturbance(week, DEACTIVATED, person, f"{person.name} was deactivated")
    if person.serves(week.level, week.week_date) is None:
        return _disturbance(week, OUT_OF_TERM, person, _end_in_words(person, week, today))
    return _away(week, person)


def _away(week: StandingWeek, person: Person) -> Disturbance | None:
    days = person.days_away(week)
    if days is None:
        return None
    dates = wording.days(days.starts_on, days.ends_on - DAY)
    return _disturbance(week, AWAY, person, f"{person.name} is away {dates}")


def _fillable(
    week: StandingWeek, people: Mapping[int, Person], rest_weeks: int, today: dt.date
) -> Iterator[Disturbance]:
    """Those whose new term could fill the week."""
    for person in sorted(people.values(), key=lambda each: each.engineer_id):
        term = person.serves(week.level, week.week_date)
        if term is None or not term.is_new or person.engineer_id == week.holder_id:
            continue
        held = person.held.get(week.level, ())
        is_rested = all(rules.clear_weeks(other, week.week_date) >= rest_weeks for other in held)
        if person.is_active and is_rested and person.days_away(week) is None:
            starts = "started" if term.starts_on <= today else "starts"
            cause = f"{person.name} {starts} on {wording.day(term.starts_on)}"
            yield _disturbance(week, FILLABLE, person, cause)


def _end_in_words(person: Person, week: StandingWeek, today: dt.date) -> str:
    """How the person's service at the level ended before the week."""
    until = week.week_date + planning.WEEK
    ended = [
        (term.ends_on, term.has_left)
        for term in person.terms
        if term.level == week.level and term.ends_on is not None and term.ends_on < until
    ]
    if not ended:
        return f"{person.name} has no term in the week of {wording.day(week.week_date)}"
    ends_on, has_left = max(ended)
    on = wording.day(ends_on)
    if has_left:
        return f"{person.name} {'left' if ends_on <= today else 'leaves'} on {on}"
    return f"The term of {person.name} {'ended' if ends_on <= today else 'ends'} on {on}"


def _disturbance(week: StandingWeek, kind: str, person: Person, cause: str) -> Disturbance:
    return Disturbance(
        week_date=week.week_date,
        level=week.level,
        kind=kind,
        engineer_id=person.engineer_id,
        cause=cause,
    )
