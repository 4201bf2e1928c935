from __future__ import annotations

import datetime as dt
import itertools
import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rotation.solver import grid, objectives, problem, shares, solution, solve

DATA = pathlib.Path(__file__).parent / "data" / "scheduling"
CHECKER = pathlib.Path(__file__).resolve().parents[3] / "shared" / "scheduling" / "check.py"
EXPECTED = json.loads((DATA / "expected.json").read_text())["instances"]
EXAMPLES = sorted(EXPECTED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_reaches_its_proven_optimum(name: str) -> None:
    instance = problem.from_json((DATA / f"{name}.json").read_text())

    found = solve.solve(instance)

    assert found.status == EXPECTED[name]["status"]
    if found.status == "optimal":
        assert [found.objectives[each] for each in instance.objectives] == EXPECTED[name]["vector"]
        assert dict(found.bounds) == {each: found.objectives[each] for each in instance.objectives}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_independent_scorer_accepts_every_result(
    name: str, tmp_path: pathlib.Path, record_property: Any
) -> None:
    record_property("scorer", str(CHECKER.exists()))
    instance = problem.from_json((DATA / f"{name}.json").read_text())
    result = tmp_path / "result.json"

    result.write_text(solution.result_json(solve.solve(instance)))

    assert json.loads(result.read_text())["version"] == 1
    if CHECKER.exists():
        verdict = _verdict(DATA / f"{name}.json", result)
        assert verdict["valid"], verdict
        assert verdict["compare"] == "optimal"


def test_the_same_problem_gives_the_same_bytes() -> None:
    instance = problem.from_json((DATA / "e03_two_levels_shared.json").read_text())

    first, second = (solution.result_json(solve.solve(instance)) for _ in range(2))

    assert first == second


def test_a_problem_survives_its_file() -> None:
    instance = problem.from_json((DATA / "e06_holidays_joins_leaves.json").read_text())

    assert problem.from_json(problem.to_json(instance)) == instance


def test_nobody_at_all_means_gaps_that_say_so() -> None:
    instance = _problem(people=(), weeks=2)

    found = solve.solve(instance)

    assert found.status == "optimal"
    assert found.objectives["gaps"] == 2
    assert {each.code for each in found.explanations} == {"no_role"}


def test_a_caller_who_no_longer_wants_it_stops_the_search() -> None:
    instance = problem.from_json((DATA / "e02_seven_by_26.json").read_text())

    found = solve.solve(instance, should_stop=lambda: True)

    assert found.stopped_by_clock or found.status == "optimal"
    assert len(found.assignments) == 26


def test_no_time_at_all_gives_an_honest_answer() -> None:
    instance = problem.from_json((DATA / "e02_seven_by_26.json").read_text())

    found = solve.solve(instance, time_limit=0)

    assert found.status == "feasible"
    assert found.stopped_by_clock


def test_a_limit_in_the_middle_leaves_bounds_that_are_true() -> None:
    instance = _crowded()

    found = solve.solve(instance, time_limit=0.15)

    best = solve.solve(instance)
    assert best.status == "optimal"
    assert found.status == "feasible"
    assert found.stopped_by_clock
    for name in instance.objectives:
        if name in found.bounds:
            assert found.bounds[name] <= found.objectives[name]
        if found.bounds.get(name) != found.objectives[name]:
            break
        assert found.objectives[name] == best.objectives[name]


def test_a_caller_can_stop_in_the_middle_of_an_objective() -> None:
    instance = _crowded()
    asked = itertools.count()

    found = solve.solve(instance, should_stop=lambda: next(asked) > 3)

    assert found.status == "feasible"
    assert found.stopped_by_clock
    assert len(found.assignments) == len(instance.weeks)


def test_what_is_reported_on_the_way_never_promises_too_much() -> None:
    instance = problem.from_json((DATA / "e06_holidays_joins_leaves.json").read_text())
    heard: list[tuple[str, int, int]] = []

    found = solve.solve(instance, on_progress=lambda *told: heard.append(told))

    assert tuple(dict.fromkeys(name for name, _, _ in heard)) == instance.objectives
    for name, best, bound in heard:
        assert bound <= found.objectives[name] <= best


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_load_of_a_rota_that_is_fair_enough_is_ruled_out(data: st.DataObject) -> None:
    posts = data.draw(st.integers(1, 3))
    weeks = data.draw(st.lists(st.sampled_from([100, 150, 200]), min_size=1, max_size=5))
    bases = data.draw(st.lists(st.integers(-400, 200), min_size=posts, max_size=posts))
    loads = sorted({sum(some) for n in range(len(weeks) + 1) for some in _picks(weeks, n)})
    every = [
        shares.Share(member=index, level=0, base=base, loads=tuple(loads))
        for index, base in enumerate(bases)
    ]
    rotas = [
        [
            sum(w for w, who in zip(weeks, row, strict=True) if who == index)
            for index in range(posts)
        ]
        for row in itertools.product(range(posts), repeat=len(weeks))
    ]
    values = [sum(s.cost(load) for s, load in zip(every, row, strict=True)) for row in rotas]
    value = data.draw(st.sampled_from(values))

    kept = shares.fair_enough(every, [(sum(weeks), sum(weeks))], value)

    for row, cost in zip(rotas, values, strict=True):
        if cost <= value:
            assert all(load in share.loads for share, load in zip(kept, row, strict=True))


@st.composite
def _small_problems(draw: st.DrawFn) -> problem.Problem:
    weeks = draw(st.integers(1, 4))
    ids = [f"w{number}" for number in range(weeks)]
    people = tuple(
        problem.Person(
            id=name,
            team=draw(st.sampled_from([None, "web", "data"])),
            roles=(
                problem.Role(
                    level="primary",
                    max_shifts=draw(st.sampled_from([None, 0, 1, 2])),
                    prior_load=draw(st.sampled_from([0, 100, 250])),
                    prior_weeks=draw(st.integers(0, 6)),
                    last_week=draw(st.sampled_from([None, -1, -2, -4])),
                ),
            ),
            active=draw(
                st.sampled_from(
                    [
                        (problem.Span(),),
                        (problem.Span(first=ids[-1]),),
                        (problem.Span(last=ids[0]),),
                    ]
                )
            ),
            unavailable=tuple(draw(st.sets(st.sampled_from(ids), max_size=2))),
            wants=tuple(draw(st.sets(st.sampled_from(ids), max_size=1))),
            avoids=tuple(draw(st.sets(st.sampled_from(ids), max_size=2))),
        )
        for name in ("anna", "ben", "carla")[: draw(st.integers(1, 3))]
    )
    order = draw(st.permutations(sorted(set(problem.OBJECTIVES) - {"changes", "gaps"})))
    loads = draw(st.lists(st.sampled_from([100, 150, 200]), min_size=weeks, max_size=weeks))
    return _problem(
        people=people,
        weeks=weeks,
        loads=loads,
        rest=draw(st.integers(0, 2)),
        spacing=draw(st.integers(0, 4)),
        names=("gaps", *order),
    )


@hypothesis_settings(max_examples=40, deadline=None)
@given(_small_problems())
def test_brute_force_agrees_on_small_problems(instance: problem.Problem) -> None:
    found = solve.solve(instance)

    assert found.status == "optimal"
    assert tuple(found.objectives[name] for name in instance.objectives) == _best(instance)


@pytest.mark.parametrize(("name", "code"), [("e02_seven_by_26", 0), ("e04_contradictory_pins", 3)])
def test_the_command_writes_a_result_and_says_what_it_is(
    name: str, code: int, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "result.json"

    try:
        call_command("solve_schedule", str(DATA / f"{name}.json"), output=str(output))
        left = 0
    except SystemExit as stop:
        left = int(str(stop.code))

    assert left == code
    assert json.loads(output.read_text())["status"] == EXPECTED[name]["status"]
    assert EXPECTED[name]["status"] in capsys.readouterr().out


def test_the_command_names_the_place_of_bad_input(tmp_path: pathlib.Path) -> None:
    data = json.loads((DATA / "e02_seven_by_26.json").read_text())
    data["weeks"][3]["weight"] = "much"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data))

    with pytest.raises(CommandError, match=r"weeks\[3\]\.weight") as refused:
        call_command("solve_schedule", str(bad), output=str(tmp_path / "result.json"))

    assert refused.value.returncode == 2


