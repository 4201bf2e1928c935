"""The CP-SAT model of a problem: who may take which cell, and the hard rules."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from rotation.solver.grid import Cell, Grid, Rota


class RotaModel:
    """One Boolean for each person and cell they may ever take, one for each gap.

    A rota is a choice with exactly one of them true in each cell; rest and double booking are
    forbidden by "at most one" over every stretch of rest + 1 weeks.
    """

    def __init__(self, grid: Grid) -> None:
        """Build the choices and the hard rules; the pins must not contradict each other."""
        self.grid = grid
        self.model = cp_model.CpModel()
        self.takes: dict[tuple[int, Cell], cp_model.IntVar] = {}
        self.gaps: dict[Cell, cp_model.IntVar] = {}
        self.by_cell: dict[Cell, list[tuple[int, cp_model.IntVar]]] = collections.defaultdict(list)
        self._make_choices()
        self.by_position = {member.index: self._positions(member.index) for member in grid.members}
        self._keep_rest()
        self._keep_pins()

    def _make_choices(self) -> None:
        for cell in self.grid.cells():
            for member in self.grid.members:
                if self.grid.own_reason(member, cell) is None:
                    take = self.model.new_bool_var(f"p{member.index}_{cell[0]}_{cell[1]}")
                    self.takes[member.index, cell] = take
                    self.by_cell[cell].append((member.index, take))
            gap = self.model.new_bool_var(f"gap_{cell[0]}_{cell[1]}")
            self.gaps[cell] = gap
            self.model.add_exactly_one([take for _, take in self.by_cell[cell]] + [gap])

    def _positions(self, member: int) -> dict[int, list[cp_model.IntVar]]:
        found: dict[int, list[cp_model.IntVar]] = collections.defaultdict(list)
        for (index, cell), take in self.takes.items():
            if index == member:
                found[cell[0]].append(take)
        return found

    def _keep_rest(self) -> None:
        length, rest = self.grid.length, self.grid.rest
        for positions in self.by_position.values():
            for first in range(max(1, length - rest)):
                stretch = range(first, min(length, first + rest + 1))
                together = [take for i in stretch for take in positions.get(i, [])]
                if len(together) > 1:
                    self.model.add_at_most_one(together)

    def _keep_pins(self) -> None:
        for pin in self.grid.problem.pins:
            member = self.grid.member_indices[pin.person]
            cell = (self.grid.positions[pin.week], self.grid.level_indices[pin.level])
            self.model.add(self.takes[member, cell] == 1)

    def held(self, member: int, level: int) -> list[tuple[int, cp_model.IntVar]]:
        """The (position, choice) pairs of a person at a level, in order of position."""
        return [
            (cell[0], take)
            for (index, cell), take in self.takes.items()
            if index == member and cell[1] == level
        ]

    def hint(self, rota: Rota) -> None:
        """Start the next search from this rota."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (member, cell), take in self.takes.items():
            self.model.add_hint(take, rota[cell] == member)

    def rota(self, value: cp_model.CpSolverSolutionCallback | cp_model.CpSolver) -> Rota:
        """The rota that a solver holds."""
        rota: dict[Cell, int | None] = dict.fromkeys(self.grid.cells())
        for (member, cell), take in self.takes.items():
            if value.boolean_value(take):
                rota[cell] = member
        return rota
