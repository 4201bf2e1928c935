"""Whom PagerDuty must page no more: time after somebody's service in the team is nobody's.

A published week stays as published until a repair is; to PagerDuty it is a gap from the end of
its holder's service on, so that no future entry of a leaver remains there. A holder's service is
that at the level. Whoever covers was asked for that time by name: they may serve at either level,
and who never had a term in the team is no leaver.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period, difference, merged
from rotation.domain import slots
from rotation.domain.stints import Stint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEACTIVATED = "deactivated"
OUT_OF_TERM = "out_of_term"
DAY = dt.timedelta(days=1)
Term = tuple[dt.date, dt.date | None]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A published week: its day, its time, and on which clock days begin at which time."""

    week_date: dt.date
    period: Period
    zone: str
    handover_time: dt.time

    @property
    def days(self) -> list[dt.date]:
        """The days that begin in it, each at the handover's time."""
        return [self.week_date + number * DAY for number in range(slots.WEEK_DAYS)]

    def time_of(self, days: Iterable[dt.date]) -> list[Period]:
        """Those of its days as time; first and last reach to the week's own bounds."""
        bounds = [(self._at(day), self._at(day + DAY)) for day in days]
        return merged(Period(starts_at=one, ends_at=other) for one, other in bounds if one < other)

    def _at(self, day: dt.date) -> dt.datetime:
        if day <= self.week_date:
            return self.period.starts_at
        if day >= self.week_date + slots.WEEK_DAYS * DAY:
            return self.period.ends_at
        at = slots.local_instant(self.zone, day, self.handover_time)
        return min(max(at, self.period.starts_at), self.period.ends_at)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody of the schedule: whether their account is open, and all their terms in the team.

    A term is `(first day, day after the last)` as it really runs, None being open; `by_level` has
    them for each level.
    """

    is_active: bool
    terms: tuple[Term, ...]
    by_level: Mapping[str, tuple[Term, ...]] = dataclasses.field(default_factory=dict)

    def at(self, level: str) -> Person:
        """The person by their terms at the level; by all of them if they never served there."""
        return dataclasses.replace(self, terms=self.by_level.get(level) or self.terms)

    @property
    def ends_on(self) -> dt.date | None:
        """The day on which their last term ends; None while one is open, or without any."""
        ends = [end for _, end in self.terms]
        return None if None in ends else max((end for end in ends if end), default=None)

    def has_left_on(self, day: dt.date) -> bool:
        """Whether a term of theirs has ended by then and none holds the day."""
        ended = any(end is not None and end <= day for _, end in self.terms)
        serves = any(start <= day and (end is None or day < end) for start, end in self.terms)
        return ended and not serves

    def lost(self, week: Week) -> list[Period]:
        """The time of the week that can no longer be theirs, in order."""
        if not self.is_active:
            return [week.period]
        return week.time_of(day for day in week.days if self.has_left_on(day))

    def why_lost(self, week: Week, time: Sequence[Period]) -> str:
        """Why some of that time of the week is not theirs any more; empty when all of it is."""
        if not self.is_active:
            return DEACTIVATED if time else ""
        lost = self.lost(week)
        return OUT_OF_TERM if any(one.overlap(other) for one in time for other in lost) else ""


def as_known_to(
    people: Mapping[int, Person], level: str, holder_id: int | None
) -> Mapping[int, Person]:
    """The people as a week of the level knows them: its holder by their service there."""
    if holder_id is None or holder_id not in people:
        return people
    return {**people, holder_id: people[holder_id].at(level)}


def paged(stints: Iterable[Stint], week: Week, people: Mapping[int, Person]) -> list[Stint]:
    """The week's stints with leavers' time as nobody's, in order; they tile the same time."""
    found: list[Stint] = []
    for stint in stints:
        person = None if stint.person is None else people.get(stint.person)
        if person is None:
            found.append(stint)
            continue
        lost = [one for each in person.lost(week) if (one := each.overlap(stint.period))]
        kept = difference([stint.period], lost)
        found += [Stint(person=stint.person, period=period) for period in kept]
        found += [Stint(person=None, period=period) for period in lost]
    return sorted(found, key=lambda stint: stint.period)
