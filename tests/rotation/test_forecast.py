"""The first week that nobody can cover and the newcomers it takes, against trying everything."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotation.solver import forecast, problem
from tests.rotation.problems import calendar_weeks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST = dt.date(2027, 3, 8)
LIMITS = forecast.Limits(term_weeks=26, seconds=60.0)
WEEKS = 5
Newcomers = tuple[tuple[str, int], ...]


def _problem(
    people: Iterable[problem.Person],
    *,
    weeks: int = WEEKS,
    rest: int = 1,
    levels: tuple[str, ...] = ("primary",),
    objectives: tuple[str, ...] = ("gaps",),
) -> problem.Problem:
    return problem.Problem(
        weeks=calendar_weeks("Europe/Dublin", FIRST, [100] * weeks),
        levels=tuple(problem.Level(id=level) for level in levels),
        rules=problem.Rules(min_rest_weeks=rest),
        people=tuple(people),
        objectives=objectives,
    )


def _week(position: int) -> str:
    return (FIRST + position * dt.timedelta(days=7)).isoformat()


def _person(
    name: str,
    *,
    first: int = 0,
    last: int = WEEKS - 1,
    levels: tuple[str, ...] = ("primary",),
    away: Iterable[int] = (),
) -> problem.Person:
    return problem.Person(
        id=name,
        roles=tuple(problem.Role(level=level) for level in levels),
        active=(problem.Span(first=_week(first), last=_week(last)),),
        unavailable=tuple(_week(position) for position in away),
    )


def _asked(
    given: problem.Problem, *, term_weeks: int = 26, shifts: int | None = None
) -> forecast.Forecast:
    people = tuple(
        dataclasses.replace(
            person,
            roles=tuple(dataclasses.replace(role, max_shifts=shifts) for role in person.roles),
        )
        for person in given.people
    )
    limits = forecast.Limits(
        term_weeks=term_weeks,
        seconds=60.0,
        shifts={} if shifts is None else {level.id: shifts for level in given.levels},
    )
    found = forecast.forecast(
        dataclasses.replace(given, people=people), limits=limits, should_stop=lambda: False
    )
    assert found is not None
    return found


def _free(person: problem.Person, position: int, given: problem.Problem) -> bool:
    """Whether the person may ever work in the week; written apart from the solver."""
    ids = [week.id for week in given.weeks]
    spans = [
        (
            0 if span.first is None else ids.index(span.first),
            len(ids) - 1 if span.last is None else ids.index(span.last),
        )
        for span in person.active
    ]
    return ids[position] not in person.unavailable and any(a <= position <= b for a, b in spans)


def _fewest_gaps(
    given: problem.Problem, *, covered: int = 0, limit: int | None = None
) -> int | None:
    """By trying everything: the fewest gaps with the first weeks covered, None if none does."""
    cells = [(p, level.id) for p in range(len(given.weeks)) for level in given.levels]
    choices = [
        [
            person
            for person in given.people
            if level in {role.level for role in person.roles} and _free(person, position, given)
        ]
        for position, level in cells
    ]
    best: list[int] = []

    def go_on(number: int, held: dict[str, list[tuple[int, str]]], gaps: int) -> None:
        if best and gaps >= best[0]:
            return
        if number == len(cells):
            best[:] = [gaps]
            return
        position, level = cells[number]
        for person in choices[number]:
            own = held.get(person.id, [])
            taken = sum(1 for _, at in own if at == level)
            rested = all(position - other > given.rules.min_rest_weeks for other, _ in own)
            if rested and (limit is None or taken < limit):
                go_on(number + 1, {**held, person.id: [*own, (position, level)]}, gaps)
        if position >= covered:
            go_on(number + 1, held, gaps + 1)

    go_on(0, {}, 0)
    return best[0] if best else None


def _joined(given: problem.Problem, newcomers: Newcomers) -> problem.Problem:
    people = tuple(
        problem.Person(
            id=f"new{number}",
            roles=(problem.Role(level=level),),
            active=(problem.Span(first=_week(start)),),
        )
        for number, (level, start) in enumerate(newcomers)
    )
    return dataclasses.replace(given, people=(*given.people, *people))


def _newcomers(found: forecast.Forecast, given: problem.Problem) -> Newcomers:
    ids = [week.id for week in given.weeks]
    return tuple(
        (each.level, ids.index(each.start)) for each in found.needed for _ in range(each.newcomers)
    )


def _too_few(newcomers: Newcomers) -> Iterator[Newcomers]:
    """One fewer at a level, all of that level from the first week on."""
    for level in {level for level, _ in newcomers}:
        own = [(level, 0) for at, _ in newcomers if at == level][1:]
        yield (*own, *((at, start) for at, start in newcomers if at != level))


def _too_late(newcomers: Newcomers, weeks: int) -> Iterator[Newcomers]:
    """Of a level the first ones in time, and all after them a week later than the next to join."""
    for level in {level for level, _ in newcomers}:
        own = sorted(start for at, start in newcomers if at == level)
        others = [each for each in newcomers if each[0] != level]
        for number, start in enumerate(own):
            late = [start + 1] * (len(own) - number)
            if start + 1 < weeks:
                yield (*others, *((level, each) for each in (*own[:number], *late)))


@st.composite
def _problems(draw: st.DrawFn) -> problem.Problem:
    levels = ("primary", "escalation")[: draw(st.integers(1, 2))]
    weeks = draw(st.integers(1, WEEKS if len(levels) == 1 else WEEKS - 1))
    people = []
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.integers(0, weeks - 1))
        people.append(
            _person(
                f"{number}",
                first=first,
                last=draw(st.integers(first, weeks - 1)),
                levels=tuple(draw(st.sets(st.sampled_from(levels), min_size=1))),
                away=draw(st.sets(st.integers(0, weeks - 1), max_size=2)),
            )
        )
    return _problem(
        people,
        weeks=weeks,
        rest=draw(st.integers(0, 2)),
        levels=levels,
        objectives=draw(st.sampled_from([("gaps",), ("overload", "gaps"), ("gaps", "overload")])),
    )


@settings(max_examples=60, deadline=None)
@given(_problems(), st.integers(1, 2))
def test_the_first_gap_and_the_fewest_newcomers_are_those_that_trying_everything_finds(
    given: problem.Problem, shifts: int
) -> None:
    limit = shifts if given.objectives[0] == "overload" else None

    found = _asked(given, shifts=shifts)

    counts = range(len(given.weeks) + 1)
    covered = max(n for n in counts if _fewest_gaps(given, covered=n, limit=limit) is not None)
    assert found.proven
    assert found.first_gap == (None if covered == len(given.weeks) else _week(covered))
    assert len(found.gaps) == _fewest_gaps(given, covered=covered, limit=limit)
    newcomers = _newcomers(found, given)
    assert bool(newcomers) == (found.first_gap is not None)
    assert _fewest_gaps(_joined(given, newcomers), limit=limit) == 0
    for wrong in itertools.chain(_too_few(newcomers), _too_late(newcomers, len(given.weeks))):
        assert _fewest_gaps(_joined(given, wrong), limit=limit) != 0


def test_a_team_that_stays_needs_nobody() -> None:
    given = _problem([_person("anna"), _person("ben")])

    found = _asked(given)

    assert found == forecast.Forecast(first_gap=None, gaps=(), needed=(), proven=True)


def test_a_term_that_ends_leaves_a_gap_from_the_week_in_which_one_is_missing() -> None:
    given = _problem([_person("anna"), _person("ben", last=2)])

    found = _asked(given)

    # Ben can carry the week with index 2, Anna the one after; then she rests.
    assert (found.first_gap, found.gaps) == (_week(4), ((_week(4), "primary"),))
    assert found.needed == (forecast.Needed(level="primary", newcomers=1, start=_week(4)),)


def test_nobody_at_all_leaves_the_first_week_open() -> None:
    found = _asked(_problem([], weeks=3, rest=1))

    assert found.first_gap == _week(0)
    assert [(each.newcomers, each.start) for each in found.needed] == [(1, _week(0)), (1, _week(1))]


def test_fewer_newcomers_count_more_than_later_ones() -> None:
    # Two who come when the gap does would do; one is enough a week before, so that Anna rests.
    given = _problem([_person("anna", away=[4]), _person("ben", last=1)])

    found = _asked(given)

    assert found.first_gap == _week(3)
    assert found.needed == (forecast.Needed(level="primary", newcomers=1, start=_week(2)),)


def test_fixed_weeks_stay_fixed() -> None:
    given = dataclasses.replace(
        _problem([_person("anna"), _person("ben", last=2)]),
        pins=(problem.Pin(week=_week(2), level="primary", person="anna"),),
    )

    found = _asked(given)

    assert found.first_gap == _week(3)


def test_fixed_weeks_that_contradict_the_rules_are_said() -> None:
    pins = tuple(
        problem.Pin(week=_week(position), level="primary", person="anna") for position in (1, 2)
    )

    with pytest.raises(forecast.ContradictionError) as caught:
        _asked(dataclasses.replace(_problem([_person("anna")]), pins=pins))

    assert {each.code for each in caught.value.conflicts} == {"pin_rest"}


def test_somebody_fixed_who_serves_no_more_is_said_though_nobody_covers_any_week() -> None:
    gone = problem.Pin(week=_week(0), level="primary", person="gone")
    given = dataclasses.replace(_problem([]), pins=(gone,))

    with pytest.raises(forecast.ContradictionError) as caught:
        _asked(given)

    assert {each.code for each in caught.value.conflicts} == {"pin_unknown"}


def test_a_newcomers_limit_counts_once_for_each_term() -> None:
    given = _problem([], weeks=4, rest=0, objectives=("overload", "gaps"))

    one_term = _asked(given, shifts=1)
    two_terms = _asked(given, shifts=1, term_weeks=2)

    assert sum(each.newcomers for each in one_term.needed) == 4
    assert sum(each.newcomers for each in two_terms.needed) == 2


def test_without_time_nothing_is_called_proven() -> None:
    given = _problem([_person("anna"), _person("ben", last=2)])

    found = forecast.forecast(
        given, limits=forecast.Limits(term_weeks=26, seconds=0.0), should_stop=lambda: False
    )

    assert found is not None
    assert not found.proven


def test_a_search_that_nobody_wants_any_more_says_nothing() -> None:
    given = _problem([_person("anna")])

    assert forecast.forecast(given, limits=LIMITS, should_stop=lambda: True) is None
