"""Solving a problem: one objective after the other, each with its proof."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rotation.solver.engine import POLL_SECONDS, Clock
from rotation.solver.explain import gap_reasons, pin_conflicts
from rotation.solver.grid import grid_of
from rotation.solver.lexicographic import Search
from rotation.solver.objectives import rota_values
from rotation.solver.solution import Assignment, Solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.solver.grid import Grid, Rota
    from rotation.solver.instance import Problem

    Progress = Callable[[str, int, int], None]

__all__ = ["POLL_SECONDS", "solve"]


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
    search = Search(
        grid=grid_of(problem),
        clock=Clock(deadline=started + time_limit, should_stop=should_stop),
        on_progress=on_progress,
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


def _assignments(grid: Grid, rota: Rota) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(
            week=grid.problem.weeks[position].id,
            level=grid.problem.levels[level].id,
            person=None if person is None else grid.members[person].id,
        )
        for (position, level), person in sorted(rota.items(), key=lambda item: item[0])
    )
