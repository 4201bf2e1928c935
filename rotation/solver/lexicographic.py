"""The lexicographic loop: least value of each objective in turn, the earlier ones held."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from typing import TYPE_CHECKING

from rotation.solver.engine import SLICES, SLICES_WITH_MUCH_REST, Run, Slice
from rotation.solver.joint import joined, joint
from rotation.solver.model import Held, RotaModel
from rotation.solver.objectives import rota_values
from rotation.solver.shares import all_shares, fair_enough, holiday_measure, load_measure
from rotation.solver.start import first_rota
from rotation.solver.terms import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rotation.solver.engine import Clock
    from rotation.solver.grid import Grid, Rota
    from rotation.solver.joint import Joint

MEASURES = {"unfairness": load_measure, "holidays": holiday_measure}
PROBE = (Slice(way="relaxation", budget=20.0),)
SHARE_OF_TIME = 0.6


@dataclasses.dataclass(kw_only=True)
class Search:
    """What the search has found so far; it begins with a rota made without any search."""

    grid: Grid
    clock: Clock
    on_progress: Callable[[str, int, int], None]
    rota: Rota = dataclasses.field(default_factory=dict)
    bounds: dict[str, int] = dataclasses.field(default_factory=dict)
    proven: bool = True
    stopped: bool = False
    held: Held = dataclasses.field(default_factory=Held)
    told: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)

    def run(self) -> None:
        """Minimise the objectives in turn, some together, and hold each at what was reached."""
        self.rota = first_rota(self.grid)
        left = self.grid.problem.objectives
        while left:
            if self.clock.is_over():
                self.proven, self.stopped = False, True
                return
            for name in self._minimise(left):
                self._hold(name)
                left = left[1:]

    def _minimise(self, left: Sequence[str]) -> tuple[str, ...]:
        """Settle the first of the objectives left, and with it as many as one search proves."""
        names = joined(left)
        ends = self._ends(is_last=len(names) == len(left))
        self.bounds.setdefault(names[0], self._floor(names[0]))
        rest = self._rest_for_spread(ends) if names[0] == "spread" else 0
        if not self._is_settled(names[0]):
            self._search(names, ends=ends, slices=self._slices(), rest=rest)
            if not self._is_settled(names[0]):
                self.proven = False
                self.stopped = self.stopped or self.clock.stopped or time.monotonic() >= ends
        names = tuple(itertools.takewhile(self._is_settled, names)) or names[:1]
        for name in names:
            self._tell(name, self._value(name), self.bounds[name])
        return names

    def _tell(self, name: str, best: int, bound: int) -> None:
        """Report what has not been reported."""
        if self.told.get(name) != (best, bound):
            self.told[name] = (best, bound)
            self.on_progress(name, best, bound)

    def _is_settled(self, name: str) -> bool:
        return name in self.bounds and self.bounds[name] >= self._value(name)

    def _ends(self, *, is_last: bool) -> float:
        """When this objective's time is up: an unproven one leaves some to those after it."""
        now = time.monotonic()
        left = max(0.0, self.clock.deadline - now)
        return now + (left if is_last else SHARE_OF_TIME * left)

    def _value(self, name: str) -> int:
        return rota_values(self.grid, self.rota)[name]

    def _floor(self, name: str) -> int:
        """A lower bound that needs no search: only preferences may be below nothing."""
        if name != "preferences":
            return 0
        return -sum(len(member.wants) for member in self.grid.members)

    def _search(
        self, names: tuple[str, ...], *, ends: float, slices: Sequence[Slice], rest: int = 0
    ) -> bool:
        """Search, and keep the rota that it finds if it is better, and what it proves.

        `rest` leaves out the rotas with less rest than that. Returns whether there are others.
        """
        rota_model = RotaModel(self.grid, self.held, rest=rest)
        for earlier, value in self.held.values.items():
            hold(rota_model, earlier, value)
        goal = joint(self.grid, names)
        best = goal.total(rota_values(self.grid, self.rota))
        leaves_out = rest > self.held.rest(self.grid)
        elsewhere = goal.least_with(self._spread_below(rest)) if leaves_out else best
        run = Run(
            rota_model=rota_model,
            expression=goal.expression(rota_model),
            start=self.rota,
            limit=elsewhere if leaves_out else None,
            clock=self.clock,
            seconds=max(0.0, ends - time.monotonic()),
            report=lambda found, bound: self._report(goal, min(found, best), min(bound, elsewhere)),
        )
        outcome = run.search(slices)
        if outcome.rota is not None and run.best is not None and run.best < best:
            self.rota, best = outcome.rota, run.best
        bound = elsewhere if outcome.is_impossible else outcome.bound
        if bound is not None:
            for name, _value, least in goal.proven(best, min(best, bound, elsewhere)):
                self.bounds[name] = max(least, self.bounds.get(name, least))
        return not outcome.is_impossible

    def _report(self, goal: Joint, best: int, bound: int) -> None:
        for name, value, least in goal.proven(best, min(best, bound)):
            self._tell(name, value, max(least, self.bounds.get(name, least)))

    def _spread_below(self, rest: int) -> int:
        """What a rota costs at least that has less rest than that."""
        return max(0, self.grid.problem.rules.spacing_target - rest) ** 2

    def _slices(self) -> Sequence[Slice]:
        more_rest = self.held.rest(self.grid) > self.grid.rest
        return SLICES_WITH_MUCH_REST if more_rest else SLICES

    def _rest_for_spread(self, ends: float) -> int:
        """Try the target itself as the rest, then less and less, and return what rest is enough.

        Such a model is small: with the target as rest nothing costs, so any rota will do. Any
        rota with less rest has a distance that costs, so the best rota of the model may be proven
        best of all. A rest that is neither kept nor ruled out in its budget is passed over: a
        little less may be easy.
        """
        target, step = self.grid.problem.rules.spacing_target, 1
        rest = target - 1
        while rest > self.grid.rest and not self._is_enough(rest) and not self._is_over(ends):
            before = self._value("spread")
            is_possible = self._search(("spread",), ends=ends, slices=PROBE, rest=rest)
            if is_possible and self._value("spread") == before:
                step *= 2
            rest -= step
        return max(self.grid.rest, target - 1 - math.isqrt(self._value("spread")))

    def _is_enough(self, rest: int) -> bool:
        """Whether less rest than that costs more than the best rota so far."""
        return self._spread_below(rest) > self._value("spread")

    def _is_over(self, ends: float) -> bool:
        return self.clock.is_over() or time.monotonic() >= ends

    def _hold(self, name: str) -> None:
        value = self._value(name)
        shares = dict(self.held.shares)
        if name in MEASURES:
            reachable = all_shares(self.grid, MEASURES[name](self.grid))
            shares[name] = tuple(fair_enough(reachable, self._totals(name), value))
        self.held = Held(values={**self.held.values, name: value}, shares=shares)

    def _totals(self, name: str) -> list[tuple[int, int]]:
        """Per level the least and the most that is carried: all weeks but those left as gaps."""
        measure = MEASURES[name](self.grid)
        weights = sorted(
            (measure.weight(position) for position in range(self.grid.length)), reverse=True
        )
        gaps = self.held.values.get("gaps", len(weights))
        return [(sum(weights[gaps:]), sum(weights)) for _ in self.grid.levels]
