"""The sum that a reader is shown gives the very amount that was priced, step by step."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.domain import explaining, money
from compensation.domain.explaining import Posted
from compensation.domain.segments import HolidayShare

AT = dt.datetime(2026, 10, 12, 11, tzinfo=dt.UTC)
WEIGHTS = st.lists(st.integers(1, 400_000), min_size=1, max_size=6)


@given(weekly=st.integers(0, 10**7), weights=WEIGHTS, gap=st.integers(0, 200_000))
def test_the_working_of_each_part_gives_what_pricing_gives(
    weekly: int, weights: list[int], gap: int
) -> None:
    whole = sum(weights) + gap
    pool = money.half_up(weekly * sum(weights), whole)

    found = [
        explaining.base_working(
            weekly_minor=weekly, week_seconds=whole, weights=weights, index=index
        )
        for index in range(len(weights))
    ]

    assert [each.minor for each in found if each] == money.split(pool, weights)
    for each in found:
        assert each is not None
        assert each.pool.minor == pool
        assert each.floor_minor * sum(weights) + each.remainder == pool * each.seconds
        assert sum(1 for other in found if other and other.gets_unit) == each.left_over


@given(holiday=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 86_400), min_size=1, max_size=4))
def test_the_parts_of_a_holiday_add_up_to_it(holiday: int, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 86_400]

    parts = [
        explaining.holiday_working(
            holiday_minor=holiday,
            share=HolidayShare(
                date=dt.date(2026, 10, 26), from_second=first, to_second=last, date_seconds=86_400
            ),
        )
        for first, last in itertools.pairwise(edges)
    ]

    assert sum(each.minor for each in parts if each) == holiday


def test_the_sums_can_be_done_again_by_hand() -> None:
    working = explaining.base_working(
        weekly_minor=60000, week_seconds=451_800, weights=[289_800, 86_400, 75_600], index=1
    )

    assert working is not None
    assert working.pool.minor == 60000
    assert working.exact("EUR") == "114.741035"
    assert (working.floor_minor, working.left_over, working.place) == (11474, 1, 2)
    assert (working.gets_unit, working.minor) == (False, 11474)


@pytest.mark.parametrize(
    ("currency", "numerator", "denominator", "text"),
    [
        ("EUR", 60000, 1, "600.00"),
        ("EUR", 100, 3, "0.333333"),
        ("JPY", 40001, 2, "20000.5"),
        ("JPY", 40000, 1, "40000"),
        ("KWD", 1250, 4, "0.3125"),
        ("KWD", 2000, 1, "2.000"),
    ],
)
def test_a_quotient_has_the_currencys_decimals_and_those_that_count(
    currency: str, numerator: int, denominator: int, text: str
) -> None:
    assert explaining.quotient_text(numerator, denominator, currency) == text


def _posted(
    number: int, *, rate: int = 1, start: int = 0, at: int = 0, reverses: int | None = None
) -> Posted:
    return Posted(
        number=number,
        rate_id=rate,
        seconds=100,
        starts_at=AT + dt.timedelta(hours=start),
        posted_at=AT + dt.timedelta(days=at),
        reverses=reverses,
    )


def test_a_pool_is_that_of_the_moment_of_posting_and_of_one_rate() -> None:
    entries = [
        _posted(1),
        _posted(2, start=5),
        _posted(3, rate=2, start=9),
        _posted(4, at=1, start=5, reverses=2),
        _posted(5, at=1, start=5),
        _posted(6, at=1, start=7),
    ]

    assert [each.number for each in explaining.pool_at(entries, 2)] == [1, 2]
    assert [each.number for each in explaining.pool_at(entries, 3)] == [3]
    assert [each.number for each in explaining.pool_at(entries, 6)] == [1, 5, 6]


def test_two_corrections_at_one_instant_are_two_steps() -> None:
    entries = [
        _posted(1),
        _posted(2, at=1, reverses=1),
        _posted(3, at=1),
        _posted(4, at=1, reverses=3),
        _posted(5, at=1),
        _posted(6, at=1, start=3),
    ]

    assert [each.number for each in explaining.pool_at(entries, 3)] == [3]
    assert [each.number for each in explaining.pool_at(entries, 5)] == [5, 6]


@pytest.mark.parametrize("weights", [[0], [0, 0]])
def test_nothing_carried_has_no_sum(weights: list[int]) -> None:
    assert explaining.base_working(weekly_minor=1, week_seconds=9, weights=weights, index=0) is None