def test_the_command_reports_each_objective_when_asked(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = DATA / "e02_seven_by_26.json"

    call_command("solve_schedule", str(instance), output=str(tmp_path / "r.json"), progress=True)

    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert "gaps: 0 (at least 0)" in said.err
    assert said.err.splitlines()[-1] == "adjacency: 3 (at least 3)"


def test_the_command_runs_without_any_configuration(tmp_path: pathlib.Path) -> None:
    root = DATA.parents[3]
    instance, result = DATA / "e05_repair_after_leaver.json", tmp_path / "result.json"
    command = [sys.executable, "manage.py", "solve_schedule", str(instance)]

    done = subprocess.run(
        [*command, "--output", str(result)],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
        env={},
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("optimal: gaps 0")


def _picks(weeks: list[int], count: int) -> list[tuple[int, ...]]:
    return list(itertools.combinations(weeks, count))


def _crowded() -> problem.Problem:
    """Sixteen people for 60 weeks: takes longer than a moment, not longer than a few seconds."""
    ids = [f"w{number}" for number in range(60)]
    people = tuple(
        problem.Person(
            id=f"p{index}",
            team=("web", "data", "infra")[index % 3],
            roles=(problem.Role(level="primary", prior_load=50 * index, prior_weeks=index),),
            active=(problem.Span(),),
            unavailable=tuple(ids[index::17]),
            wants=tuple(ids[index % 7 :: 13]),
            avoids=tuple(ids[index % 5 :: 11]),
        )
        for index in range(16)
    )
    return _problem(
        people=people,
        weeks=60,
        loads=[150 if number % 8 == 0 else 100 for number in range(60)],
        rest=3,
        spacing=9,
        names=("gaps", "overload", "unfairness", "holidays", "spread", "preferences", "adjacency"),
    )


def _verdict(instance: pathlib.Path, result: pathlib.Path) -> dict[str, Any]:
    command = [sys.executable, str(CHECKER), str(instance), str(result)]
    answer = subprocess.run(
        [*command, "--expected", str(DATA / "expected.json")],
        check=False,
        capture_output=True,
        text=True,
    )
    verdict: dict[str, Any] = json.loads(answer.stdout)
    return verdict


def _problem(
    *,
    people: tuple[problem.Person, ...],
    weeks: int,
    loads: list[int] | None = None,
    rest: int = 0,
    spacing: int = 0,
    names: tuple[str, ...] = ("gaps", "unfairness"),
) -> problem.Problem:
    start = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    week = dt.timedelta(days=7)
    return problem.Problem(
        weeks=tuple(
            problem.Week(
                id=f"w{number}",
                starts_at=start + number * week,
                ends_at=start + (number + 1) * week,
                weight=(loads or [100] * weeks)[number],
                holidays=("Holiday",) if loads and loads[number] == 200 else (),
            )
            for number in range(weeks)
        ),
        levels=(problem.Level(id="primary"),),
        rules=problem.Rules(min_rest_weeks=rest, spacing_target=spacing),
        people=people,
        objectives=names,
    )


def _best(instance: problem.Problem) -> tuple[int, ...]:
    """The least vector over every rota that obeys the hard rules."""
    board = grid.grid_of(instance)
    choices = [
        [None] + [m.index for m in board.members if board.own_reason(m, (position, 0)) is None]
        for position in range(board.length)
    ]
    vectors = []
    for rota in itertools.product(*choices):
        rests = all(
            rota[i] is None or rota[i] != rota[j] or j - i > board.rest
            for i, j in itertools.combinations(range(len(rota)), 2)
        )
        if rests:
            cells = {(position, 0): who for position, who in enumerate(rota)}
            values = objectives.rota_values(board, cells)
            vectors.append(tuple(values[name] for name in instance.objectives))
    return min(vectors)
