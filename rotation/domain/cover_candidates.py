"""Who can take a part of a shift, best first, and who cannot and why.

What forbids a cover are facts: no term then, away then, on call elsewhere at that time. What the
policy wants of a schedule (rest, a number of shifts) is said as a warning, because whoever agrees
to a cover has weighed it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period, difference, intersection
from rotation.domain import rules

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

FAR = 10**6


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The time to take: the whole of a shift or some of it.

    `windows` is the on-call time in it, `load` its share of the shift's load in hundredths.
    `rest_weeks` and `shifts_per_term` are the policy's for the level.
    """

    level: str
    week_date: dt.date
    zone: str
    period: Period
    windows: tuple[Period, ...]
    is_whole: bool
    load: int
    rest_weeks: int
    shifts_per_term: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Serves:
    """A term as time, at a level."""

    level: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Busy:
    """On-call time that somebody has already, and where: "primary of Core"."""

    period: Period
    where: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who may be asked: their terms, days away, on-call time, weeks and load.

    `weeks` are the weeks that they carry on any level of the rotation, this one left out;
    `shifts_in_term` how many of this level in the term that holds the part. `load` and `fair` are
    in hundredths, at the level of the shift; `given` is what of the load they give away in return.
    """

    engineer_id: int
    name: str
    terms: tuple[Serves, ...]
    away: tuple[Period, ...]
    busy: tuple[Busy, ...]
    weeks: tuple[dt.date, ...]
    shifts_in_term: int
    load: int
    fair: int
    given: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One person and the part: why they cannot (empty when they can), and what to weigh.

    `code` is "", no_term, away or on_call; `why` ends the sentence that begins with the name.
    `week_before` and `week_after` are their nearest weeks, `clear_before` and `clear_after` the
    clear weeks between; None without one. `too_near` and `too_many` say what the policy wants of
    rest and of the number of shifts where this would not keep it.
    """

    engineer_id: int
    name: str
    code: str
    why: str
    too_near: tuple[str, ...]
    too_many: str
    is_of_level: bool
    load_before: int
    load_after: int
    fair: int
    week_before: dt.date | None
    week_after: dt.date | None
    clear_before: int | None
    clear_after: int | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the policy wants of a schedule and this would not keep."""
        return (*self.too_near, self.too_many) if self.too_many else self.too_near

    @property
    def can(self) -> bool:
        """Whether nothing forbids it."""
        return not self.code

    @property
    def nearest(self) -> int:
        """Clear weeks to the nearest shift, a large number without one."""
        near = [weeks for weeks in (self.clear_before, self.clear_after) if weeks is not None]
        return min(near, default=FAR)


def ranked(part: Part, people: Iterable[Person]) -> list[Candidate]:
    """Everybody: first those who can, best first, then those who cannot, by name.

    Best is who serves at the level, then who has nothing against it in the policy, then who stays
    furthest below the fair share, then who has most weeks to the nearest shift.
    """
    return sorted((judged(part, person) for person in people), key=_order)


def judged(part: Part, person: Person) -> Candidate:
    """One person for the part."""
    code, why = _against(part, person)
    before = max((week for week in person.weeks if week < part.week_date), default=None)
    after = min((week for week in person.weeks if week > part.week_date), default=None)
    return Candidate(
        engineer_id=person.engineer_id,
        name=person.name,
        code=code,
        why=why,
        too_near=tuple(_too_near(part, (before, after))),
        too_many=_too_many(part, person),
        is_of_level=any(term.level == part.level for term in _holding(part, person.terms)),
        load_before=person.load,
        load_after=person.load + part.load - person.given,
        fair=person.fair,
        week_before=before,
        week_after=after,
        clear_before=None if before is None else rules.clear_weeks(before, part.week_date),
        clear_after=None if after is None else rules.clear_weeks(part.week_date, after),
    )


def share_of_load(load: int, part: Sequence[Period], whole: Sequence[Period]) -> int:
    """The load, in hundredths, that goes with some of a shift's time, halves up."""
    total = sum(period.seconds for period in whole)
    some = sum(period.seconds for period in part)
    return (2 * load * some + total) // (2 * total) if total else 0


def _order(candidate: Candidate) -> tuple[bool, bool, bool, int, int, str, int]:
    if not candidate.can:
        return True, False, False, 0, 0, candidate.name, candidate.engineer_id
    return (
        False,
        not candidate.is_of_level,
        bool(candidate.warnings),
        candidate.load_after - candidate.fair,
        -candidate.nearest,
        candidate.name,
        candidate.engineer_id,
    )


def _against(part: Part, person: Person) -> tuple[str, str]:
    """Code and words of the first fact that stands against it, both empty without any."""
    served = [_in_part(part, term) for term in person.terms]
    if difference([part.period], [period for period in served if period is not None]):
        return "no_term", _no_term(part, person.terms)
    if intersection(person.away, part.windows):
        return "away", "is away then"
    for busy in person.busy:
        shared = intersection([busy.period], part.windows)
        if shared:
            when = wording.span(shared[0].starts_at, shared[0].ends_at, part.zone)
            return "on_call", f"is on call then already: {busy.where}, {when}"
    return "", ""


def _in_part(part: Part, term: Serves) -> Period | None:
    starts_at = max(term.starts_at, part.period.starts_at)
    ends_at = min(term.ends_at or part.period.ends_at, part.period.ends_at)
    return Period(starts_at=starts_at, ends_at=ends_at) if starts_at < ends_at else None


def _holding(part: Part, terms: Iterable[Serves]) -> list[Serves]:
    return [term for term in terms if _in_part(part, term) is not None]


def _no_term(part: Part, terms: Sequence[Serves]) -> str:
    later = [term.starts_at for term in terms if term.starts_at > part.period.starts_at]
    if later:
        return f"is in a term from {wording.moment(min(later), part.zone)}"
    ends = [term.ends_at for term in terms if term.ends_at is not None]
    if ends:
        return f"is in a term until {wording.moment(max(ends), part.zone)}"
    return "has no term in this team"


def _too_near(part: Part, around: Iterable[dt.date | None]) -> list[str]:
    told = []
    for week in around:
        if week is None:
            continue
        clear = rules.clear_weeks(week, part.week_date)
        if clear < part.rest_weeks:
            told.append(
                f"{wording.counted(clear, 'clear week')} from the week of {wording.day(week)}, "
                f"the policy wants {part.rest_weeks}"
            )
    return told


def _too_many(part: Part, person: Person) -> str:
    limit = part.shifts_per_term
    if not part.is_whole or limit is None or person.shifts_in_term < limit:
        return ""
    return f"{person.shifts_in_term + 1} shifts in this term, the policy wants {limit} at most"
