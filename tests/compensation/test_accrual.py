"""What a running week is worth so far: by seconds, for each rate, never in the ledger."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period
from compensation.domain import accrual, money, pricing, shifts
from compensation.domain.rates import Rate

START = dt.datetime(2026, 5, 25, 8, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
SECONDS = 7 * 86400
HALF = dt.timedelta(days=3, hours=12)
A_HOLIDAY = dt.date(2026, 5, 27)


def a_shift(*people: str | None, cancelled_at: dt.datetime | None = None) -> shifts.Shift:
    """A week that is paid throughout, in equal parts."""
    part = WEEK / len(people)
    return shifts.Shift(
        key="S1",
        level="primary",
        time_zone="UTC",
        period=Period(starts_at=START, ends_at=START + WEEK),
        day_windows=(Period(starts_at=START - WEEK, ends_at=START + 2 * WEEK),),
        stints=tuple(
            shifts.Stint(
                person=person,
                period=Period(starts_at=START + place * part, ends_at=START + (place + 1) * part),
            )
            for place, person in enumerate(people)
        ),
        cancelled_at=cancelled_at,
    )


def a_rate(office: str, weekly_minor: int, currency: str = "EUR") -> Rate:
    return Rate(
        version=f"{office}-v1",
        office=office,
        level="primary",
        effective_from=dt.date(2026, 1, 1),
        weekly_minor=weekly_minor,
        holiday_minor=2400,
        currency=currency,
        inserted=1,
    )


def terms(*rates: Rate, **offices: str) -> pricing.Terms:
    people = {
        name: pricing.Person(key=name, office=office, holidays=frozenset({A_HOLIDAY}))
        for name, office in offices.items()
    }
    return pricing.Terms(people=people, rates=rates, is_paid=True)


@given(weekly=st.integers(0, 10**9), seconds=st.integers(1, SECONDS - 1))
def test_a_whole_week_of_one_person_accrues_by_its_seconds(weekly: int, seconds: int) -> None:
    at = START + dt.timedelta(seconds=seconds)

    found = accrual.accrual(a_shift("ben"), terms(a_rate("dublin", weekly), ben="dublin"), at=at)

    assert found.elapsed_seconds == seconds
    assert found.paid_seconds == SECONDS
    assert found.amounts[0].base_minor == money.half_up(weekly * seconds, SECONDS)


def test_each_currency_accrues_for_itself() -> None:
    both = terms(
        a_rate("dublin", 60000), a_rate("tokyo", 70000, "JPY"), ben="dublin", carla="tokyo"
    )

    found = accrual.accrual(a_shift("ben", "carla"), both, at=START + HALF + HALF / 2)

    assert [(one.currency, one.base_minor) for one in found.amounts] == [
        ("EUR", 30000),
        ("JPY", 17500),
    ]


def test_time_that_nobody_had_accrues_nothing() -> None:
    known = terms(a_rate("dublin", 60000), ben="dublin")

    found = accrual.accrual(a_shift(None, "ben"), known, at=START + HALF + HALF / 2)

    assert found.elapsed_seconds == SECONDS // 4
    assert found.amounts[0].base_minor == 15000


def test_a_holiday_stands_beside_the_week_and_not_in_it() -> None:
    known = terms(a_rate("dublin", 60000), ben="dublin")
    noon = dt.datetime(2026, 5, 27, 12, tzinfo=dt.UTC)

    found = accrual.accrual(a_shift("ben"), known, at=noon)

    assert found.amounts[0].holiday_minor == 1200
    assert found.amounts[0].base_minor == money.half_up(60000 * 52 * 3600, SECONDS)


def test_without_a_rate_nothing_is_said_in_money() -> None:
    found = accrual.accrual(a_shift("ben"), terms(ben="dublin"), at=START + HALF)

    assert found.is_blocked
    assert found.amounts == ()


def test_before_its_first_paid_second_a_week_is_not_blocked() -> None:
    found = accrual.accrual(a_shift("ben"), terms(ben="dublin"), at=START)

    assert not found.is_blocked
    assert found.elapsed_seconds == 0


def test_a_week_runs_from_its_start_until_its_end_or_its_cancellation() -> None:
    whole, cut = a_shift("ben"), a_shift("ben", cancelled_at=START + HALF)
    second = dt.timedelta(seconds=1)

    assert not accrual.is_running(whole, at=START - second)
    assert accrual.is_running(whole, at=START)
    assert accrual.is_running(whole, at=START + WEEK - second)
    assert not accrual.is_running(whole, at=START + WEEK)
    assert accrual.is_running(cut, at=START + HALF - second)
    assert not accrual.is_running(cut, at=START + HALF)
