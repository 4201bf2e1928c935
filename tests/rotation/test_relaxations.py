from __future__ import annotations

import dataclasses
import itertools

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from rotation.solver import grid, problem, relaxations, solve
from tests.rotation import problems

some = hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
EVERYWHERE = (problem.Span(),)


@some
@given(problems.problems(most_weeks=4))
def test_every_way_closes_what_it_says_when_everything_is_tried(instance: problem.Problem) -> None:
    found = solve.solve(instance)

    closings = relaxations.closings(instance, found)

    gaps = [(each.week, each.level) for each in found.assignments if each.person is None]
    assert [(each.week, each.level) for each in closings] == gaps
    least = _least_gaps(instance)
    for closing in closings:
        for way in closing.ways:
            assert least - _least_gaps_with(instance, closing, way) == way.closes


@some
@given(problems.problems(most_weeks=4))
def test_no_rest_that_is_less_short_closes_the_gap(instance: problem.Problem) -> None:
    found = solve.solve(instance)

    for closing in relaxations.closings(instance, found):
        for way in closing.ways:
            if way.kind == "rest" and way.weeks > 1:
                shorter = dataclasses.replace(way, weeks=way.weeks - 1)
                assert _least_gaps_with(instance, closing, shorter) >= _least_gaps(instance)


def test_a_rest_that_is_one_week_short_is_named() -> None:
    instance = _problem(3, _person("anna", weeks=(0, 2)), _person("ben", weeks=(1,)), rest=2)

    (closing,) = relaxations.closings(instance, solve.solve(instance))

    assert _told(closing)[0] == ("rest", "anna", 1, None, 1)
    assert _told(closing)[-1][0] == "volunteer"


def test_somebody_away_is_named_when_being_there_would_close_it() -> None:
    instance = _problem(1, _person("anna", away=(0,)))

    (closing,) = relaxations.closings(instance, solve.solve(instance))

    assert closing.ways[0].kind == "absence"
    assert closing.ways[0].person == "anna"


def test_a_term_that_ends_too_early_says_by_how_many_weeks() -> None:
    instance = _problem(4, _person("anna", weeks=(0, 1)))

    first, second = relaxations.closings(instance, solve.solve(instance))

    assert ("term", "anna", 1, None, 1) in _told(first)
    assert ("term", "anna", 2, None, 2) in _told(second)


def test_a_term_that_begins_too_late_says_from_when() -> None:
    instance = _problem(2, _person("anna", weeks=(1,)))

    (closing,) = relaxations.closings(instance, solve.solve(instance))

    assert ("term", "anna", 1, instance.weeks[0].id, 1) in _told(closing)


def test_a_rule_by_hand_is_named() -> None:
    instance = _problem(1, _person("anna"))
    week = instance.weeks[0].id
    kept_away = problem.Pin(week=week, level="primary", person="anna")
    instance = dataclasses.replace(instance, forbidden=(kept_away,))

    (closing,) = relaxations.closings(instance, solve.solve(instance))

    assert _told(closing)[0] == ("forbidden", "anna", 1, None, 1)


def test_a_limit_is_a_reason_only_where_it_counts_before_gaps() -> None:
    instance = _problem(2, _person("anna", most=1))
    strict = dataclasses.replace(instance, objectives=("overload", "gaps"))

    (closing,) = relaxations.closings(strict, solve.solve(strict))

    assert relaxations.closings(instance, solve.solve(instance)) == ()
    assert _told(closing)[0] == ("limit", "anna", 1, None, 1)


def test_a_newcomer_from_the_first_gap_closes_all_that_one_person_can() -> None:
    instance = _problem(5, _person("anna", weeks=(0, 1, 2)), _person("ben", weeks=(0, 1, 2)))

    first, second = relaxations.closings(instance, solve.solve(instance))

    assert _told(first)[-1] == ("volunteer", None, 1, instance.weeks[3].id, 2)
    assert _told(second)[-1] == ("volunteer", None, 1, instance.weeks[4].id, 1)


def test_without_proof_nothing_is_explained() -> None:
    instance = _problem(3, _person("anna"), rest=1)
    cut = dataclasses.replace(solve.solve(instance), bounds={"gaps": 0})

    assert relaxations.closings(instance, cut) == ()


