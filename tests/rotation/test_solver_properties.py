from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.util
import itertools
import json
import pathlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rotation.solver import problem, solution, solve
from tests.rotation import problems

SCORER = pathlib.Path(__file__).resolve().parents[3] / "shared" / "scheduling" / "check.py"
few = hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@few
@given(problems.problems(most_weeks=9, most_people=5))
def test_every_result_obeys_every_hard_rule(instance: problem.Problem) -> None:
    found = solve.solve(instance)

    assert _broken_rules(instance, found) == []
    cells = [(each.week, each.level) for each in found.assignments]
    assert cells == [(week.id, level.id) for week in instance.weeks for level in instance.levels]


@pytest.mark.reference
@few
@given(problems.problems(most_weeks=9, most_people=5))
def test_the_independent_scorer_accepts_what_is_drawn_at_random(
    instance: problem.Problem,
) -> None:
    found = solve.solve(instance)

    assert found.status == "optimal"
    verdict, _parsed = _scorer().check(*_files(instance, found))
    assert verdict["valid"], verdict


@few
@given(problems.problems(most_weeks=3))
def test_trying_everything_finds_nothing_better(instance: problem.Problem) -> None:
    found = solve.solve(instance)

    assert found.status == "optimal"
    assert problems.vector(instance, dict(found.objectives)) == problems.best_vector(instance)


@few
@given(problems.problems(most_weeks=3), st.data())
def test_trying_everything_finds_nothing_better_with_some_weeks_fixed(
    instance: problem.Problem, data: st.DataObject
) -> None:
    first = solve.solve(instance)
    kept = data.draw(st.sets(st.sampled_from(first.assignments)))
    instance = problems.pinned(instance, sorted(kept, key=first.assignments.index))

    found = solve.solve(instance)

    assert found.status == "optimal"
    assert problems.vector(instance, dict(found.objectives)) == problems.best_vector(instance)


@few
@given(problems.problems(most_weeks=3), st.permutations(problem.OBJECTIVES), st.integers(0, 8))
def test_trying_everything_finds_nothing_better_in_any_order(
    instance: problem.Problem, order: list[str], count: int
) -> None:
    instance = dataclasses.replace(instance, objectives=tuple(order[:count]))

    found = solve.solve(instance)

    assert found.status == "optimal"
    assert problems.vector(instance, dict(found.objectives)) == problems.best_vector(instance)


@few
@given(problems.problems(most_weeks=8, most_people=4), st.data())
def test_one_volunteer_more_never_makes_coverage_worse(
    instance: problem.Problem, data: st.DataObject
) -> None:
    *people, newcomer = data.draw(
        st.lists(st.sampled_from(instance.people), min_size=1, unique=True)
        if instance.people
        else st.just([problem.Person(id="new", active=(problem.Span(),))])
    )
    smaller = dataclasses.replace(
        instance, people=tuple(people), objectives=("gaps",), published=None
    )
    larger = dataclasses.replace(smaller, people=(*people, newcomer))

    before, after = solve.solve(smaller), solve.solve(larger)

    assert (before.status, after.status) == ("optimal", "optimal")
    assert after.objectives["gaps"] <= before.objectives["gaps"]


@few
@given(problems.problems(most_weeks=7, most_people=5), st.randoms(use_true_random=False))
def test_the_order_of_people_and_the_names_of_weeks_change_no_objective(
    instance: problem.Problem, random: Any
) -> None:
    names = {week.id: f"{random.random():.9f} {week.id}" for week in instance.weeks}
    renamed = _renamed(instance, names)
    people = list(renamed.people)
    random.shuffle(people)
    other = dataclasses.replace(renamed, people=tuple(people))

    one, two = solve.solve(instance), solve.solve(other)

    assert dict(one.objectives) == dict(two.objectives)


@few
@given(problems.problems(most_weeks=9, most_people=6))
def test_repairing_an_undisturbed_schedule_changes_nothing(instance: problem.Problem) -> None:
    before = solve.solve(dataclasses.replace(instance, published=None))
    rest = tuple(name for name in instance.objectives if name not in {"gaps", "changes"})
    repair = problems.published_as(instance, before.assignments, order=("gaps", "changes", *rest))

    after = solve.solve(repair)

    assert after.objectives["changes"] == 0
    assert after.assignments == before.assignments


