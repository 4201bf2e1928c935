"""Several objectives in one search: the first weighs more than all that follow can differ."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.objectives import neighbours
from rotation.solver.terms import expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rotation.solver.grid import Grid
    from rotation.solver.model import RotaModel

# These leave the model as it is once they are held, so that one search may go on from one to the
# next with all it has learnt. `spread` held may mean more rest and thus a smaller model: it is
# only joined by what follows it.
FOLLOWERS = frozenset({"changes", "preferences", "adjacency"})
LEADERS = FOLLOWERS | {"spread"}


def joined(names: Sequence[str]) -> tuple[str, ...]:
    """The first of these objectives and those after it that one search may serve with it."""
    if names[0] not in LEADERS:
        return tuple(names[:1])
    return (names[0], *itertools.takewhile(FOLLOWERS.__contains__, names[1:]))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Objectives in their order with the weight of each; `lows` and `highs` hold for all rotas."""

    names: tuple[str, ...]
    weights: tuple[int, ...]
    lows: tuple[int, ...]
    highs: tuple[int, ...]

    def expression(self, rota_model: RotaModel) -> cp_model.LinearExprT:
        """Their weighted sum; adds the variables and constraints that they need."""
        parts = [
            weight * expression(rota_model, name)
            for name, weight in zip(self.names, self.weights, strict=True)
        ]
        return cp_model.LinearExpr.sum(parts)

    def total(self, values: Mapping[str, int]) -> int:
        """The weighted sum of a rota's values."""
        return sum(
            weight * values[name] for name, weight in zip(self.names, self.weights, strict=True)
        )

    def least_with(self, first: int) -> int:
        """The least weighted sum of a rota with this value of the first objective."""
        return self.weights[0] * first + self._after(0)[0]

    def proven(self, best: int, bound: int) -> list[tuple[str, int, int]]:
        """Name, best value and bound: for every objective that is settled and the next one."""
        found = []
        for number, name in enumerate(self.names):
            weight = self.weights[number]
            least, most = self._after(number)
            value = (best - least) // weight
            at_least = min(value, -((most - bound) // weight))
            found.append((name, value, at_least))
            if at_least < value:
                break
            best, bound = best - weight * value, bound - weight * value
        return found

    def _after(self, number: int) -> tuple[int, int]:
        """The least and the most that the objectives after this one add."""
        after = range(number + 1, len(self.names))
        return (
            sum(self.weights[i] * self.lows[i] for i in after),
            sum(self.weights[i] * self.highs[i] for i in after),
        )


def joint(grid: Grid, names: tuple[str, ...]) -> Joint:
    """The objectives with weights that keep their order."""
    ranges = [(0, 0), *(_RANGES[name](grid) for name in names[1:])]
    weights = [1]
    for low, high in reversed(ranges[1:]):
        weights.insert(0, weights[0] * (high - low + 1))
    return Joint(
        names=names,
        weights=tuple(weights),
        lows=tuple(low for low, _ in ranges),
        highs=tuple(high for _, high in ranges),
    )


def _changes(grid: Grid) -> tuple[int, int]:
    return 0, len(grid.problem.published or ())


def _preferences(grid: Grid) -> tuple[int, int]:
    low = high = 0
    costs: dict[tuple[int, int], set[int]] = {}
    for member in grid.members:
        for level, positions in grid.free[member.index].items():
            for position in positions:
                cost = (position in member.avoids) - (position in member.wants)
                costs.setdefault((position, level), {0}).add(cost)
    for each in costs.values():
        low, high = low + min(each), high + max(each)
    return low, high


def _adjacency(grid: Grid) -> tuple[int, int]:
    return 0, len(neighbours(grid))


_RANGES = {"changes": _changes, "preferences": _preferences, "adjacency": _adjacency}
