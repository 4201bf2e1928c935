"""The smallest changes that close a gap, each found by solving the problem with that change.

A way counts only if it is proven: with the change made, and the gap given to whom it concerns, the
best schedule has fewer gaps than the best one has without it, and nothing that counts before gaps
is worse.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, TypeAlias

from rotation.solver.grid import grid_of
from rotation.solver.instance import Person, Pin, Problem, Role, Span
from rotation.solver.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rotation.solver.grid import Cell, Grid, Member
    from rotation.solver.solution import Solution

Kind: TypeAlias = Literal["rest", "limit", "forbidden", "absence", "term", "volunteer"]

MOST_WAYS = 3
MOST_GAPS = 12
TIME_LIMIT = 5.0
# What is asked of somebody, from the least to the most, where the number of weeks is the same.
_KINDS: tuple[Kind, ...] = ("rest", "limit", "forbidden", "absence", "term", "volunteer")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One change that closes a gap, and how many gaps fewer the best schedule then has.

    `weeks` says how much: the rest is that many weeks short, the term that many weeks short, the
    limit that many shifts short. `start` is the week (id) from which a term or a newcomer would
    have to begin, None where the beginning does not matter. `person` is None for a newcomer.
    """

    kind: Kind
    person: str | None
    weeks: int
    start: str | None
    closes: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A gap, and the changes that close it, the smallest first."""

    week: str
    level: str
    ways: tuple[Way, ...]


def closings(
    problem: Problem, solution: Solution, *, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Closing, ...]:
    """For each gap at most three ways to close it; the last is a newcomer where one helps.

    The first dozen gaps are asked about every person, those after it only about a newcomer. Empty
    when the number of gaps is not proven least, since then nothing is known to be needed.
    """
    if "gaps" not in problem.objectives or solution.status == "infeasible":
        return ()
    if solution.bounds.get("gaps") != solution.objectives["gaps"]:
        return ()
    before = problem.objectives[: problem.objectives.index("gaps") + 1]
    relaxing = _Relaxing(
        problem=dataclasses.replace(
            problem,
            objectives=before,
            published=problem.published if "changes" in before else None,
        ),
        grid=grid_of(problem),
        least=tuple(solution.objectives[name] for name in before),
        should_stop=should_stop,
    )
    gaps = [each for each in solution.assignments if each.person is None]
    return tuple(
        Closing(
            week=each.week,
            level=each.level,
            ways=relaxing.ways(
                (relaxing.grid.positions[each.week], relaxing.grid.level_indices[each.level]),
                everybody=number < MOST_GAPS,
            ),
        )
        for number, each in enumerate(gaps)
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Relaxing:
    """The problem with nothing after gaps, and the values that are proven least for it."""

    problem: Problem
    grid: Grid
    least: tuple[int, ...]
    should_stop: Callable[[], bool]

    def ways(self, cell: Cell, *, everybody: bool) -> tuple[Way, ...]:
        found = list(self._ways_of_people(cell)) if everybody else []
        found.sort(key=lambda way: (way.weeks, _KINDS.index(way.kind)))
        newcomer = self._newcomer(cell)
        return (*found[: MOST_WAYS - len(newcomer)], *newcomer)

    def _ways_of_people(self, cell: Cell) -> Iterator[Way]:
        for member in self.grid.holders(cell[1]):
            found = self._way_of(member, cell)
            if found is not None:
                yield found

    def _way_of(self, member: Member, cell: Cell) -> Way | None:
        reason = self.grid.own_reason(member, cell)
        person = self.problem.people[member.index]
        if reason == "inactive":
            return self._term(member, person, cell)
        if reason == "unavailable":
            away = tuple(week for week in person.unavailable if week != self._week(cell))
            relaxed = self._with(dataclasses.replace(person, unavailable=away))
            return self._taken_by(member.id, relaxed, cell, kind="absence")
        if reason == "forbidden":
            relaxed = dataclasses.replace(
                self.problem,
                forbidden=tuple(
                    pin for pin in self.problem.forbidden if pin != self._pin(member.id, cell)
                ),
            )
            return self._taken_by(member.id, relaxed, cell, kind="forbidden")
        return self._limit(member, person, cell) or self._rest(member, person, cell)

    def _term(self, member: Member, person: Person, cell: Cell) -> Way | None:
        """Active from the nearest active week to this one, in one piece."""
        if not member.active:
            return None
        near = min(member.active, key=lambda position: (abs(position - cell[0]), position))
        first, last = sorted((near, cell[0]))
        weeks = self.problem.weeks
        span = Span(first=weeks[first].id, last=weeks[last].id)
        relaxed = self._with(dataclasses.replace(person, active=(*person.active, span)))
        start = self._week(cell) if cell[0] < near else None
        return self._taken_by(
            member.id, relaxed, cell, kind="term", weeks=last - first, start=start
        )

    def _limit(self, member: Member, person: Person, cell: Cell) -> Way | None:
        """One shift more, where the limit of shifts counts before gaps."""
        if "overload" not in self.problem.objectives:
            return None
        post = member.post_at(cell[1])
        if post is None or post.max_shifts is None:
            return None
        more = _with_limit(person, self.problem.levels[cell[1]].id, post.max_shifts + 1)
        return self._taken_by(member.id, self._with(more), cell, kind="limit", weeks=1)

    def _rest(self, member: Member, person: Person, cell: Cell) -> Way | None:
        """The same person under another name takes the gap, and keeps their distance to it."""
        for short in range(1, self.grid.rest + 1):
            distance = self.grid.rest - short
            if member.last is not None and cell[0] - member.last <= distance:
                continue
            relaxed = self._beside(person, cell, distance)
            closes = self._closes(relaxed, self._pin(_other_name(self.problem, person.id), cell))
            if closes:
                return Way(kind="rest", person=person.id, weeks=short, start=None, closes=closes)
        return None

    def _beside(self, person: Person, cell: Cell, distance: int) -> Problem:
        level = self.problem.levels[cell[1]].id
        nearest = range(cell[0] - distance, cell[0] + distance + 1)
        kept = {self.problem.weeks[i].id for i in nearest if 0 <= i < self.grid.length}
        week = self._week(cell)
        limit = _limit_at(person, level)
        double = Person(
            id=_other_name(self.problem, person.id),
            roles=(Role(level=level, max_shifts=0 if limit == 0 else None),),
            active=(Span(first=week, last=week),),
        )
        # The other name's shift counts for the person's limit.
        fewer = _with_limit(person, level, limit - 1) if limit else person
        busy = dataclasses.replace(
            fewer,
            unavailable=(*person.unavailable, *sorted(kept - set(person.unavailable))),
        )
        changed = self._with(busy)
        return dataclasses.replace(changed, people=(*changed.people, double))

    def _newcomer(self, cell: Cell) -> tuple[Way, ...]:
        """Somebody new from this week on, who rests like everybody and has the usual limit."""
        level = self.problem.levels[cell[1]].id
        limits = [
            role.max_shifts
            for person in self.problem.people
            for role in person.roles
            if role.level == level and role.max_shifts is not None
        ]
        name = _other_name(self.problem, "newcomer")
        newcomer = Person(
            id=name,
            roles=(Role(level=level, max_shifts=max(limits, default=None)),),
            active=(Span(first=self._week(cell), last=None),),
        )
        relaxed = dataclasses.replace(self.problem, people=(*self.problem.people, newcomer))
        way = self._taken_by(name, relaxed, cell, kind="volunteer", weeks=1, start=self._week(cell))
        return () if way is None else (dataclasses.replace(way, person=None),)

    def _taken_by(
        self,
        person: str,
        relaxed: Problem,
        cell: Cell,
        *,
        kind: Kind,
        weeks: int = 1,
        start: str | None = None,
    ) -> Way | None:
        closes = self._closes(relaxed, self._pin(person, cell))
        if not closes:
            return None
        return Way(kind=kind, person=person, weeks=weeks, start=start, closes=closes)

    def _closes(self, relaxed: Problem, pin: Pin) -> int:
        """How many gaps fewer the relaxed problem has with that pin; 0 if it is not better."""
        if self.should_stop():
            return 0
        asked = dataclasses.replace(relaxed, pins=(*relaxed.pins, pin))
        found = solve(asked, time_limit=TIME_LIMIT, should_stop=self.should_stop)
        if found.status == "infeasible":
            return 0
        values = tuple(found.objectives[name] for name in asked.objectives)
        if values[:-1] > self.least[:-1]:
            return 0
        return max(0, self.least[-1] - values[-1])

    def _with(self, person: Person) -> Problem:
        people = tuple(person if each.id == person.id else each for each in self.problem.people)
        return dataclasses.replace(self.problem, people=people)

    def _pin(self, person: str, cell: Cell) -> Pin:
        level = self.problem.levels[cell[1]].id
        return Pin(week=self._week(cell), level=level, person=person)

    def _week(self, cell: Cell) -> str:
        return self.problem.weeks[cell[0]].id


def _other_name(problem: Problem, name: str) -> str:
    taken = {person.id for person in problem.people}
    while name in taken:
        name = f"{name} again"
    return name


def _with_limit(person: Person, level: str, limit: int) -> Person:
    return dataclasses.replace(person, roles=tuple(_limited(person.roles, level, limit)))


def _limit_at(person: Person, level: str) -> int | None:
    return next(role.max_shifts for role in person.roles if role.level == level)


def _limited(roles: Iterable[Role], level: str, limit: int) -> Iterator[Role]:
    for role in roles:
        yield dataclasses.replace(role, max_shifts=limit) if role.level == level else role
