"""The first week that nobody can cover, and the fewest newcomers with whom every week can be.

Each statement is a solved problem: with and without a week, with and without a newcomer. Wishes,
fairness and the published schedule count for nothing here, only whether a rota without gaps exists.
"""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from rotation.solver.engine import SLICES, Clock, Run
from rotation.solver.explain import pin_conflicts
from rotation.solver.grid import grid_of
from rotation.solver.instance import Person, Pin, Problem, Role, Span
from rotation.solver.model import Held, RotaModel
from rotation.solver.solve import solve
from rotation.solver.terms import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rotation.solver.grid import Cell
    from rotation.solver.solution import PinConflict


class ContradictionError(Exception):
    """The problem's pins contradict each other or the rules: no rota at all keeps them."""

    def __init__(self, conflicts: tuple[PinConflict, ...]) -> None:
        """Keep what contradicts what."""
        super().__init__("pins contradict the rules")
        self.conflicts = conflicts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """So many newcomers more at a level from that week (id) on, and from then to the end."""

    level: str
    newcomers: int
    start: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What becomes of a problem when nobody joins, and what prevents it.

    `first_gap` is the first week (id) such that no rota covers it and all weeks before it; `gaps`
    are the cells (week, level) that stay open, as few as can be while the weeks before it are
    covered. With the `needed` newcomers there is no gap: with one fewer at any level there is, and
    with none of them could the next one to join come later, the ones after that being as late as
    they can be. Without `proven` time was up somewhere: then the gap may come later, and fewer
    newcomers may be enough.
    """

    first_gap: str | None
    gaps: tuple[tuple[str, str], ...]
    needed: tuple[Needed, ...]
    proven: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a term is (weeks), and how long the search may take (seconds).

    `shifts` is the limit of a newcomer's shifts in each term by level; a level may have none.
    """

    term_weeks: int
    seconds: float
    shifts: Mapping[str, int] = dataclasses.field(default_factory=dict)


def forecast(
    problem: Problem, *, limits: Limits, should_stop: Callable[[], bool]
) -> Forecast | None:
    """Look ahead over the weeks of a problem; None when `should_stop` said so.

    Limits of shifts, the problem's own and those of newcomers, bind only where the problem puts
    `overload` before `gaps`.

    Raises:
        ContradictionError: pins contradict the rules.
    """
    conflicts = pin_conflicts(problem)
    if conflicts:
        raise ContradictionError(conflicts)
    search = _Search(_asked(problem), limits, should_stop)
    try:
        covered = search.covered_weeks()
        if covered == len(problem.weeks):
            return Forecast(first_gap=None, gaps=(), needed=(), proven=search.proven)
        return Forecast(
            first_gap=problem.weeks[covered].id,
            gaps=search.open_cells(covered),
            needed=search.needed(),
            proven=search.proven,
        )
    except _StoppedError:
        return None


