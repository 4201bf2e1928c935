"""The objective `spread`: too many shifts within a window of weeks cost."""

from __future__ import annotations

import bisect
import collections
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.solver.model import RotaModel

# The first and the last of a person's positions in a window, by index, and whether their last
# shift before the horizon is in it too.
Span = tuple[int, int, bool]


def spread(rota_model: RotaModel) -> cp_model.LinearExprT:
    """Sum of (target - distance)² over neighbouring shifts that are closer than the target.

    A window of m weeks with n shifts holds n - 1 pairs of neighbours, and a pair at distance d is
    in m - d windows of that length. With weight 1 for windows as long as the target and 2 for
    each shorter length, what the windows hold above one shift adds up to those squares. Windows
    are intervals, so the relaxation for one person is integral.
    """
    model, target = rota_model.model, rota_model.grid.problem.rules.spacing_target
    if target <= rota_model.rest + 1:
        return cp_model.LinearExpr.sum([])
    above: list[cp_model.IntVar] = []
    costs: list[int] = []
    for member in rota_model.grid.members:
        works = rota_model.works(member.index)
        windows = _Windows(positions=list(works), last=member.last, rota_model=rota_model)
        for (first, final, is_last_in), cost in windows.costs().items():
            most = windows.most(first, final, is_last_in=is_last_in)
            if most > 1:
                over = model.new_int_var(0, most - 1, "")
                held = [works[position] for position in windows.positions[first : final + 1]]
                model.add(cp_model.LinearExpr.sum(held) <= over + (0 if is_last_in else 1))
                above.append(over)
                costs.append(cost)
    return cp_model.LinearExpr.weighted_sum(above, costs)


class _Windows:
    """The windows of one person: those with the same positions in them are one."""

    def __init__(self, *, positions: list[int], last: int | None, rota_model: RotaModel) -> None:
        self.positions = positions
        self.last = last
        self.rest = rota_model.rest
        self.length = rota_model.grid.length
        self.target = rota_model.grid.problem.rules.spacing_target

    def costs(self) -> dict[Span, int]:
        """What each shift above one in a window costs."""
        costs: dict[Span, int] = collections.defaultdict(int)
        for size in range(self.rest + 2, self.target + 1):
            for span in self._spans(size):
                costs[span] += 1 if size == self.target else 2
        return costs

    def _spans(self, size: int) -> Iterator[Span]:
        for start in range(1 - size, self.length):
            first = bisect.bisect_left(self.positions, start)
            final = bisect.bisect_left(self.positions, start + size) - 1
            if first <= final:
                is_last_in = self.last is not None and start <= self.last
                yield first, final, is_last_in

    def most(self, first: int, final: int, *, is_last_in: bool) -> int:
        """How many shifts the rest lets the window hold."""
        count, free_from = (1, (self.last or 0) + self.rest + 1) if is_last_in else (0, 0)
        for position in self.positions[first : final + 1]:
            if position >= free_from:
                count, free_from = count + 1, position + self.rest + 1
        return count
