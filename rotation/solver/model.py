"""The CP-SAT model of a problem: who may take which cell, and the hard rules."""

from __future__ import annotations

import collections
import dataclasses
import math
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.solver.grid import Cell, Grid, Rota
    from rotation.solver.shares import Share


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What earlier objectives leave: each value is kept, and what follows from it is known.

    `shares` has, for `unfairness` and `holidays`, the loads that are still possible.
    """

    values: Mapping[str, int] = dataclasses.field(default_factory=dict)
    shares: Mapping[str, tuple[Share, ...]] = dataclasses.field(default_factory=dict)

    def is_zero(self, name: str) -> bool:
        """Whether the objective is kept at nothing."""
        return self.values.get(name) == 0

    def rest(self, grid: Grid) -> int:
        """The full weeks between two shifts of a person.

        Two shifts at distance d below the target S cost (S - d)² of `spread`, so a value v kept
        means that no two are nearer than S - √v.
        """
        spread = self.values.get("spread")
        if spread is None:
            return grid.rest
        nearest = grid.problem.rules.spacing_target - math.isqrt(spread)
        return max(grid.rest, nearest - 1)


class RotaModel:
    """One Boolean for each person and cell they may ever take, one for each gap.

    A rota is a choice with exactly one of them true in each cell; rest and double booking are
    forbidden by "at most one" over every stretch of rest + 1 weeks.
    """

    def __init__(self, grid: Grid, held: Held, *, rest: int = 0) -> None:
        """Build the choices and the hard rules; the pins must not contradict each other.

        `rest` asks for more rest than the rules and what is held.
        """
        self.grid = grid
        self.held = held
        self.rest = max(rest, held.rest(grid))
        self.model = cp_model.CpModel()
        self.takes: dict[tuple[int, Cell], cp_model.IntVar] = {}
        self.gaps: dict[Cell, cp_model.IntVar] = {}
        self.by_cell: dict[Cell, list[tuple[int, cp_model.IntVar]]] = {}
        self.by_post: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]] = {}
        self.by_position: dict[int, dict[int, list[cp_model.IntVar]]] = {}
        self._works: dict[int, dict[int, cp_model.IntVar]] = {}
        self._make_choices()
        self._fill_cells()
        self._keep_rest()
        self._keep_pins()

    def _make_choices(self) -> None:
        self.by_cell = {cell: [] for cell in self.grid.cells()}
        for member in self.grid.members:
            earliest = -1 if member.last is None else member.last + self.rest
            positions = collections.defaultdict(list)
            for level, own in self.grid.free[member.index].items():
                held = []
                for position in own:
                    if position > earliest:
                        take = self.model.new_bool_var("")
                        self.takes[member.index, (position, level)] = take
                        self.by_cell[position, level].append((member.index, take))
                        positions[position].append(take)
                        held.append((position, take))
                self.by_post[member.index, level] = held
            self.by_position[member.index] = positions

    def _fill_cells(self) -> None:
        for cell, choices in self.by_cell.items():
            takes = [take for _, take in choices]
            if not self.held.is_zero("gaps"):
                self.gaps[cell] = self.model.new_bool_var("")
                takes.append(self.gaps[cell])
            self.model.add_exactly_one(takes)

    def _keep_rest(self) -> None:
        for positions in self.by_position.values():
            for first in range(max(1, self.grid.length - self.rest)):
                stretch = range(first, min(self.grid.length, first + self.rest + 1))
                together = [take for i in stretch for take in positions.get(i, ())]
                if len(together) > 1:
                    self.model.add_at_most_one(together)

    def _keep_pins(self) -> None:
        for pin in self.grid.problem.pins:
            member = self.grid.member_indices[pin.person]
            cell = (self.grid.positions[pin.week], self.grid.level_indices[pin.level])
            # A pin may stand against the rest asked for beyond the rules: then nothing is left.
            self.model.add_bool_or(
                [self.takes[member, cell]] if (member, cell) in self.takes else []
            )

    def works(self, member: int) -> dict[int, cp_model.IntVar]:
        """For each position that the person may work, whether they do, at whatever level."""
        if member not in self._works:
            found = {}
            for position, takes in self.by_position[member].items():
                if len(takes) == 1:
                    found[position] = takes[0]
                else:
                    found[position] = self.model.new_bool_var("")
                    self.model.add_exactly_one([*takes, ~found[position]])
            self._works[member] = dict(sorted(found.items()))
        return self._works[member]

    def hint(self, rota: Rota) -> None:
        """Start the next search from this rota."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (member, cell), take in self.takes.items():
            self.model.add_hint(take, rota[cell] == member)

    def rota(self, solver: cp_model.CpSolver) -> Rota:
        """The rota that a solver holds."""
        rota: dict[Cell, int | None] = dict.fromkeys(self.grid.cells())
        for (member, cell), take in self.takes.items():
            if solver.boolean_value(take):
                rota[cell] = member
        return rota