class _StoppedError(Exception):
    """The caller wants no answer any more."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Newcomer:
    level: str
    start: int


class _Search:
    """One problem's questions, each answered by solving; `proven` while each answer is certain."""

    def __init__(self, problem: Problem, limits: Limits, should_stop: Callable[[], bool]) -> None:
        self.problem = problem
        self.limits = limits
        self.clock = Clock(deadline=time.monotonic() + limits.seconds, should_stop=lambda: False)
        self.asked = should_stop
        self.proven = True

    def covered_weeks(self) -> int:
        """The longest run of weeks from the first on that some rota covers."""
        most = self._weeks_with_somebody()
        return _last_true(0, most, lambda count: self._can_cover(_until(self.problem, count)))

    def open_cells(self, covered: int) -> tuple[tuple[str, str], ...]:
        """The fewest gaps of a rota that covers that many weeks from the first on."""
        self._go_on()
        rota_model = RotaModel(grid_of(self.problem), Held())
        if "overload" in self.problem.objectives:
            hold(rota_model, "overload", 0)
        for (position, _level), gap in rota_model.gaps.items():
            if position < covered:
                rota_model.model.add(gap == 0)
        run = Run(
            rota_model=rota_model,
            expression=sum(rota_model.gaps.values()),
            clock=Clock(deadline=self.clock.deadline, should_stop=self.asked),
            seconds=self._left(),
            report=lambda _best, _bound: None,
        )
        outcome = run.search(SLICES)
        self._go_on()
        self.proven = self.proven and outcome.is_proven
        rota = outcome.rota or {}
        return tuple(self._named(cell) for cell in sorted(rota) if rota[cell] is None)

    def needed(self) -> tuple[Needed, ...]:
        """The fewest newcomers, level by level, and the latest weeks in which they may begin."""
        team = [
            _Newcomer(level=level.id, start=0)
            for level in self.problem.levels
            for _ in range(self._enough(level.id))
        ]
        for level in self.problem.levels:
            team = self._fewest(team, level.id)
        for level in self.problem.levels:
            team = self._latest(team, level.id)
        return tuple(
            Needed(
                level=each.level,
                newcomers=team.count(each),
                start=self.problem.weeks[each.start].id,
            )
            for each in dict.fromkeys(sorted(team, key=lambda one: one.start))
        )

    def _fewest(self, team: list[_Newcomer], level: str) -> list[_Newcomer]:
        """As many of the level's newcomers left out as can be; all begin with the first week."""
        others, own = _parted(team, level)
        spare = _last_true(
            0, len(own), lambda number: self._can_cover(self._with([*others, *own[number:]]))
        )
        return [*others, *own[spare:]]

    def _latest(self, team: list[_Newcomer], level: str) -> list[_Newcomer]:
        """The first of the level to join as late as can be, then the one after, and so on."""
        others, own = _parted(team, level)
        fixed: list[_Newcomer] = []
        start = 0
        for left in range(len(own), 0, -1):
            rest = [*others, *fixed]

            def is_early_enough(week: int, rest: list[_Newcomer] = rest, left: int = left) -> bool:
                late = [_Newcomer(level=level, start=week)] * left
                return self._can_cover(self._with([*rest, *late]))

            start = _last_true(start, len(self.problem.weeks) - 1, is_early_enough)
            fixed.append(_Newcomer(level=level, start=start))
        return [*others, *fixed]

    def _can_cover(self, problem: Problem) -> bool:
        """Whether some rota has no gap; what is not found in time counts as no, unproven."""
        self._go_on()
        found = solve(problem, time_limit=self._left(), should_stop=self.asked)
        self._go_on()
        if found.status == "infeasible":
            raise ContradictionError(found.explanations)  # type: ignore[arg-type]
        if not any(found.objectives[name] for name in problem.objectives):
            return True
        is_limit_kept = not found.objectives["overload"] or problem.objectives == ("gaps",)
        if not is_limit_kept or not found.bounds.get("gaps"):
            self.proven = False
        return False

    def _with(self, team: Iterable[_Newcomer]) -> Problem:
        name = "+"
        while any(person.id.startswith(name) for person in self.problem.people):
            name += "+"
        people = tuple(
            Person(
                id=f"{name}{number}",
                roles=(Role(level=each.level, max_shifts=self._limit(each)),),
                active=(Span(first=self.problem.weeks[each.start].id),),
            )
            for number, each in enumerate(team)
        )
        return dataclasses.replace(self.problem, people=(*self.problem.people, *people))

    def _limit(self, newcomer: _Newcomer) -> int | None:
        if "overload" not in self.problem.objectives:
            return None
        return _limit(newcomer.level, len(self.problem.weeks) - newcomer.start, self.limits)

    def _enough(self, level: str) -> int:
        """So many newcomers cover a level alone, one after the other."""
        weeks = len(self.problem.weeks)
        limit = self._limit(_Newcomer(level=level, start=0))
        rest = self.problem.rules.min_rest_weeks + 1
        return rest if limit is None else max(rest, -(-weeks // limit))

    def _weeks_with_somebody(self) -> int:
        """The run of weeks from the first on in which each level has anybody who may work."""
        grid = grid_of(self.problem)
        free: set[Cell] = {
            (position, level)
            for posts in grid.free.values()
            for level, positions in posts.items()
            for position in positions
        }
        return next((cell[0] for cell in grid.cells() if cell not in free), grid.length)

    def _named(self, cell: Cell) -> tuple[str, str]:
        return self.problem.weeks[cell[0]].id, self.problem.levels[cell[1]].id

    def _left(self) -> float:
        return max(0.0, self.clock.deadline - time.monotonic())

    def _go_on(self) -> None:
        if self.asked():
            raise _StoppedError


def _last_true(lowest: int, highest: int, holds: Callable[[int], bool]) -> int:
    """The highest number for which it holds; it holds for the lowest, and never again once not."""
    if lowest == highest or holds(highest):
        return highest
    while highest - lowest > 1:
        middle = (lowest + highest) // 2
        if holds(middle):
            lowest = middle
        else:
            highest = middle
    return lowest


def _parted(team: Sequence[_Newcomer], level: str) -> tuple[list[_Newcomer], list[_Newcomer]]:
    """The others, and those of the level."""
    others = [each for each in team if each.level != level]
    return others, [each for each in team if each.level == level]


def _asked(problem: Problem) -> Problem:
    """The problem with nothing that counts but gaps, and limits of shifts that bind.

    A person who is fixed for more weeks than their limit may take these and no other.
    """
    order = problem.objectives
    binds = (
        "overload" in order and "gaps" in order and order.index("overload") < order.index("gaps")
    )
    return dataclasses.replace(
        problem,
        objectives=("overload", "gaps") if binds else ("gaps",),
        rules=dataclasses.replace(problem.rules, spacing_target=0),
        published=None,
        people=tuple(
            dataclasses.replace(
                person,
                team=None,
                wants=(),
                avoids=(),
                roles=tuple(
                    dataclasses.replace(role, max_shifts=limit if binds else None)
                    for role, limit in _limits_of(problem, person)
                ),
            )
            for person in problem.people
        ),
    )


def _limits_of(problem: Problem, person: Person) -> Iterable[tuple[Role, int | None]]:
    for role in person.roles:
        fixed = {
            pin.week for pin in problem.pins if (pin.level, pin.person) == (role.level, person.id)
        }
        yield role, None if role.max_shifts is None else max(role.max_shifts, len(fixed))


def _limit(level: str, weeks: int, limits: Limits) -> int | None:
    """The limit for so many weeks: once for each term that they make up, begun ones included."""
    shifts = limits.shifts.get(level)
    return None if shifts is None else max(1, shifts * -(-weeks // limits.term_weeks))


def _until(problem: Problem, count: int) -> Problem:
    """The problem of the first `count` weeks alone."""
    kept = {week.id for week in problem.weeks[:count]}

    def inside(cells: tuple[Pin, ...]) -> tuple[Pin, ...]:
        return tuple(cell for cell in cells if cell.week in kept)

    return dataclasses.replace(
        problem,
        weeks=problem.weeks[:count],
        pins=inside(problem.pins),
        forbidden=inside(problem.forbidden),
        people=tuple(
            dataclasses.replace(
                person,
                active=tuple(
                    Span(first=span.first, last=span.last if span.last in kept else None)
                    for span in person.active
                    if span.first is None or span.first in kept
                ),
                unavailable=tuple(week for week in person.unavailable if week in kept),
            )
            for person in problem.people
        ),
    )
