from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING

import pytest

from rotation.solver import baselines, objectives, problem
from tests.rotation import problems

if TYPE_CHECKING:
    from rotation.solver.solution import Assignment

DATA = pathlib.Path(__file__).parent / "data" / "scheduling"
KNOWN = json.loads((DATA / "baselines.json").read_text())["instances"]
RULES = {"round_robin": baselines.round_robin, "least_recent": baselines.least_recent}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", KNOWN)
def test_a_plain_rule_reaches_what_is_known_of_it(name: str, rule: str) -> None:
    instance = problem.from_json((DATA / f"{name}.json").read_text())

    values = objectives.objective_values(instance, RULES[rule](instance))

    assert [values[each] for each in instance.objectives] == KNOWN[name][rule]


def test_in_a_round_robin_who_is_away_is_passed_over_and_comes_next() -> None:
    anna, ben, carla = (_person(name) for name in ("anna", "ben", "carla"))
    instance = _problem(5, anna, _away(ben, 1), carla)

    found = baselines.round_robin(instance)

    assert _names(found) == ["anna", "carla", "anna", "ben", "carla"]


def test_longest_ago_counts_what_was_worked_before() -> None:
    anna, ben = _person("anna", last=-1), _person("ben", last=-3)
    instance = _problem(3, anna, ben, _person("carla"))

    found = baselines.least_recent(instance)

    assert _names(found) == ["carla", "ben", "anna"]


def test_nobody_left_means_a_gap() -> None:
    instance = _problem(3, _person("anna"), rest=1)

    assert _names(baselines.round_robin(instance)) == ["anna", None, "anna"]
    assert _names(baselines.least_recent(instance)) == ["anna", None, "anna"]


def _person(name: str, *, last: int | None = None) -> problem.Person:
    role = problem.Role(level="primary", last_week=last)
    return problem.Person(id=name, roles=(role,), active=(problem.Span(),))


def _away(person: problem.Person, position: int) -> problem.Person:
    week = problems.calendar_weeks("UTC", problems.CHANGES[0], [100] * 5)[position].id
    return problem.Person(
        id=person.id, roles=person.roles, active=person.active, unavailable=(week,)
    )


def _problem(weeks: int, *people: problem.Person, rest: int = 0) -> problem.Problem:
    return problem.Problem(
        weeks=problems.calendar_weeks("UTC", problems.CHANGES[0], [100] * weeks),
        levels=(problem.Level(id="primary"),),
        rules=problem.Rules(min_rest_weeks=rest),
        people=people,
        objectives=("gaps",),
    )


def _names(found: tuple[Assignment, ...]) -> list[str | None]:
    return [each.person for each in found]
