"""The objective `spread`: a person's shifts as a path, short steps cost."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from rotation.solver.model import RotaModel

Arcs = dict[int, list[cp_model.IntVar]]


def spread(rota_model: RotaModel) -> cp_model.LinearExprT:
    """Sum of (target - distance)² over neighbouring shifts that are closer than the target.

    Each person's shifts are the nodes of a flow through time. A step to a shift within the target
    is an arc of its own that pays; a longer one leads into a pool of waiting and out again, and
    costs nothing. The flow's relaxation is nearly integral, which a plain "both taken" is not.
    """
    grid = rota_model.grid
    if grid.problem.rules.spacing_target <= rota_model.rest + 1:
        return cp_model.LinearExpr.sum([])
    arcs: list[cp_model.IntVar] = []
    costs: list[int] = []
    for member in grid.members:
        works = rota_model.works(member.index)
        if works:
            path = _Path(rota_model, works)
            path.build(member.last)
            arcs += path.arcs
            costs += path.costs
    return cp_model.LinearExpr.weighted_sum(arcs, costs)


class _Path:
    """The flow of one person through the positions that they may work."""

    def __init__(self, rota_model: RotaModel, works: dict[int, cp_model.IntVar]) -> None:
        self.model = rota_model.model
        self.length = rota_model.grid.length
        self.rest = rota_model.rest
        self.target = rota_model.grid.problem.rules.spacing_target
        self.works = works
        self.arcs: list[cp_model.IntVar] = []
        self.costs: list[int] = []
        self._leaves: Arcs = collections.defaultdict(list)
        self._enters: Arcs = collections.defaultdict(list)
        self._into_pool: Arcs = collections.defaultdict(list)
        self._from_pool: Arcs = collections.defaultdict(list)

    def build(self, last: int | None) -> None:
        """Add the flow; it comes from the last shift before the horizon if there was one."""
        nodes = sorted(self.works)
        for start in nodes if last is None else [last, *nodes]:
            self._leave(start)
        for node in nodes:
            enter = self.model.new_bool_var("")
            self._enters[node].append(enter)
            self._from_pool[node].append(enter)
            self.model.add_exactly_one([*self._enters[node], ~self.works[node]])
            self.model.add_exactly_one([*self._leaves[node], ~self.works[node]])
        if last is None:
            self._into_pool[0].append(self.model.new_constant(1))
        else:
            self.model.add_exactly_one(self._leaves[last])
        self._keep_pool()

    def _leave(self, start: int) -> None:
        for end in range(start + self.rest + 1, start + self.target):
            if end in self.works:
                arc = self.model.new_bool_var("")
                self._leaves[start].append(arc)
                self._enters[end].append(arc)
                self.arcs.append(arc)
                self.costs.append((self.target - end + start) ** 2)
        leave = self.model.new_bool_var("")
        self._leaves[start].append(leave)
        self._into_pool[min(self.length, max(0, start + self.target))].append(leave)

    def _keep_pool(self) -> None:
        """What waits at a position has come in there or before, and goes on or out."""
        for position in range(self.length):
            goes_on = self.model.new_bool_var("")
            self._from_pool[position].append(goes_on)
            self._into_pool[position + 1].append(goes_on)
            came = cp_model.LinearExpr.sum(self._into_pool[position])
            self.model.add(came == cp_model.LinearExpr.sum(self._from_pool[position]))
            self.model.add_at_most_one(self._from_pool[position])
