"""What plain rules give: the schedules that a list which rotates would have made.

Both go through the cells by week, then by level, and give each to somebody who may take it beside
what was given before. Pins hold. They are there to show what solving buys, not to be published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.solver.grid import grid_of
from rotation.solver.solution import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rotation.solver.grid import Cell, Grid, Member
    from rotation.solver.instance import Problem

NEVER = -(10**9)


def round_robin(problem: Problem) -> tuple[Assignment, ...]:
    """Everybody of a level in the problem's order, again and again; who cannot is passed over.

    It goes on behind whoever took the last week: a list that rotates, as in PagerDuty or Opsgenie,
    with a careful hand that passes over those who are away or rest.
    """
    board = _Board(grid_of(problem))
    turn = dict.fromkeys(board.grid.levels, 0)

    def next_in_turn(cell: Cell, free: list[Member]) -> Member:
        holders = board.grid.holders(cell[1])
        places = {member.index: place for place, member in enumerate(holders)}
        start = turn[cell[1]]
        chosen = min(free, key=lambda member: (places[member.index] - start) % len(holders))
        turn[cell[1]] = (places[chosen.index] + 1) % len(holders)
        return chosen

    return board.filled(next_in_turn)


def least_recent(problem: Problem) -> tuple[Assignment, ...]:
    """Whoever was on call longest ago at any level, never being longest; then the problem's order.

    Source: the scheduler "default" of LinkedIn's oncall.
    """
    board = _Board(grid_of(problem))

    def longest_ago(_cell: Cell, free: list[Member]) -> Member:
        return min(free, key=lambda member: (board.last(member), member.index))

    return board.filled(longest_ago)


class _Board:
    """A rota in the making."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._works: dict[int, set[int]] = {member.index: set() for member in grid.members}
        self._pins = {
            (grid.positions[pin.week], grid.level_indices[pin.level]): pin.person
            for pin in grid.problem.pins
        }

    def filled(self, choose: Callable[[Cell, list[Member]], Member]) -> tuple[Assignment, ...]:
        """Every cell in turn, given to whom `choose` takes of those who may; else a gap."""
        return tuple(self._fill(cell, choose) for cell in self.grid.cells())

    def last(self, member: Member) -> int:
        """The position of the person's latest shift so far, before the horizon if need be."""
        before = NEVER if member.last is None else member.last
        return max(self._works[member.index], default=before)

    def _fill(self, cell: Cell, choose: Callable[[Cell, list[Member]], Member]) -> Assignment:
        name = self._pins.get(cell)
        if name is not None:
            chosen: Member | None = self.grid.members[self.grid.member_indices[name]]
        else:
            free = list(self._free(cell))
            chosen = choose(cell, free) if free else None
        if chosen is not None:
            self._works[chosen.index].add(cell[0])
        return Assignment(
            week=self.grid.problem.weeks[cell[0]].id,
            level=self.grid.problem.levels[cell[1]].id,
            person=None if chosen is None else chosen.id,
        )

    def _free(self, cell: Cell) -> Iterable[Member]:
        for member in self.grid.holders(cell[1]):
            near = any(
                abs(cell[0] - other) <= self.grid.rest for other in self._works[member.index]
            )
            if not near and self.grid.own_reason(member, cell) is None:
                yield member
