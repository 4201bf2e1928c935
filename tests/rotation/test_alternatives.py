from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rotation.solver import alternatives, grid, problem, solve
from rotation.solver.solution import Assignment
from tests.rotation import problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.solver.alternatives import Alternative, Alternatives

few = hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
WEEKS = problems.calendar_weeks("Europe/Dublin", problems.CHANGES[0], [100] * 4)
IDS = [week.id for week in WEEKS]
ORDER = ("gaps", "unfairness", "preferences", "changes")


def _person(name: str, **more: object) -> problem.Person:
    person = problem.Person(
        id=name, roles=(problem.Role(level="primary"),), active=(problem.Span(),)
    )
    return dataclasses.replace(person, **more)  # type: ignore[arg-type]


def _instance(
    *people: problem.Person,
    levels: tuple[str, ...] = ("primary",),
    rest: int = 0,
    pins: tuple[problem.Pin, ...] = (),
    order: tuple[str, ...] = ORDER,
) -> problem.Problem:
    return problem.Problem(
        weeks=WEEKS,
        levels=tuple(problem.Level(id=level) for level in levels),
        rules=problem.Rules(min_rest_weeks=rest),
        people=people,
        pins=pins,
        objectives=order,
    )


def _rota(*names: str | None) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(week=week, level="primary", person=name)
        for week, name in zip(IDS, names, strict=True)
    )


def _asked(
    instance: problem.Problem,
    rota: Sequence[Assignment],
    *,
    week: str = IDS[1],
    level: str = "primary",
    time_limit: float = 60.0,
) -> Alternatives:
    question = alternatives.Question(problem=instance, given=tuple(rota), week=week, level=level)
    found = alternatives.alternatives(question, time_limit=time_limit, should_stop=lambda: False)
    assert found is not None
    return found


def _by_name(found: Alternatives) -> dict[str, Alternative]:
    return {each.person: each for each in found.people}


@few
@given(problems.problems(most_weeks=3), st.data())
def test_each_cost_is_that_of_the_best_rota_among_all_with_the_person_there(
    instance: problem.Problem, data: st.DataObject
) -> None:
    rota = solve.solve(instance).assignments
    cell = data.draw(st.sampled_from(rota))
    standing = problems.published_as(instance, rota, order=instance.objectives)
    board = grid.grid_of(standing)

    found = _asked(instance, rota, week=cell.week, level=cell.level)

    for each in found.people:
        if each.holds or each.why is not None:
            continue
        pin = problem.Pin(week=cell.week, level=cell.level, person=each.person)
        best = problems.best_vector(dataclasses.replace(standing, pins=(pin,)))
        costs = [each.costs[name] + found.base[name] for name in standing.objectives]
        assert tuple(costs) == best
        assert each.proven
    index = board.level_indices[cell.level]
    assert {each.person for each in found.people} == {m.id for m in board.holders(index)}


@few
@given(problems.problems(most_weeks=3), st.data())
def test_nobody_is_better_in_a_cell_of_the_best_rota_than_its_holder(
    instance: problem.Problem, data: st.DataObject
) -> None:
    instance = dataclasses.replace(instance, published=None)
    solved = solve.solve(instance)
    cell = data.draw(st.sampled_from(solved.assignments))

    found = _asked(instance, solved.assignments, week=cell.week, level=cell.level)

    nothing = tuple(0 for _name in found.order)
    for each in found.people:
        costs = tuple(each.costs[name] for name in found.order if each.costs)
        assert each.holds == (each.person == cell.person)
        assert each.holds is False or (costs, each.moves) == (nothing, 0)
        assert costs == () or costs >= nothing


@few
@given(problems.problems(most_weeks=3), st.data())
def test_whoever_cannot_at_all_is_told_by_their_own_reason(
    instance: problem.Problem, data: st.DataObject
) -> None:
    rota = solve.solve(instance).assignments
    cell = data.draw(st.sampled_from(rota))
    board = grid.grid_of(instance)
    place = (board.positions[cell.week], board.level_indices[cell.level])

    found = _asked(instance, rota, week=cell.week, level=cell.level)

    for each in found.people:
        member = board.members[board.member_indices[each.person]]
        assert each.why == board.own_reason(member, place)
        assert (each.costs == {}) == (each.why is not None)


def test_a_swap_of_two_weeks_costs_one_other_cell_and_the_wish() -> None:
    anna, ben = _person("anna", wants=(IDS[1],)), _person("ben")
    instance = _instance(anna, ben, order=("gaps", "unfairness", "changes", "preferences"))

    found = _by_name(_asked(instance, _rota("ben", "anna", "ben", "anna")))

    assert found["anna"].holds
    assert found["ben"].costs == {"gaps": 0, "unfairness": 0, "changes": 2, "preferences": 1}
    assert found["ben"].moves == 1