@few
@given(problems.problems(most_weeks=9, most_people=6), st.data())
def test_a_bound_never_promises_less_than_is_true(
    instance: problem.Problem, data: st.DataObject
) -> None:
    best = solve.solve(instance)
    asked = data.draw(st.integers(0, 12))
    times = iter(range(asked))

    cut = solve.solve(instance, should_stop=lambda: next(times, None) is None)

    assert cut.status in {"optimal", "feasible"}
    assert _broken_rules(instance, cut) == []
    first = instance.objectives[0]
    assert cut.bounds.get(first, 0) <= best.objectives[first] <= cut.objectives[first]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Dublin", dt.date(2027, 3, 1)),
        ("Europe/Dublin", dt.date(2027, 10, 4)),
        ("America/Los_Angeles", dt.date(2027, 2, 22)),
        ("America/Los_Angeles", dt.date(2027, 10, 18)),
        ("Australia/Sydney", dt.date(2027, 3, 15)),
        ("Australia/Sydney", dt.date(2027, 9, 13)),
        ("Australia/Lord_Howe", dt.date(2027, 9, 13)),
    ],
)
def test_a_clock_change_inside_a_week_changes_no_assignment(zone: str, first: dt.date) -> None:
    loads = [100] * 12
    people = tuple(
        problem.Person(id=name, roles=(problem.Role(level="primary"),), active=(problem.Span(),))
        for name in problems.NAMES[:4]
    )
    changing = problem.Problem(
        weeks=problems.calendar_weeks(zone, first, loads),
        levels=(problem.Level(id="primary"),),
        rules=problem.Rules(min_rest_weeks=2, spacing_target=4),
        people=people,
        objectives=("gaps", "unfairness", "spread"),
    )
    steady = dataclasses.replace(changing, weeks=problems.calendar_weeks("UTC", first, loads))

    one, two = solve.solve(changing), solve.solve(steady)

    assert len({_hours(week) for week in changing.weeks}) > 1
    assert all(a.ends_at == b.starts_at for a, b in itertools.pairwise(changing.weeks))
    assert one.assignments == two.assignments


def _hours(week: problem.Week) -> float:
    return (week.ends_at - week.starts_at) / dt.timedelta(hours=1)


def _broken_rules(instance: problem.Problem, found: solution.Solution) -> list[str]:
    """What of the hard rules a result breaks, counted without the solver's own code."""
    positions = {week.id: number for number, week in enumerate(instance.weeks)}
    people = {person.id: person for person in instance.people}
    broken = []
    held: dict[str, list[int]] = {}
    for each in found.assignments:
        if each.person is not None:
            held.setdefault(each.person, []).append(positions[each.week])
            broken += _broken_alone(people[each.person], each, positions)
    for name, places in held.items():
        lasts = [role.last_week for role in people[name].roles if role.last_week is not None]
        row = sorted([*places, *([max(lasts)] if lasts else [])])
        broken += [
            f"{name}: {one} and {other} are too near"
            for one, other in itertools.pairwise(row)
            if other - one <= instance.rules.min_rest_weeks
        ]
    return broken


def _broken_alone(
    person: problem.Person, each: solution.Assignment, positions: dict[str, int]
) -> list[str]:
    rules = {
        "no role": any(role.level == each.level for role in person.roles),
        "inactive": any(_covers(span, positions[each.week], positions) for span in person.active),
        "unavailable": each.week not in person.unavailable,
    }
    return [f"{each}: {name}" for name, holds in rules.items() if not holds]


def _covers(span: problem.Span, at: int, positions: dict[str, int]) -> bool:
    first = 0 if span.first is None else positions[span.first]
    last = len(positions) if span.last is None else positions[span.last]
    return first <= at <= last


def _renamed(instance: problem.Problem, names: dict[str, str]) -> problem.Problem:
    data = json.loads(problem.to_json(instance))
    for week in data["weeks"]:
        week["id"] = names[week["id"]]
    for person in data["people"]:
        for field in ("unavailable", "wants", "avoids"):
            person[field] = [names[week] for week in person[field]]
        for span in person["active"]:
            span["from"] = span["from"] and names[span["from"]]
            span["to"] = span["to"] and names[span["to"]]
    for cell in data["published"] or []:
        cell["week"] = names[cell["week"]]
    return problem.from_json(data)


def _scorer() -> Any:
    spec = importlib.util.spec_from_file_location("scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _files(instance: problem.Problem, found: solution.Solution) -> tuple[Any, Any]:
    return json.loads(problem.to_json(instance)), json.loads(solution.result_json(found))
