"""Who else could take a cell of a given rota, and what that would cost each objective."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from rotation.solver.grid import grid_of
from rotation.solver.instance import Pin, PublishedCell
from rotation.solver.objectives import objective_values
from rotation.solver.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rotation.solver.grid import Cell, Grid
    from rotation.solver.instance import Problem
    from rotation.solver.solution import Assignment, PinConflict, Solution

KEPT_OUT = {"pin_rest": "rest", "pin_double_booking": "other_level"}


class ContradictionError(Exception):
    """The problem's own pins contradict each other or the rules, whoever takes the cell."""

    def __init__(self, conflicts: tuple[PinConflict, ...]) -> None:
        """Keep what contradicts what."""
        super().__init__("pins contradict the rules")
        self.conflicts = conflicts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One person and the cell.

    `why` is the code of what keeps them from it in every rota (one of `GAP_CODES`: `rest` and
    `other_level` then come from before the horizon or from other pins); None when they can take
    it. `costs` is the change of each objective against the given rota, empty when they cannot;
    `moves` counts the other cells that change. Without `proven` there may be a cheaper rota.
    """

    person: str
    holds: bool
    why: str | None
    costs: Mapping[str, int]
    moves: int
    proven: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """Everybody with a role at the cell's level, in the problem's order.

    A holder without a role there comes first. `base` are the given rota's values of the objectives
    in `order`; somebody whom the problem does not know leaves a gap in it.
    """

    order: tuple[str, ...]
    base: Mapping[str, int]
    people: tuple[Alternative, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A cell of a given rota of a problem; cells that are not given are gaps."""

    problem: Problem
    given: tuple[Assignment, ...]
    week: str
    level: str


def alternatives(
    question: Question, *, time_limit: float, should_stop: Callable[[], bool]
) -> Alternatives | None:
    """For everybody the best rota with them in the cell, against the given one.

    Best is by the problem's order, changes of the given rota counting where it counts changes,
    else last. The pins of other cells hold, those of the cell itself give way. `time_limit`
    (seconds) is shared by all. None when `should_stop` said so.

    Raises:
        ContradictionError: the pins of other cells allow no rota at all.
    """
    search = _Search(question, ends=time.monotonic() + time_limit, should_stop=should_stop)
    try:
        people = tuple(search.people())
    except _StoppedError:
        return None
    return Alternatives(order=search.problem.objectives, base=search.base, people=people)


class _StoppedError(Exception):
    """The caller wants no answer any more."""


class _Search:
    def __init__(self, question: Question, *, ends: float, should_stop: Callable[[], bool]) -> None:
        self.question = question
        self.problem = _problem(question)
        self.grid: Grid = grid_of(self.problem)
        self.given = {(each.week, each.level): each.person for each in question.given}
        self.base = self._values(self._known(question.given))
        self.ends = ends
        self.asked = should_stop
        self.is_stopped = False

    def people(self) -> Iterator[Alternative]:
        """One after the other."""
        holder = self.given.get((self.question.week, self.question.level))
        members = self.grid.holders(self._cell()[1])
        if holder is not None and holder not in {member.id for member in members}:
            yield self._keeps(holder, "no_role")
        for number, member in enumerate(members):
            why = self.grid.own_reason(member, self._cell())
            if member.id == holder:
                yield self._keeps(member.id, why)
            elif why is not None:
                yield _cannot(member.id, why)
            else:
                yield self._solved(member.id, left=len(members) - number)

    def _solved(self, person: str, *, left: int) -> Alternative:
        self._go_on()
        solution = solve(
            self._pinned(person),
            time_limit=max(0.0, self.ends - time.monotonic()) / left,
            should_stop=self._should_stop,
        )
        self._go_on()
        if solution.status == "infeasible":
            return _cannot(person, self._kept_out(person, solution))
        values = self._values(solution.assignments)
        return Alternative(
            person=person,
            holds=False,
            why=None,
            costs={name: values[name] - self.base[name] for name in self.base},
            moves=self._moves(solution),
            proven=solution.status == "optimal",
        )

    def _keeps(self, person: str, why: str | None) -> Alternative:
        costs = dict.fromkeys(self.base, 0)
        return Alternative(person=person, holds=True, why=why, costs=costs, moves=0, proven=True)

    def _pinned(self, person: str) -> Problem:
        cell = (self.question.week, self.question.level)
        others = tuple(pin for pin in self.problem.pins if (pin.week, pin.level) != cell)
        own = Pin(week=cell[0], level=cell[1], person=person)
        return dataclasses.replace(self.problem, pins=(*others, own))

    def _kept_out(self, person: str, solution: Solution) -> str:
        """The pin of another cell that keeps the person out; other conflicts are not theirs."""
        conflicts: tuple[PinConflict, ...] = solution.explanations  # type: ignore[assignment]
        own = (self.question.week, self.question.level, person)
        codes = [each.code for each in conflicts if (each.week, each.level, each.person) == own]
        found = [KEPT_OUT[code] for code in codes if code in KEPT_OUT]
        if not found:
            raise ContradictionError(conflicts)
        return found[0]

    def _moves(self, solution: Solution) -> int:
        asked = (self.question.week, self.question.level)
        return sum(
            1
            for each in solution.assignments
            if (each.week, each.level) != asked
            and self.given.get((each.week, each.level)) != each.person
        )

    def _values(self, assignments: Iterable[Assignment]) -> dict[str, int]:
        values = objective_values(self.problem, assignments)
        return {name: values[name] for name in self.problem.objectives}

    def _known(self, given: Iterable[Assignment]) -> list[Assignment]:
        return [
            dataclasses.replace(each, person=None)
            if each.person not in self.grid.member_indices
            else each
            for each in given
        ]

    def _cell(self) -> Cell:
        return (
            self.grid.positions[self.question.week],
            self.grid.level_indices[self.question.level],
        )

    def _go_on(self) -> None:
        if self._should_stop():
            raise _StoppedError

    def _should_stop(self) -> bool:
        self.is_stopped = self.is_stopped or self.asked()
        return self.is_stopped


def _problem(question: Question) -> Problem:
    """The problem as if the given rota were published."""
    order = question.problem.objectives
    return dataclasses.replace(
        question.problem,
        published=tuple(
            PublishedCell(week=each.week, level=each.level, person=each.person)
            for each in question.given
        ),
        objectives=order if "changes" in order else (*order, "changes"),
    )


def _cannot(person: str, why: str) -> Alternative:
    return Alternative(person=person, holds=False, why=why, costs={}, moves=0, proven=True)