def _told(closing: relaxations.Closing) -> list[tuple[str, str | None, int, str | None, int]]:
    return [(way.kind, way.person, way.weeks, way.start, way.closes) for way in closing.ways]


def _person(
    name: str,
    *,
    weeks: tuple[int, ...] = (),
    away: tuple[int, ...] = (),
    most: int | None = None,
) -> problem.Person:
    ids = [week.id for week in problems.calendar_weeks("UTC", problems.CHANGES[0], [100] * 6)]
    spans = tuple(problem.Span(first=ids[i], last=ids[i]) for i in weeks)
    return problem.Person(
        id=name,
        roles=(problem.Role(level="primary", max_shifts=most),),
        active=spans or EVERYWHERE,
        unavailable=tuple(ids[i] for i in away),
    )


def _problem(weeks: int, *people: problem.Person, rest: int = 0) -> problem.Problem:
    return problem.Problem(
        weeks=problems.calendar_weeks("UTC", problems.CHANGES[0], [100] * weeks),
        levels=(problem.Level(id="primary"),),
        rules=problem.Rules(min_rest_weeks=rest),
        people=people,
        objectives=("gaps",),
    )


def _least_gaps_with(
    instance: problem.Problem, closing: relaxations.Closing, way: relaxations.Way
) -> int:
    """The least number of gaps with the change made and the gap given to whom it concerns."""
    pin = problem.Pin(week=closing.week, level=closing.level, person=way.person or "newcomer")
    if way.kind == "rest":
        return _least_gaps(instance, pin=pin, short=way.weeks)
    people = list(instance.people)
    if way.kind == "volunteer":
        role = problem.Role(level=closing.level)
        active = (problem.Span(first=way.start),)
        people.append(problem.Person(id="newcomer", roles=(role,), active=active))
    else:
        people = [
            _changed(instance, person, closing, way) if person.id == way.person else person
            for person in people
        ]
    return _least_gaps(dataclasses.replace(instance, people=tuple(people)), pin=pin)


def _changed(
    instance: problem.Problem,
    person: problem.Person,
    closing: relaxations.Closing,
    way: relaxations.Way,
) -> problem.Person:
    if way.kind == "absence":
        away = tuple(week for week in person.unavailable if week != closing.week)
        return dataclasses.replace(person, unavailable=away)
    assert way.kind == "term"
    span = _from_the_nearest(instance, person, closing.week)
    return dataclasses.replace(person, active=(*person.active, span))


def _from_the_nearest(instance: problem.Problem, person: problem.Person, week: str) -> problem.Span:
    """A term is in one piece: from the active week that is nearest, the earlier of two."""
    board = grid.grid_of(instance)
    here = board.positions[week]
    active = board.members[board.member_indices[person.id]].active
    _distance, near = min((abs(each - here), each) for each in active)
    first, last = sorted((near, here))
    return problem.Span(first=instance.weeks[first].id, last=instance.weeks[last].id)


def _least_gaps(
    instance: problem.Problem, *, pin: problem.Pin | None = None, short: int = 0
) -> int:
    """By trying everything; of the pinned person the rest around the pin may be too short."""
    board = grid.grid_of(instance)
    cells = board.cells()
    fixed, who = None, None
    if pin is not None:
        fixed = (board.positions[pin.week], board.level_indices[pin.level])
        who = board.member_indices[pin.person]
    choices: list[list[int | None]] = []
    for cell in cells:
        free = [
            m.index for m in board.members if _may(board, m, cell, short if cell == fixed else 0)
        ]
        choices.append([who] if cell == fixed and who in free else [None, *free])
        if cell == fixed and who not in free:
            return len(cells)
    counts = [
        sum(1 for each in row if each is None)
        for row in itertools.product(*choices)
        if not any(
            one is not None
            and one == other
            and abs(a[0] - b[0]) <= board.rest - (short if one == who and fixed in {a, b} else 0)
            for (a, one), (b, other) in itertools.combinations(zip(cells, row, strict=True), 2)
        )
    ]
    return min(counts, default=len(cells))


def _may(board: grid.Grid, member: grid.Member, cell: grid.Cell, short: int) -> bool:
    reason = board.own_reason(member, cell)
    if reason == "rest" and member.last is not None:
        return cell[0] - member.last > board.rest - short
    return reason is None
