"""The value of every objective for a given rota, counted straight from the rota.

Nothing here knows how a rota was found, so it checks the solver as much as it serves the pages.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from rotation.solver.grid import grid_of
from rotation.solver.instance import OBJECTIVES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotation.solver.grid import Cell, Grid, Member, Rota
    from rotation.solver.instance import Problem
    from rotation.solver.solution import Assignment


def fair_loads(problem: Problem) -> dict[str, dict[str, int]]:
    """Per level and role holder (ids, in the problem's order) the fair load in hundredths.

    It counts what was worked before the horizon: compare it with prior load plus shifts.
    """
    grid = grid_of(problem)
    return {
        level.id: {
            member.id: post.fair_load
            for member in grid.members
            if (post := member.post_at(index)) is not None
        }
        for index, level in enumerate(problem.levels)
    }


def rota_of(grid: Grid, assignments: Iterable[Assignment]) -> Rota:
    """The assignments by cell and person index; cells not assigned are gaps."""
    rota: dict[Cell, int | None] = dict.fromkeys(grid.cells())
    for each in assignments:
        cell = (grid.positions[each.week], grid.level_indices[each.level])
        rota[cell] = None if each.person is None else grid.member_indices[each.person]
    return rota


def objective_values(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, int]:
    """All eight objectives by name, smaller is better; loads count in hundredths."""
    grid = grid_of(problem)
    return rota_values(grid, rota_of(grid, assignments))


def rota_values(grid: Grid, rota: Rota) -> dict[str, int]:
    """All eight objectives by name for a complete rota."""
    values = dict.fromkeys(OBJECTIVES, 0)
    values["gaps"] = sum(1 for person in rota.values() if person is None)
    for member in grid.members:
        cells = sorted(cell for cell, person in rota.items() if person == member.index)
        values["overload"] += _overload(grid, member, cells)
        values["unfairness"] += _unfairness(grid, member, cells)
        values["holidays"] += _holidays(grid, member, cells)
        values["spread"] += _spread(grid, member, cells)
        values["preferences"] += sum(
            (position in member.avoids) - (position in member.wants) for position, _ in cells
        )
    values["changes"] = _changes(grid, rota)
    values["adjacency"] = _adjacency(grid, rota)
    return values


def _overload(grid: Grid, member: Member, cells: list[Cell]) -> int:
    excess = 0
    for post in member.posts:
        if post.max_shifts is not None:
            count = sum(1 for _, level in cells if level == post.level)
            excess += max(0, count - post.max_shifts)
    limit = grid.problem.rules.max_shifts
    if limit is not None:
        for first in range(max(1, grid.length - limit.window_weeks + 1)):
            window = range(first, first + limit.window_weeks)
            count = sum(1 for position, _ in cells if position in window)
            excess += max(0, count - limit.shifts)
    return excess


def _unfairness(grid: Grid, member: Member, cells: list[Cell]) -> int:
    total = 0
    for post in member.posts:
        load = sum(grid.loads[position] for position, level in cells if level == post.level)
        total += (post.prior_load + load - post.fair_load) ** 2
    return total


def _holidays(grid: Grid, member: Member, cells: list[Cell]) -> int:
    total = 0
    for post in member.posts:
        days = sum(
            1 for position, level in cells if level == post.level and grid.is_holiday[position]
        )
        total += (100 * (post.prior_holidays + days) - post.fair_holidays) ** 2
    return total


def _spread(grid: Grid, member: Member, cells: list[Cell]) -> int:
    positions = [position for position, _ in cells]
    if member.last is not None:
        positions.insert(0, member.last)
    target = grid.problem.rules.spacing_target
    return sum(
        max(0, target - (after - before)) ** 2 for before, after in itertools.pairwise(positions)
    )


def _changes(grid: Grid, rota: Rota) -> int:
    changed = 0
    for cell in grid.problem.published or ():
        person = rota[grid.positions[cell.week], grid.level_indices[cell.level]]
        changed += cell.person != (None if person is None else grid.members[person].id)
    return changed


def _adjacency(grid: Grid, rota: Rota) -> int:
    return sum(_are_mates(grid, rota[one], rota[other]) for one, other in neighbours(grid))


def neighbours(grid: Grid) -> list[tuple[Cell, Cell]]:
    """The pairs of cells that two people of one team should not share."""
    pairs: list[tuple[Cell, Cell]] = []
    for position, level in grid.cells():
        if position + 1 < grid.length:
            pairs.append(((position, level), (position + 1, level)))
        pairs += [((position, level), (position, other)) for other in grid.levels if other > level]
    return pairs


def _are_mates(grid: Grid, one: int | None, other: int | None) -> bool:
    if one is None or other is None or one == other:
        return False
    team = grid.members[one].team
    return team is not None and team == grid.members[other].team
