"""The scheduling problem as plain data.

Loads are integers in hundredths everywhere: 150 is one and a half. The order of `weeks` is the
order in time; ids are opaque. A `Problem` that exists is well formed, however it was made.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from rotation.solver.fields import ProblemError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

OBJECTIVES = (
    "gaps",
    "overload",
    "unfairness",
    "holidays",
    "changes",
    "spread",
    "preferences",
    "adjacency",
)
_MOST_LOAD = 10**7
_MOST_SPACING = 10**4


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One unit of the horizon, whatever its length; `weight` is its load in hundredths."""

    id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    weight: int
    holidays: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One place to fill in every week."""

    id: str
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLimit:
    """At most `shifts` in any `window_weeks` consecutive positions; soft (`overload`)."""

    shifts: int
    window_weeks: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rest between two shifts and its wished spacing, in positions; the soft limit of shifts."""

    min_rest_weeks: int = 0
    spacing_target: int = 0
    max_shifts: ShiftLimit | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a person may take at one level, and what they worked there before the horizon.

    `prior_load` is in hundredths; `last_week` is negative, -1 being the week before the first.
    """

    level: str
    max_shifts: int | None = None
    prior_load: int = 0
    prior_weeks: int = 0
    prior_holidays: int = 0
    last_week: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Weeks from `first` to `last`, both included; None is open on that side."""

    first: str | None = None
    last: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may hold shifts; active in the union of the spans, never if there are none."""

    id: str
    team: str | None = None
    roles: tuple[Role, ...] = ()
    active: tuple[Span, ...] = ()
    unavailable: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A cell whose person is fixed; its ids may be unknown, which is a contradiction."""

    week: str
    level: str
    person: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """A cell of the schedule published earlier; the person may have left, None is a gap."""

    week: str
    level: str
    person: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Who may work when, and what counts, in order: the first of `objectives` counts most.

    `forbidden` are cells that a person may not take although nothing else keeps them from it; the
    instance file has no such thing.

    Raises:
        ProblemError: on construction, when parts do not fit together; names the place.
    """

    weeks: tuple[Week, ...]
    levels: tuple[Level, ...]
    objectives: tuple[str, ...]
    rules: Rules = Rules()
    people: tuple[Person, ...] = ()
    pins: tuple[Pin, ...] = ()
    forbidden: tuple[Pin, ...] = ()
    published: tuple[PublishedCell, ...] | None = None
    name: str = ""
    note: str = ""
    timezone: str = ""

    def __post_init__(self) -> None:
        _check_weeks(self.weeks)
        _check_levels(self.levels)
        _check_rules(self.rules)
        _check_unique("people", "id", [person.id for person in self.people])
        known = _Known(
            weeks=frozenset(week.id for week in self.weeks),
            levels=frozenset(level.id for level in self.levels),
        )
        for index, person in enumerate(self.people):
            _check_person(f"people[{index}]", person, known)
        _check_published(self.published or (), known)
        for index, cell in enumerate(self.forbidden):
            _check_week(f"forbidden[{index}].week", cell.week, known)
        _check_unique("objectives", "", self.objectives)
        for index, name in enumerate(self.objectives):
            if name not in OBJECTIVES:
                raise ProblemError(f"objectives[{index}]", f"unknown objective {name!r}")
        _check_size(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    weeks: frozenset[str]
    levels: frozenset[str]


def _check_unique(place: str, member: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, identifier in enumerate(ids):
        if identifier in seen:
            where = f"{place}[{index}].{member}" if member else f"{place}[{index}]"
            raise ProblemError(where, f"{identifier!r} stands there twice")
        seen.add(identifier)


def _check_weeks(weeks: tuple[Week, ...]) -> None:
    if not weeks:
        raise ProblemError("weeks", "must not be empty")
    _check_unique("weeks", "id", [week.id for week in weeks])
    for index, week in enumerate(weeks):
        if week.weight < 0:
            raise ProblemError(f"weeks[{index}].weight", "must be at least 0")
        if week.ends_at <= week.starts_at:
            raise ProblemError(f"weeks[{index}].end", "must be after the start")
    for index, (before, week) in enumerate(itertools.pairwise(weeks), start=1):
        if week.starts_at < before.ends_at:
            raise ProblemError(f"weeks[{index}].start", "is before the end of the week before")


def _check_levels(levels: tuple[Level, ...]) -> None:
    if not levels:
        raise ProblemError("levels", "must not be empty")
    _check_unique("levels", "id", [level.id for level in levels])


def _check_rules(rules: Rules) -> None:
    for name, value in (
        ("min_rest_weeks", rules.min_rest_weeks),
        ("spacing_target", rules.spacing_target),
    ):
        if value < 0:
            raise ProblemError(f"rules.{name}", "must be at least 0")
    limit = rules.max_shifts
    if limit is not None and (limit.shifts < 0 or limit.window_weeks < 1):
        raise ProblemError("rules.max_shifts", "must be at least 0 shifts in at least 1 week")


def _check_person(place: str, person: Person, known: _Known) -> None:
    _check_unique(f"{place}.roles", "", [role.level for role in person.roles])
    for role in person.roles:
        _check_role(f"{place}.roles.{role.level}", role, known)
    for name in ("unavailable", "wants", "avoids"):
        for index, week in enumerate(getattr(person, name)):
            _check_week(f"{place}.{name}[{index}]", week, known)
    for index, span in enumerate(person.active):
        _check_week(f"{place}.active[{index}].from", span.first, known)
        _check_week(f"{place}.active[{index}].to", span.last, known)


def _check_role(place: str, role: Role, known: _Known) -> None:
    if role.level not in known.levels:
        raise ProblemError(place, f"unknown level {role.level!r}")
    for name in ("max_shifts", "prior_load", "prior_weeks", "prior_holidays"):
        value = getattr(role, name)
        if value is not None and value < 0:
            raise ProblemError(f"{place}.{name}", "must be at least 0")
    if role.last_week is not None and role.last_week >= 0:
        raise ProblemError(f"{place}.last_week", "must be negative: it is before the horizon")


def _check_week(place: str, week: str | None, known: _Known) -> None:
    if week is not None and week not in known.weeks:
        raise ProblemError(place, f"unknown week {week!r}")


def _check_published(published: tuple[PublishedCell, ...], known: _Known) -> None:
    seen: set[tuple[str, str]] = set()
    for index, cell in enumerate(published):
        _check_week(f"published[{index}].week", cell.week, known)
        if cell.level not in known.levels:
            raise ProblemError(f"published[{index}].level", f"unknown level {cell.level!r}")
        if (cell.week, cell.level) in seen:
            raise ProblemError(f"published[{index}]", "this cell stands there twice")
        seen.add((cell.week, cell.level))


def _check_size(problem: Problem) -> None:
    # Squares of loads are summed as 64-bit integers by the solver; real figures are far below.
    roles = [role for person in problem.people for role in person.roles]
    load = sum(role.prior_load for role in roles) + sum(week.weight for week in problem.weeks)
    if load > _MOST_LOAD:
        raise ProblemError("weeks", "the loads are too large to be compared exactly")
    days = sum(role.prior_holidays for role in roles)
    if days > _MOST_LOAD // 100:
        raise ProblemError("people", "the holidays worked before are too many")
    if problem.rules.spacing_target > _MOST_SPACING:
        raise ProblemError("rules.spacing_target", f"must be at most {_MOST_SPACING}")
