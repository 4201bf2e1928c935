"""Running CP-SAT on a model: in slices, watched, and stopped when the caller asks."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rotation.solver.grid import Rota
    from rotation.solver.model import RotaModel

POLL_SECONDS = 0.2
SEED = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One run with a way of searching and its budget in deterministic seconds."""

    way: str
    budget: float


# The first run proves nearly everything. Searching the tree by its bounds sometimes closes what
# branching leaves open; each run starts from the best rota and the best bound of those before.
# Shorter turns waste the start of every run, and growing cores has never paid.
SLICES = tuple(
    Slice(way=way, budget=budget) for budget in (30.0, 120.0) for way in ("branch", "bounds")
)
# With much rest the relaxation is nearly a rota: branching where it is fractional is quickest.
SLICES_WITH_MUCH_REST = (Slice(way="relaxation", budget=6.0), *SLICES)


@dataclasses.dataclass(kw_only=True)
class Clock:
    """When a search must end: at a monotonic deadline, or when the caller says so."""

    deadline: float
    should_stop: Callable[[], bool]
    stopped: bool = False

    def is_over(self) -> bool:
        """Ask both; once over it stays over."""
        if not self.stopped:
            self.stopped = time.monotonic() >= self.deadline or self.should_stop()
        return self.stopped


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The best rota of a search, if any, and what is proven.

    `bound` is a proven lower bound (None: none was found). `is_impossible` says that no rota
    fulfils the model at all; `is_proven` that this, or the optimum, is certain.
    """

    rota: Rota | None
    bound: int | None
    is_proven: bool
    is_impossible: bool = False


@dataclasses.dataclass(kw_only=True)
class Run:
    """One model's search for the least value of an expression.

    `report` gets the best value and the bound as they come. `seconds` is the most this search
    may take of the clock. The first slice is free to look anywhere; if it finds no rota at all,
    those after it begin at `start`. It ends once the bound reaches `limit`.
    """

    rota_model: RotaModel
    expression: cp_model.LinearExprT
    clock: Clock
    seconds: float
    report: Callable[[int, int], None]
    start: Rota | None = None
    limit: int | None = None
    best: int | None = None
    bound: int | None = None
    rota: Rota | None = None

    def search(self, slices: Sequence[Slice]) -> Outcome:
        """Run the slices in turn until one proves the optimum or that there is no rota."""
        ends = time.monotonic() + self.seconds
        self.rota_model.model.minimize(self.expression)
        for each in slices:
            if self.clock.is_over() or time.monotonic() >= ends:
                break
            status = self._run(each, ends)
            if status == cp_model.INFEASIBLE:
                return Outcome(rota=None, bound=None, is_proven=True, is_impossible=True)
            if self.best is not None and self.bound is not None and self.best <= self.bound:
                return Outcome(rota=self.rota, bound=self.bound, is_proven=True)
            if self._is_past_limit():
                break
        return Outcome(rota=self.rota, bound=self.bound, is_proven=False)

    def _run(self, each: Slice, ends: float) -> cp_model.CpSolverStatus:
        solver = cp_model.CpSolver()
        _configure(solver, each)
        solver.parameters.max_time_in_seconds = max(
            0.01, min(ends, self.clock.deadline) - time.monotonic()
        )

        def note_bound(bound: float) -> None:
            self._note_bound(bound)
            if self._is_past_limit():
                solver.stop_search()

        solver.best_bound_callback = note_bound
        with _Poll(clock=self.clock, solver=solver):
            status = solver.solve(self.rota_model.model, _Watch(self))
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            self.rota = self.rota_model.rota(solver)
            self.best = round(solver.objective_value)
            self._note_bound(solver.best_objective_bound)
        start = self.rota or self.start
        if start is not None:
            self.rota_model.hint(start)
        # An answer without a rota says nothing in its own bound: only those called back count.
        if self.bound is not None:
            self.rota_model.model.add(self.expression >= self.bound)
        return status

    def _note_bound(self, bound: float) -> None:
        self.bound = round(bound) if self.bound is None else max(self.bound, round(bound))
        if self.best is not None:
            self.report(self.best, self.bound)

    def _is_past_limit(self) -> bool:
        return self.limit is not None and self.bound is not None and self.bound >= self.limit

    def note_solution(self, best: int, bound: int) -> None:
        """A better rota was found."""
        self.best = best if self.best is None else min(best, self.best)
        self.report(self.best, bound)


def _configure(solver: cp_model.CpSolver, each: Slice) -> None:
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = each.budget
    solver.parameters.linearization_level = 2
    solver.parameters.use_sat_inprocessing = False
    solver.parameters.optimize_with_lb_tree_search = each.way == "bounds"
    if each.way == "relaxation":
        solver.parameters.search_branching = cp_model.LP_SEARCH


class _Watch(cp_model.CpSolverSolutionCallback):
    """Reports each better rota."""

    def __init__(self, run: Run) -> None:
        """Watch one run."""
        super().__init__()
        self._run = run

    def on_solution_callback(self) -> None:
        """Pass the best value and the bound on."""
        self._run.note_solution(round(self.objective_value), round(self.best_objective_bound))


@dataclasses.dataclass(kw_only=True)
class _Poll:
    """CP-SAT calls back only at new rotas, so somebody else has to look at the clock."""

    clock: Clock
    solver: cp_model.CpSolver
    _over: threading.Event = dataclasses.field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _poll(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            if self.clock.is_over():
                self.solver.stop_search()
                return
