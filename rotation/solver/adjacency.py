"""The objective `adjacency`: two people of one team in neighbouring cells."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.objectives import neighbours

if TYPE_CHECKING:
    from rotation.solver.grid import Cell
    from rotation.solver.model import RotaModel

Teams = dict[str, list[tuple[int, cp_model.IntVar]]]


def adjacency(rota_model: RotaModel) -> cp_model.LinearExprT:
    """One variable for each pair of neighbouring cells that two people of a team could hold.

    What counts is which team holds a cell, so each cell has a variable per team and a pair of
    cells a clause per team: both, so they meet.
    """
    return _Adjacency(rota_model).meetings()


class _Adjacency:
    def __init__(self, rota_model: RotaModel) -> None:
        self.rota_model = rota_model
        self.model = rota_model.model
        self.teams = {cell: self._teams(cell) for cell in rota_model.by_cell}
        self.holds: dict[tuple[Cell, str], cp_model.IntVar] = {}

    def _teams(self, cell: Cell) -> Teams:
        teams: Teams = collections.defaultdict(list)
        for index, take in self.rota_model.by_cell[cell]:
            team = self.rota_model.grid.members[index].team
            if team is not None:
                teams[team].append((index, take))
        return teams

    def meetings(self) -> cp_model.LinearExprT:
        """How many pairs of neighbouring cells two people of a team hold."""
        meets = []
        for one, other in neighbours(self.rota_model.grid):
            shared = [team for team in self.teams[one] if self._can_meet(one, other, team)]
            if shared:
                meet = self.model.new_bool_var("")
                meets.append(meet)
                for team in shared:
                    self._forbid_mates(one, other, team, meet)
        return cp_model.LinearExpr.sum(meets)

    def _can_meet(self, one: Cell, other: Cell, team: str) -> bool:
        first, second = self.teams[one][team], self.teams[other].get(team, [])
        return bool(second) and len({index for index, _ in first + second}) > 1

    def _forbid_mates(self, one: Cell, other: Cell, team: str, meet: cp_model.IntVar) -> None:
        """Unless `meet`: no two different people of the team in the two cells."""
        if self.rota_model.rest > 0 or one[0] == other[0]:
            # Nobody can hold both cells, so any of the team in each is already a pair.
            self.model.add_bool_or([~self._held(one, team), ~self._held(other, team), meet])
            return
        for index, take in self.teams[one][team]:
            for mate, other_take in self.teams[other][team]:
                if mate != index:
                    self.model.add_bool_or([~take, ~other_take, meet])

    def _held(self, cell: Cell, team: str) -> cp_model.IntVar:
        """Whether the team holds the cell."""
        if (cell, team) not in self.holds:
            takes = [take for _, take in self.teams[cell][team]]
            if len(takes) == 1:
                self.holds[cell, team] = takes[0]
            else:
                self.holds[cell, team] = self.model.new_bool_var("")
                self.model.add_exactly_one([*takes, ~self.holds[cell, team]])
        return self.holds[cell, team]
