"""The lexicographic loop: least value of each objective in turn, the earlier ones held."""

from __future__ import annotations

import dataclasses
import itertools
import time
from typing import TYPE_CHECKING

from rotation.solver.engine import SLICES, Run, Slice
from rotation.solver.joint import joined, joint
from rotation.solver.model import Held, RotaModel
from rotation.solver.objectives import rota_values
from rotation.solver.shares import all_shares, fair_enough, holiday_measure, load_measure
from rotation.solver.start import first_rota
from rotation.solver.terms import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rotation.solver.engine import Clock, Outcome
    from rotation.solver.grid import Grid, Rota

MEASURES = {"unfairness": load_measure, "holidays": holiday_measure}
PROBE = (Slice(way="branch", budget=5.0),)
SHARE_OF_TIME = 0.6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """A search among rotas with more rest; any other rota costs at least `least_else`."""

    rest: int
    least_else: int


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
        if names[0] == "spread" and not self._is_settled("spread"):
            self.bounds["spread"] = max(self.bounds["spread"], self._spread_by_rest(ends))
        if self._is_settled(names[0]):
            names = names[:1]
        else:
            self._search(names, ends=ends, slices=SLICES)
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
        self,
        names: tuple[str, ...],
        *,
        ends: float,
        slices: Sequence[Slice],
        probe: _Probe | None = None,
    ) -> Outcome:
        """Search, and keep the rota that it finds if it is better, and what it proves of it."""
        rota_model = RotaModel(self.grid, self.held, rest=probe.rest if probe else 0)
        for earlier, value in self.held.values.items():
            hold(rota_model, earlier, value)
        rota_model.hint(self.rota)
        goal = joint(self.grid, names)
        before = goal.total(rota_values(self.grid, self.rota))

        def report(best: int, bound: int) -> None:
            least = min(bound, probe.least_else) if probe else bound
            for name, value, proven in goal.proven(min(best, before), min(least, best, before)):
                self._tell(name, value, max(proven, self.bounds.get(name, proven)))

        run = Run(
            rota_model=rota_model,
            expression=goal.expression(rota_model),
            clock=self.clock,
            seconds=max(0.0, ends - time.monotonic()),
            report=report,
        )
        outcome = run.search(slices)
        if outcome.rota is not None and run.best is not None and run.best < before:
            self.rota, before = outcome.rota, run.best
        if probe is None and outcome.bound is not None:
            for name, _value, bound in goal.proven(before, min(outcome.bound, before)):
                self.bounds[name] = max(bound, self.bounds.get(name, bound))
        return outcome

    def _spread_by_rest(self, ends: float) -> int:
        """Try the target itself as the rest, then one week less, until some rota keeps it.

        Such a model is small: with the target as rest nothing costs. If no rota keeps the rest
        that forbids distances below d, every rota has one of them and costs (target - d + 1)².
        The best rota of the last model may thus be proven best of all. A rest that is neither
        kept nor ruled out in its budget is passed over: a little less may be easy.
        """
        target, bound = self.grid.problem.rules.spacing_target, 0
        for nearest in range(target, self.grid.rest + 1, -1):
            probe = _Probe(rest=nearest - 1, least_else=(target - nearest + 1) ** 2)
            if self.clock.is_over() or time.monotonic() >= ends:
                break
            outcome = self._search(("spread",), ends=ends, slices=PROBE, probe=probe)
            if outcome.is_impossible:
                bound = probe.least_else
            elif outcome.bound is not None:
                bound = max(bound, min(outcome.bound, probe.least_else))
            if outcome.rota is not None:
                break
        return bound

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
