from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from common.periods import Period
from compensation.domain import pricing, shifts
from compensation.domain.rates import Rate
from rotation.domain import slots

if TYPE_CHECKING:
    from collections.abc import Iterable

ZONE = "Europe/London"
LONDON = slots.WeekPattern(
    zone=ZONE,
    handover_weekday=0,
    handover_time=dt.time(9),
    business_start=dt.time(9),
    business_end=dt.time(17, 30),
)
HOLIDAY = dt.date(2026, 6, 10)


def rate(office: str = "london", weekly: int = 50000, holiday: int = 9000, **changes: Any) -> Rate:
    plain = Rate(
        version=f"{office}-primary-v1",
        office=office,
        level="primary",
        effective_from=dt.date(2026, 1, 1),
        weekly_minor=weekly,
        holiday_minor=holiday,
        currency="GBP",
        inserted=1,
    )
    return dataclasses.replace(plain, **changes)


def at(text: str) -> dt.datetime:
    wall = dt.datetime.fromisoformat(text)
    return slots.local_instant(ZONE, wall.date(), wall.time())


def shift(
    who: Iterable[tuple[str | None, str, str]] = (("ben", "2026-06-08T09:00", "2026-06-15T09:00"),),
    *,
    cancelled: str | None = None,
    level: str = "primary",
    start: dt.date = dt.date(2026, 6, 8),
) -> shifts.Shift:
    week = slots.week_of(LONDON, start)
    return shifts.Shift(
        key="S1",
        level=level,
        time_zone=ZONE,
        period=week.period,
        day_windows=tuple(slots.day_windows(LONDON, week, frozenset())),
        stints=tuple(
            shifts.Stint(person=person, period=Period(starts_at=at(first), ends_at=at(last)))
            for person, first, last in who
        ),
        cancelled_at=at(cancelled) if cancelled else None,
    )


People = dict[str, tuple[str | None, frozenset[dt.date]]]
NO_HOLIDAYS = frozenset[dt.date]()


def terms(*rates: Rate, is_paid: bool = True, people: People | None = None) -> pricing.Terms:
    known = people or dict.fromkeys(("anna", "ben", "carla"), ("london", NO_HOLIDAYS))
    return pricing.Terms(
        people={
            name: pricing.Person(key=name, office=office, holidays=holidays)
            for name, (office, holidays) in known.items()
        },
        rates=rates or (rate(),),
        is_paid=is_paid,
    )


def priced(result: pricing.Priced | pricing.Blocked) -> pricing.Priced:
    assert isinstance(result, pricing.Priced)
    return result


def amounts(result: pricing.Priced | pricing.Blocked) -> list[tuple[str, str, int, int]]:
    entries = priced(result).entries
    return [(entry.person, entry.kind, entry.seconds, entry.amount_minor) for entry in entries]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-06-08", "2026-06-15", 125.5),
        ("2026-03-23", "2026-03-30", 124.5),
        ("2026-10-19", "2026-10-26", 126.5),
    ],
)
def test_a_whole_week_pays_its_rate_whatever_the_clock_change_did(
    start: str, end: str, hours: float
) -> None:
    worked = shift([("ben", f"{start}T09:00", f"{end}T09:00")], start=dt.date.fromisoformat(start))

    result = pricing.price(worked, terms())

    assert amounts(result) == [("ben", "BASE", int(hours * 3600), 50000)]


def test_a_gap_keeps_its_seconds_and_is_paid_to_nobody() -> None:
    worked = shift(
        [
            ("ben", "2026-06-08T09:00", "2026-06-13T00:00"),
            (None, "2026-06-13T00:00", "2026-06-14T00:00"),
            ("ben", "2026-06-14T00:00", "2026-06-15T09:00"),
        ]
    )

    result = priced(pricing.price(worked, terms()))

    assert [entry.seconds for entry in result.entries] == [246600, 118800]
    assert sum(entry.amount_minor for entry in result.entries) == 40438
    assert (result.paid_seconds, result.gap_seconds) == (451800, 86400)


def test_a_cover_in_office_hours_alone_cuts_no_segment() -> None:
    worked = shift(
        [
            ("ben", "2026-06-08T09:00", "2026-06-09T09:00"),
            ("carla", "2026-06-09T09:00", "2026-06-09T17:30"),
            ("ben", "2026-06-09T17:30", "2026-06-15T09:00"),
        ]
    )

    assert amounts(pricing.price(worked, terms())) == [("ben", "BASE", 451800, 50000)]


def test_each_rate_version_has_a_pool_of_its_own() -> None:
    worked = shift(
        [
            ("ben", "2026-06-08T09:00", "2026-06-13T00:00"),
            ("anna", "2026-06-13T00:00", "2026-06-15T09:00"),
        ]
    )
    people: People = {"ben": ("london", NO_HOLIDAYS), "anna": ("dublin", NO_HOLIDAYS)}

    result = priced(
        pricing.price(worked, terms(rate(), rate("dublin", 60000, currency="EUR"), people=people))
    )

    assert [(entry.currency, entry.amount_minor) for entry in result.entries] == [
        ("GBP", 27291),
        ("EUR", 27251),
    ]


def test_the_rate_is_that_of_the_shifts_start_and_the_later_insert_wins() -> None:
    rates = [
        rate(weekly=1),
        rate(weekly=2, version="v2", effective_from=dt.date(2026, 6, 8), inserted=2),
        rate(weekly=3, version="v3", effective_from=dt.date(2026, 6, 8), inserted=3),
        rate(weekly=4, version="v4", effective_from=dt.date(2026, 6, 9), inserted=4),
    ]

    result = priced(pricing.price(shift(), terms(*rates)))

    assert [(entry.rate_version, entry.amount_minor) for entry in result.entries] == [("v3", 3)]


