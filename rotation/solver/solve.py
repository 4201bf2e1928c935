"""Solving a problem: one objective after the other, each with its proof."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.explain import gap_reasons, pin_conflicts
from rotation.solver.grid import grid_of
from rotation.solver.model import RotaModel
from rotation.solver.objectives import rota_values
from rotation.solver.solution import Assignment, Solution
from rotation.solver.terms import expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.solver.grid import Grid, Rota
    from rotation.solver.instance import Problem

    Progress = Callable[[str, int, int], None]

POLL_SECONDS = 0.2
# Deterministic seconds for each objective: the same on every run, unlike the wall clock's.
DETERMINISTIC_LIMIT = 600.0


def _no_progress(_objective: str, _best: int, _bound: int) -> None:
    return


def _never() -> bool:
    return False


def solve(
    problem: Problem,
    *,
    time_limit: float = 300.0,
    on_progress: Progress = _no_progress,
    should_stop: Callable[[], bool] = _never,
) -> Solution:
    """The best rota in the lexicographic order of the problem's objectives, or why there is none.

    One worker, a fixed seed and a stable order of variables: the same problem gives the same
    result, unless the wall clock (`time_limit`, seconds) or `should_stop` cut in, which the
    solution then says. `on_progress` gets the objective's name, the best value so far and the
    bound. Without any proof in time the best rota found is returned as `feasible`.
    """
    started = time.monotonic()
    conflicts = pin_conflicts(problem)
    if conflicts:
        return Solution(
            status="infeasible",
            assignments=(),
            objectives={},
            bounds={},
            explanations=conflicts,
            wall_seconds=time.monotonic() - started,
            stopped_by_clock=False,
        )
    search = _Search(
        grid=grid_of(problem),
        deadline=started + time_limit,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    search.run()
    assignments = _assignments(search.grid, search.rota)
    return Solution(
        status="optimal" if search.proven else "feasible",
        assignments=assignments,
        objectives=rota_values(search.grid, search.rota),
        bounds=search.bounds,
        explanations=gap_reasons(problem, assignments),
        wall_seconds=time.monotonic() - started,
        stopped_by_clock=search.stopped,
    )


@dataclasses.dataclass(kw_only=True)
class _Search:
    """The lexicographic loop and what it has found so far; it begins with nobody anywhere."""

    grid: Grid
    deadline: float
    on_progress: Progress
    should_stop: Callable[[], bool]
    rota: Rota = dataclasses.field(default_factory=dict)
    bounds: dict[str, int] = dataclasses.field(default_factory=dict)
    proven: bool = True
    stopped: bool = False

    def run(self) -> None:
        """Minimise each objective in turn and hold it at what was reached."""
        self.rota = _pinned_only(self.grid)
        rota_model = RotaModel(self.grid)
        for name in self.grid.problem.objectives:
            objective = expression(rota_model, name)
            rota_model.hint(self.rota)
            rota_model.model.minimize(objective)
            self._minimise(rota_model, name)
            if self.stopped or not self.proven:
                return
            reached = rota_values(self.grid, self.rota)[name]
            rota_model.model.add(objective <= reached)

    def _minimise(self, rota_model: RotaModel, name: str) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.stopped, self.proven = True, False
            return
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = DETERMINISTIC_LIMIT
        solver.parameters.max_time_in_seconds = left
        watch = _Watch(self, rota_model, name)
        with watch.stopping(solver):
            status = solver.solve(rota_model.model, watch)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            self.rota = rota_model.rota(solver)
            self.bounds[name] = round(solver.best_objective_bound)
        self.proven = status == cp_model.OPTIMAL
        self.stopped = watch.stopped or (
            not self.proven and time.monotonic() >= self.deadline - POLL_SECONDS
        )


class _Watch(cp_model.CpSolverSolutionCallback):
    """Reports each better rota, and stops the search when the caller no longer wants it."""

    def __init__(self, search: _Search, rota_model: RotaModel, name: str) -> None:
        """Watch one objective's search."""
        super().__init__()
        self._search = search
        self._rota_model = rota_model
        self._name = name
        self.stopped = False

    def on_solution_callback(self) -> None:
        """Pass the best value and the bound on."""
        self._search.on_progress(
            self._name, round(self.objective_value), round(self.best_objective_bound)
        )

    def stopping(self, solver: cp_model.CpSolver) -> _Poll:
        """Ask `should_stop` while the block runs, from a thread of its own."""
        return _Poll(watch=self, solver=solver, should_stop=self._search.should_stop)


@dataclasses.dataclass(kw_only=True)
class _Poll:
    """CP-SAT calls back only at new rotas, so somebody else has to look at the clock."""

    watch: _Watch
    solver: cp_model.CpSolver
    should_stop: Callable[[], bool]
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
            if self.should_stop():
                self.watch.stopped = True
                self.solver.stop_search()
                return


def _pinned_only(grid: Grid) -> Rota:
    pinned = {
        (grid.positions[pin.week], grid.level_indices[pin.level]): grid.member_indices[pin.person]
        for pin in grid.problem.pins
    }
    return {cell: pinned.get(cell) for cell in grid.cells()}


def _assignments(grid: Grid, rota: Rota) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(
            week=grid.problem.weeks[position].id,
            level=grid.problem.levels[level].id,
            person=None if person is None else grid.members[person].id,
        )
        for (position, level), person in sorted(rota.items(), key=lambda item: item[0])
    )
