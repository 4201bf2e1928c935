"""A draft's figures: what the schedule means for everybody, and what other schedules would.

Beside the solved schedule stand a plain round robin and, where every week is published already,
the schedule as published, so that everybody sees what solving buys and what a repair changes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rotation import instances
from rotation.solver import baselines, objectives, relaxations
from rotation.solver.figures import PersonFigures, person_figures
from rotation.solver.grid import grid_of
from rotation.solver.solution import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rotation.domain import planning
    from rotation.solver.problem import Problem
    from rotation.solver.relaxations import Closing, Way
    from rotation.solver.solution import Solution

EXPLAINING_SECONDS = 30.0


def level_figures(
    plan: planning.Plan,
    levels: Sequence[planning.PlanLevel],
    solution: Solution,
    *,
    should_stop: Callable[[], bool],
) -> list[dict[str, Any]]:
    """The figures of levels that were solved together, ready for JSON.

    Per level: `level`, `status`, `objectives`, `bounds`, `people` (loads and fair shares in
    hundredths), `round_robin` and `published` (`objectives` and `people`; the latter None unless
    every week of the plan is published), and `closings`: per gap the smallest changes that close
    it, as far as half a minute of solving finds them.
    """
    instance = instances.problem_of(plan, tuple(levels))
    published = _published(instance)
    found = _closings(instance, solution, should_stop)
    people = _people(instance, solution.assignments)
    plain = _schedule(instance, baselines.round_robin(instance))
    before = None if published is None else _schedule(instance, published)
    return [
        {
            "level": level.level,
            "status": solution.status,
            "objectives": dict(solution.objectives),
            "bounds": dict(solution.bounds),
            "people": people[level.level],
            "round_robin": plain[level.level],
            "published": None if before is None else before[level.level],
            "closings": [_closing(each) for each in found if each.level == level.level],
        }
        for level in levels
    ]


def _closings(
    instance: Problem, solution: Solution, should_stop: Callable[[], bool]
) -> tuple[Closing, ...]:
    deadline = time.monotonic() + EXPLAINING_SECONDS
    return relaxations.closings(
        instance,
        solution,
        should_stop=lambda: should_stop() or time.monotonic() > deadline,
    )


def _published(instance: Problem) -> tuple[Assignment, ...] | None:
    """The published schedule; a week whose holder cannot carry it any more is a gap."""
    cells = instance.published or ()
    if len(cells) < len(instance.weeks) * len(instance.levels):
        return None
    grid = grid_of(instance)
    found = []
    for each in cells:
        cell = (grid.positions[each.week], grid.level_indices[each.level])
        index = None if each.person is None else grid.member_indices.get(each.person)
        stays = index is not None and grid.own_reason(grid.members[index], cell) is None
        person = each.person if stays else None
        found.append(Assignment(week=each.week, level=each.level, person=person))
    return tuple(found)


def _schedule(instance: Problem, assignments: Sequence[Assignment]) -> dict[str, dict[str, Any]]:
    values = objectives.objective_values(instance, assignments)
    people = _people(instance, assignments)
    return {level: {"objectives": dict(values), "people": found} for level, found in people.items()}


def _people(
    instance: Problem, assignments: Iterable[Assignment]
) -> dict[str, list[dict[str, Any]]]:
    return {
        level: [_person(each) for each in found]
        for level, found in person_figures(instance, assignments).items()
    }


def _person(found: PersonFigures) -> dict[str, Any]:
    return {
        "engineer": int(found.person),
        "shifts": found.shifts,
        "load": found.load,
        "prior_load": found.prior_load,
        "fair": found.fair,
        "holidays": found.holidays,
        "prior_holidays": found.prior_holidays,
        "fair_holidays": found.fair_holidays,
        "wishes_met": found.wishes_met,
        "wishes_unmet": found.wishes_unmet,
        "shortest_spacing": found.shortest_spacing,
    }


def _closing(found: Closing) -> dict[str, Any]:
    return {"week": found.week, "ways": [_way(way) for way in found.ways]}


def _way(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind,
        "engineer": None if way.person is None else int(way.person),
        "weeks": way.weeks,
        "from": way.start,
        "closes": way.closes,
    }
