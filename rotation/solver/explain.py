"""Why a gap is a gap, person by person, and which pins contradict what."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from rotation.solver.grid import grid_of
from rotation.solver.solution import GapReason, PinConflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rotation.solver.grid import Cell, Grid, Member
    from rotation.solver.instance import Pin, Problem
    from rotation.solver.solution import Assignment


def gap_reasons(problem: Problem, assignments: Iterable[Assignment]) -> tuple[GapReason, ...]:
    """For each gap, the first reason that keeps each role holder of its level from it.

    By week, then level, then the problem's order of people. A role holder who could take the gap
    at once has no entry. A level without role holders gives one entry without a person.
    """
    grid = grid_of(problem)
    held: dict[int, set[int]] = {member.index: set() for member in grid.members}
    gaps: list[Cell] = []
    for each in assignments:
        position, level = grid.positions[each.week], grid.level_indices[each.level]
        if each.person is None:
            gaps.append((position, level))
        else:
            held[grid.member_indices[each.person]].add(position)
    return tuple(reason for cell in sorted(gaps) for reason in _cell_reasons(grid, cell, held))


def _cell_reasons(grid: Grid, cell: Cell, held: dict[int, set[int]]) -> Iterator[GapReason]:
    week, level = grid.problem.weeks[cell[0]].id, grid.problem.levels[cell[1]].id
    holders = grid.holders(cell[1])
    if not holders:
        yield GapReason(week=week, level=level, person=None, code="no_role")
    for member in holders:
        code = grid.own_reason(member, cell) or _rota_reason(grid, cell[0], held[member.index])
        if code is not None:
            yield GapReason(week=week, level=level, person=member.id, code=code)


def _rota_reason(grid: Grid, position: int, held: set[int]) -> str | None:
    if position in held:
        return "other_level"
    rests = any(abs(position - other) <= grid.rest for other in held)
    return "rest" if rests else None


def pin_conflicts(problem: Problem) -> tuple[PinConflict, ...]:
    """What the pins contradict; empty exactly when the problem has a rota.

    Single pins in their order, then pairs; both pins of a pair are named.
    """
    grid = grid_of(problem)
    known = [pin for pin in problem.pins if _is_known(grid, pin)]
    found = [_conflict(pin, "pin_unknown") for pin in problem.pins if not _is_known(grid, pin)]
    for pin in known:
        reason = grid.own_reason(_member(grid, pin), _cell(grid, pin))
        if reason is not None:
            found.append(_conflict(pin, f"pin_{reason}"))
    for one, other in itertools.combinations(known, 2):
        code = _collision(grid, one, other)
        if code is not None:
            found += [_conflict(one, code), _conflict(other, code)]
    return tuple(dict.fromkeys(found))


def _is_known(grid: Grid, pin: Pin) -> bool:
    return (
        pin.week in grid.positions
        and pin.level in grid.level_indices
        and pin.person in grid.member_indices
    )


def _member(grid: Grid, pin: Pin) -> Member:
    return grid.members[grid.member_indices[pin.person]]


def _cell(grid: Grid, pin: Pin) -> Cell:
    return grid.positions[pin.week], grid.level_indices[pin.level]


def _collision(grid: Grid, one: Pin, other: Pin) -> str | None:
    cell, cell_of_other = _cell(grid, one), _cell(grid, other)
    if one.person != other.person:
        return "pin_two_people" if cell == cell_of_other else None
    if cell == cell_of_other:
        return None
    if cell[0] == cell_of_other[0]:
        return "pin_double_booking"
    return "pin_rest" if abs(cell[0] - cell_of_other[0]) <= grid.rest else None


def _conflict(pin: Pin, code: str) -> PinConflict:
    return PinConflict(week=pin.week, level=pin.level, person=pin.person, code=code)
