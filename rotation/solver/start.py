"""A first rota to improve on: pins, the published weeks, then whoever has most left to carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotation.solver.grid import Cell, Grid, Rota


def first_rota(grid: Grid) -> Rota:
    """A rota that obeys every hard rule; the pins must not contradict each other."""
    start = _Start(grid)
    for pin in grid.problem.pins:
        cell = (grid.positions[pin.week], grid.level_indices[pin.level])
        start.give(cell, grid.member_indices[pin.person])
    for each in grid.problem.published or ():
        member = grid.member_indices.get(each.person or "")
        cell = (grid.positions[each.week], grid.level_indices[each.level])
        if member is not None and start.rota[cell] is None and start.is_free(cell, member):
            start.give(cell, member)
    start.fill()
    return start.rota


class _Start:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.rota: dict[Cell, int | None] = dict.fromkeys(grid.cells())
        self.works: list[set[int]] = [set() for _ in grid.members]
        self.below = {
            (member.index, post.level): post.fair_load - post.prior_load
            for member in grid.members
            for post in member.posts
        }
        self.can = {
            (index, level): set(positions)
            for index, levels in grid.free.items()
            for level, positions in levels.items()
        }

    def is_free(self, cell: Cell, member: int) -> bool:
        """Whether the person may take the cell beside what they have."""
        position, level = cell
        return position in self.can.get((member, level), ()) and not any(
            abs(position - other) <= self.grid.rest for other in self.works[member]
        )

    def give(self, cell: Cell, member: int) -> None:
        """Put the person there."""
        self.rota[cell] = member
        self.works[member].add(cell[0])
        self.below[member, cell[1]] -= self.grid.loads[cell[0]]

    def fill(self) -> None:
        """Give each open cell to the free person with the most left to carry at its level."""
        for cell, holder in list(self.rota.items()):
            if holder is None:
                free = [
                    (-self.below[member.index, cell[1]], member.index)
                    for member in self.grid.holders(cell[1])
                    if self.is_free(cell, member.index)
                ]
                if free:
                    self.give(cell, min(free)[1])