def test_somebody_without_a_rate_blocks_the_whole_shift_and_is_named() -> None:
    worked = shift(
        [
            ("ben", "2026-06-08T09:00", "2026-06-13T00:00"),
            ("anna", "2026-06-13T00:00", "2026-06-14T00:00"),
            ("carla", "2026-06-14T00:00", "2026-06-15T09:00"),
        ]
    )
    people: People = {
        "ben": ("london", NO_HOLIDAYS),
        "anna": ("oslo", NO_HOLIDAYS),
        "carla": (None, NO_HOLIDAYS),
    }

    result = pricing.price(worked, terms(people=people))

    start = dt.date(2026, 6, 8)
    assert result == pricing.Blocked(
        missing=(
            pricing.MissingRate(person="anna", office="oslo", level="primary", on=start),
            pricing.MissingRate(person="carla", office=None, level="primary", on=start),
        )
    )


def test_a_level_that_is_not_paid_has_no_entries_and_needs_no_rate() -> None:
    result = pricing.price(shift(level="escalation"), terms(is_paid=False))

    assert priced(result).entries == ()


def test_a_rate_of_the_other_level_does_not_count() -> None:
    assert isinstance(pricing.price(shift(level="escalation"), terms()), pricing.Blocked)


def test_a_shift_cancelled_before_its_start_is_worth_nothing() -> None:
    cancelled = shift(cancelled="2026-06-08T09:00")

    assert priced(pricing.price(cancelled, terms())).entries == ()
    assert not shifts.has_started(cancelled)


def test_a_shift_cancelled_while_it_runs_pays_what_was_worked_of_the_whole_week() -> None:
    cancelled = shift(cancelled="2026-06-10T00:00")

    result = priced(pricing.price(cancelled, terms()))

    # From Monday 17:30: 15.5 h, then Tuesday 17:30 to midnight: 6.5 h, of 125.5 h.
    assert [(entry.seconds, entry.amount_minor) for entry in result.entries] == [(79200, 8765)]
    assert result.gap_seconds == 451800 - 79200
    assert result.entries[0].earned_on == dt.date(2026, 6, 9)
    assert shifts.is_completed(cancelled, now=at("2026-06-10T00:00"))


def test_a_cancellation_in_the_first_second_is_earned_on_the_day_of_the_start() -> None:
    cancelled = shift(cancelled="2026-06-08T09:00")
    instant = cancelled.period.starts_at + dt.timedelta(microseconds=1)
    running = shifts.Shift(
        key="S1",
        level="primary",
        time_zone=ZONE,
        period=cancelled.period,
        day_windows=cancelled.day_windows,
        stints=cancelled.stints,
        cancelled_at=instant,
    )

    assert shifts.earned_on(running) == dt.date(2026, 6, 8)
    assert priced(pricing.price(running, terms())).entries == ()


def test_a_week_is_completed_at_its_end_and_not_a_second_earlier() -> None:
    end = at("2026-06-15T09:00")

    assert shifts.is_completed(shift(), now=end)
    assert not shifts.is_completed(shift(), now=end - dt.timedelta(seconds=1))


def test_a_holiday_of_the_persons_office_pays_a_supplement_for_the_date() -> None:
    people: People = {"ben": ("london", frozenset({HOLIDAY})), "anna": ("dublin", NO_HOLIDAYS)}

    result = pricing.price(shift(), terms(people=people))

    # The rotation knows no holiday on that Wednesday: 09:00 to 17:30 stays unpaid.
    assert amounts(result) == [
        ("ben", "BASE", 451800, 50000),
        ("ben", "HOL:2026-06-10", 55800, 9000),
    ]


def test_pieces_of_one_holiday_sum_to_it_and_others_offices_get_nothing() -> None:
    worked = shift(
        [
            ("ben", "2026-06-08T09:00", "2026-06-10T03:00"),
            ("anna", "2026-06-10T03:00", "2026-06-10T20:00"),
            ("carla", "2026-06-10T20:00", "2026-06-10T22:00"),
            ("ben", "2026-06-10T22:00", "2026-06-15T09:00"),
        ]
    )
    day = frozenset({HOLIDAY})
    people: People = {
        "ben": ("london", day),
        "anna": ("london", day),
        "carla": ("dublin", NO_HOLIDAYS),
    }
    rates = [rate(holiday=10001), rate("dublin", currency="EUR")]

    result = amounts(pricing.price(worked, terms(*rates, people=people)))

    holidays = [line for line in result if line[1].startswith("HOL")]
    assert [(name, seconds) for name, _, seconds, _ in holidays] == [
        ("ben", 10800),
        ("anna", 21600 + 9000),
        ("ben", 7200),
    ]
    carlas_part = 8711 - 7420  # up to seconds 48600 and 41400 of 55800: paid to nobody
    assert sum(amount for *_, amount in holidays) + carlas_part == 10001


def test_a_holiday_without_supplement_is_still_one_line() -> None:
    people: People = {"ben": ("london", frozenset({HOLIDAY}))}

    result = pricing.price(shift(), terms(rate(holiday=0), people=people))

    assert amounts(result)[1] == ("ben", "HOL:2026-06-10", 55800, 0)
