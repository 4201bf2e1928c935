from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from rotation import instances
from rotation.domain import fairness, planning, slots
from rotation.domain.fairness import HeldWeek
from rotation.queries.fairness import one_decimal
from rotation.solver import objectives
from tests.builders import NEXT_WEEK, WEEK

PATTERN = slots.WeekPattern(
    zone="Europe/Dublin", handover_weekday=0, handover_time=dt.time(12), business_start=None
)
BEN, CARLA = 1, 2
ALWAYS = ((NEXT_WEEK, None),)


def _weeks(count: int, holder: int | None = None) -> list[HeldWeek]:
    return [
        HeldWeek(week_date=NEXT_WEEK + number * WEEK, load=100, holder_id=holder)
        for number in range(count)
    ]


def test_two_people_with_equal_terms_share_in_half() -> None:
    shares = fairness.shares({BEN: ALWAYS, CARLA: ALWAYS}, _weeks(4, BEN), NEXT_WEEK)

    assert [(share.engineer_id, share.load, share.fair, share.off) for share in shares] == [
        (BEN, 400, 200, 200),
        (CARLA, 0, 200, -200),
    ]


def test_a_share_follows_the_weeks_in_term() -> None:
    half = ((NEXT_WEEK, NEXT_WEEK + 2 * WEEK),)

    shares = fairness.shares({BEN: ALWAYS, CARLA: half}, _weeks(4), NEXT_WEEK)

    assert {share.engineer_id: share.fair for share in shares} == {BEN: 267, CARLA: 133}


def test_those_who_have_left_leave_no_debt_behind() -> None:
    past = _weeks(2, holder=99)
    coming = [
        HeldWeek(week_date=NEXT_WEEK + number * WEEK, load=100, holder_id=BEN) for number in (2, 3)
    ]

    (share,) = fairness.shares({BEN: ALWAYS}, past + coming, NEXT_WEEK + 2 * WEEK)

    assert (share.load, share.fair) == (200, 200)


def test_without_weeks_in_term_nobody_has_a_share() -> None:
    later = ((NEXT_WEEK + 10 * WEEK, None),)

    (share,) = fairness.shares({BEN: later}, _weeks(2), NEXT_WEEK)

    assert share.fair == 0


def test_a_figure_has_one_decimal_and_a_true_minus() -> None:
    assert [one_decimal(value) for value in (0, 4, 5, 556, -1234)] == [
        "0.0",
        "0.0",
        "0.1",
        "5.6",
        "−12.3",
    ]
    assert [one_decimal(value, sign=True) for value in (0, 40, -4, -44)] == [
        "0.0",
        "+0.4",
        "0.0",
        "−0.4",
    ]


def _person(number: int, terms: tuple[tuple[dt.date, dt.date | None], ...]) -> planning.PlanPerson:
    return planning.PlanPerson(
        engineer_id=number,
        name=f"P{number}",
        home_team=None,
        terms=terms,
        away=(),
        wants=(),
        avoids=(),
        prior_load=0,
        prior_weeks=0,
        prior_holidays=0,
        last_week=None,
    )


@given(
    loads=st.lists(st.sampled_from([100, 150, 200]), min_size=1, max_size=12),
    spans=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 12)), min_size=1, max_size=5),
)
def test_the_published_share_is_the_one_that_drafts_are_solved_by(
    loads: list[int], spans: list[tuple[int, int]]
) -> None:
    weeks = slots.weeks_from(PATTERN, NEXT_WEEK, len(loads))
    people = [
        _person(number, ((NEXT_WEEK + first * WEEK, NEXT_WEEK + (first + length) * WEEK),))
        for number, (first, length) in enumerate(spans)
    ]
    level = planning.PlanLevel(
        level="primary", rest_weeks=0, shifts_per_term=None, people=tuple(people), pins=()
    )
    plan = planning.Plan(
        zone=PATTERN.zone,
        weeks=tuple(
            planning.PlanWeek(week_date=week.week_date, period=week.period, load=load, holidays=())
            for week, load in zip(weeks, loads, strict=True)
        ),
        levels=(level,),
        spacing_weeks=0,
        objectives=("gaps",),
        policy_number=1,
    )
    solved_by = objectives.fair_loads(instances.problem_of(plan, (level,)))["primary"]
    held = [
        HeldWeek(week_date=week.week_date, load=load, holder_id=None)
        for week, load in zip(weeks, loads, strict=True)
    ]

    shares = fairness.shares(
        {person.engineer_id: person.terms for person in people}, held, NEXT_WEEK
    )

    assert {str(share.engineer_id): share.fair for share in shares} == solved_by
