"""Which loads a person can carry in a rota that is at least as fair as a given value.

`unfairness` and `holidays` sum (base + carried)² over all posts, a post being a person at a
level. What the posts of one level carry together is known up to its gaps, so a post that
carries much or little leaves the others a total whose cheapest division is known too. Where
that already costs more than the value to hold, the load is ruled out: at the optimum most posts
keep one or two loads of a dozen.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rotation.solver.grid import Grid, Post


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A quantity whose squared distance from a fair share is summed: load or holidays."""

    weight: Callable[[int], int]
    prior: Callable[[Post], int]
    fair: Callable[[Post], int]


def load_measure(grid: Grid) -> Measure:
    """The load in hundredths, for `unfairness`."""
    return Measure(
        weight=lambda position: grid.loads[position],
        prior=lambda post: post.prior_load,
        fair=lambda post: post.fair_load,
    )


def holiday_measure(grid: Grid) -> Measure:
    """The holiday weeks in hundredths, for `holidays`."""
    return Measure(
        weight=lambda position: 100 * grid.is_holiday[position],
        prior=lambda post: 100 * post.prior_holidays,
        fair=lambda post: post.fair_holidays,
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a person may carry at a level: `loads` in rising order, on top of `base`.

    `base` is what they worked before less their fair share, so that a load costs
    (base + load)².
    """

    member: int
    level: int
    base: int
    loads: tuple[int, ...]

    def cost(self, load: int) -> int:
        """The squared distance from the fair share at this load."""
        return (self.base + load) ** 2


def all_shares(grid: Grid, measure: Measure) -> list[Share]:
    """Every load that a post can reach under the rest, however unfair."""
    shares = []
    for member in grid.members:
        for post in member.posts:
            weights = {i: measure.weight(i) for i in grid.free[member.index][post.level]}
            shares.append(
                Share(
                    member=member.index,
                    level=post.level,
                    base=measure.prior(post) - measure.fair(post),
                    loads=tuple(_reachable(weights, grid.length, grid.rest)),
                )
            )
    return shares


def _reachable(weights: dict[int, int], length: int, rest: int) -> list[int]:
    """All sums of the weights of positions that are more than `rest` apart, in order, with 0.

    Bit n of `sums[i]` says that n steps of the weights' common size can be had from position i on.
    """
    step = _common_step(weights.values())
    if not step:
        return [0]
    sums = [1] * (length + rest + 2)
    for position in reversed(range(length)):
        sums[position] = sums[position + 1]
        if position in weights:
            sums[position] |= sums[position + rest + 1] << (weights[position] // step)
    found, number = [], sums[0]
    while number:
        lowest = number & -number
        found.append((lowest.bit_length() - 1) * step)
        number ^= lowest
    return found


def _common_step(weights: Iterable[int]) -> int:
    return math.gcd(*weights)


def fair_enough(
    shares: Sequence[Share], totals: Sequence[tuple[int, int]], value: int
) -> list[Share]:
    """The shares without the loads that no rota of at most this value can have.

    `totals` has, per level, the least and the most that its posts carry together. Each pass
    may let the next rule out more.
    """
    while True:
        kept = _fair_enough(shares, totals, value)
        if kept == list(shares):
            return kept
        shares = kept


def _fair_enough(
    shares: Sequence[Share], totals: Sequence[tuple[int, int]], value: int
) -> list[Share]:
    levels = [
        _Level([share for share in shares if share.level == level], *total)
        for level, total in enumerate(totals)
    ]
    least = [level.least() for level in levels]
    kept = []
    for share in shares:
        level = levels[share.level]
        others = value - sum(least) + least[share.level]
        loads = tuple(
            load for load in share.loads if level.within(share, load, others - share.cost(load))
        )
        kept.append(dataclasses.replace(share, loads=loads))
    return kept


def least_value(shares: Sequence[Share], totals: Sequence[tuple[int, int]]) -> int:
    """A lower bound of the summed squares, were loads divisible and nobody needed rest."""
    return sum(
        _Level([share for share in shares if share.level == level], *total).least()
        for level, total in enumerate(totals)
    )


class _Level:
    """The posts of one level as pieces of convex cost, cheapest slope first."""

    def __init__(self, shares: list[Share], low: int, high: int) -> None:
        self.low, self.high = low, high
        self.base_cost = sum(share.cost(share.loads[0]) for share in shares)
        self.base_load = sum(share.loads[0] for share in shares)
        pieces = [
            (2 * share.base + before + after, after - before, share.member)
            for share in shares
            for before, after in itertools.pairwise(share.loads)
        ]
        self.pieces = sorted(pieces)

    def least(self) -> int:
        """The least cost of all posts together."""
        cost = self._fill(self.low - self.base_load, self.high - self.base_load, without=None)
        return self.base_cost + (cost or 0)

    def within(self, share: Share, load: int, left: int) -> bool:
        """Whether the others can carry the rest of the level for at most `left`."""
        carried = self.base_load - share.loads[0] + load
        cost = self._fill(self.low - carried, self.high - carried, without=share.member)
        return cost is not None and self.base_cost - share.cost(share.loads[0]) + cost <= left

    def _fill(self, low: int, high: int, *, without: int | None) -> int | None:
        """The least cost of carrying `low` to `high` more than the base; None if nobody can."""
        cost = filled = 0
        for slope, length, member in self.pieces:
            if member == without:
                continue
            taken = min(length, (high if slope < 0 else low) - filled)
            if taken <= 0:
                break
            cost += slope * taken
            filled += taken
        return cost if low <= filled <= high else None