def test_changes_count_last_where_the_order_does_not_count_them() -> None:
    instance = _instance(_person("anna"), _person("ben"), order=("gaps", "unfairness"))

    found = _asked(instance, _rota("ben", "anna", "ben", "anna"))

    assert found.order == ("gaps", "unfairness", "changes")
    assert _by_name(found)["ben"].costs == {"gaps": 0, "unfairness": 0, "changes": 2}


def test_somebody_who_can_take_a_gap_only_by_leaving_another_is_told_the_price() -> None:
    instance = _instance(_person("anna"), rest=2)

    found = _by_name(_asked(instance, _rota("anna", None, None, "anna")))

    assert found["anna"].why is None
    assert found["anna"].costs["gaps"] == 1
    assert found["anna"].moves == 2


def test_a_week_fixed_nearby_keeps_its_person_from_this_one() -> None:
    pin = problem.Pin(week=IDS[0], level="primary", person="ben")
    instance = _instance(_person("anna"), _person("ben"), rest=1, pins=(pin,))

    found = _by_name(_asked(instance, _rota("ben", "anna", "ben", "anna")))

    assert (found["ben"].why, found["ben"].costs) == ("rest", {})


def test_a_person_fixed_in_this_week_by_hand_gives_way_to_the_question() -> None:
    pin = problem.Pin(week=IDS[1], level="primary", person="anna")
    instance = _instance(_person("anna"), _person("ben"), pins=(pin,))

    found = _by_name(_asked(instance, _rota("ben", "anna", "ben", "anna")))

    assert (found["ben"].why, found["ben"].moves) == (None, 1)


def test_a_week_fixed_at_the_other_level_keeps_its_person_from_this_one() -> None:
    both = (problem.Role(level="primary"), problem.Role(level="escalation"))
    pin = problem.Pin(week=IDS[1], level="escalation", person="ben")
    instance = _instance(
        _person("anna", roles=both),
        _person("ben", roles=both),
        levels=("primary", "escalation"),
        pins=(pin,),
    )
    fixed = Assignment(week=IDS[1], level="escalation", person="ben")

    found = _by_name(_asked(instance, (*_rota("ben", "anna", "ben", "anna"), fixed)))

    assert found["ben"].why == "other_level"


def test_a_holder_who_has_left_stays_named_and_leaves_a_gap_to_compare_with() -> None:
    instance = _instance(_person("anna"), _person("ben"))

    found = _asked(instance, _rota("ben", "gone", "ben", "anna"))

    assert [each.person for each in found.people] == ["gone", "anna", "ben"]
    assert (found.people[0].holds, found.people[0].why) == (True, "no_role")
    assert found.base["gaps"] == 1
    assert _by_name(found)["anna"].costs["gaps"] == -1


def test_pins_that_contradict_each_other_without_the_question_are_an_error() -> None:
    pins = tuple(problem.Pin(week=week, level="primary", person="ben") for week in IDS[2:])
    instance = _instance(_person("anna"), _person("ben"), rest=1, pins=pins)

    with pytest.raises(alternatives.ContradictionError) as raised:
        _asked(instance, _rota(None, None, "ben", "ben"))

    assert {each.code for each in raised.value.conflicts} == {"pin_rest"}


def test_without_time_the_first_rota_found_is_given_and_said_to_be_unproven() -> None:
    instance = _instance(_person("anna"), _person("ben"))

    found = _by_name(_asked(instance, _rota("ben", "anna", "ben", "anna"), time_limit=0.0))

    assert not found["ben"].proven
    assert found["ben"].costs


def test_whoever_asks_can_end_it_between_two_people() -> None:
    people = [_person(name) for name in problems.NAMES]
    question = alternatives.Question(
        problem=_instance(*people), given=_rota(*problems.NAMES[:4]), week=IDS[0], level="primary"
    )
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    found = alternatives.alternatives(question, time_limit=60.0, should_stop=should_stop)

    assert found is None
    assert len(asked) == 3


@few
@given(problems.problems(most_weeks=5, most_people=4), st.data())
def test_the_same_question_has_the_same_answer(
    instance: problem.Problem, data: st.DataObject
) -> None:
    rota = solve.solve(instance).assignments
    cell = data.draw(st.sampled_from(rota))

    answers = [_asked(instance, rota, week=cell.week, level=cell.level) for _time in range(2)]

    assert answers[0] == answers[1]
