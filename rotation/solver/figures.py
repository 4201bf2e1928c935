"""What a schedule means for each person: load, holidays, wishes, the shortest time between shifts.

Counted straight from the assignments, so that any two schedules can be laid side by side: the
solver's, the published one, and what a plain rule would give.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from rotation.solver.grid import grid_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotation.solver.grid import Grid, Member, Post
    from rotation.solver.instance import Problem
    from rotation.solver.solution import Assignment


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigures:
    """One person at one level.

    Loads and `fair_holidays` are in hundredths; `load` and `holidays` count what was before the
    horizon too. A wish is met by a wanted week that they hold at any level, or an unwanted one
    that they do not, as far as they are active then. `shortest_spacing` is the least distance in
    weeks between two of their shifts at any level, the last before the horizon included; None
    with fewer than two.
    """

    person: str
    shifts: int
    load: int
    prior_load: int
    fair: int
    holidays: int
    prior_holidays: int
    fair_holidays: int
    wishes_met: int
    wishes_unmet: int
    shortest_spacing: int | None


def person_figures(
    problem: Problem, assignments: Iterable[Assignment]
) -> dict[str, tuple[PersonFigures, ...]]:
    """Per level (id) the figures of its role holders, in the problem's order."""
    grid = grid_of(problem)
    held: dict[str, set[tuple[int, int]]] = {member.id: set() for member in grid.members}
    for each in assignments:
        if each.person in held:
            held[each.person].add((grid.positions[each.week], grid.level_indices[each.level]))
    return {
        level.id: tuple(
            _figures(grid, member, post, held[member.id])
            for member in grid.holders(index)
            if (post := member.post_at(index)) is not None
        )
        for index, level in enumerate(problem.levels)
    }


def _figures(grid: Grid, member: Member, post: Post, held: set[tuple[int, int]]) -> PersonFigures:
    here = [position for position, level in held if level == post.level]
    positions = {position for position, _level in held}
    wanted, unwanted = member.wants & member.active, member.avoids & member.active
    met = len(wanted & positions) + len(unwanted - positions)
    return PersonFigures(
        person=member.id,
        shifts=len(here),
        load=post.prior_load + sum(grid.loads[position] for position in here),
        prior_load=post.prior_load,
        fair=post.fair_load,
        holidays=post.prior_holidays + sum(1 for position in here if grid.is_holiday[position]),
        prior_holidays=post.prior_holidays,
        fair_holidays=post.fair_holidays,
        wishes_met=met,
        wishes_unmet=len(wanted) + len(unwanted) - met,
        shortest_spacing=_shortest(member, positions),
    )


def _shortest(member: Member, positions: set[int]) -> int | None:
    row = sorted(positions if member.last is None else {member.last, *positions})
    return min((after - before for before, after in itertools.pairwise(row)), default=None)
