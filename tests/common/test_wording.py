from __future__ import annotations

import datetime as dt

import pytest

from common import wording

DUBLIN = "Europe/Dublin"
NOON = dt.datetime(2026, 12, 7, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_a_day_has_weekday_day_month_and_year() -> None:
    assert wording.day(dt.date(2026, 11, 16)) == "Mon 16 Nov 2026"
    assert wording.day(dt.date(2026, 11, 16), year=False) == "Mon 16 Nov"


def test_an_instant_is_written_on_the_named_clock_with_its_letters() -> None:
    assert wording.moment(NOON, DUBLIN) == "Mon 7 Dec 2026, 12:00 GMT"
    assert wording.moment(NOON, "America/Los_Angeles", year=False) == "Mon 7 Dec, 04:00 PST"


@pytest.mark.parametrize(
    ("zone", "letters"),
    [
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/Sao_Paulo", "UTC−03:00"),
        (DUBLIN, "GMT"),
    ],
)
def test_a_zone_without_letters_says_how_far_it_is_from_utc(zone: str, letters: str) -> None:
    assert wording.zone_letters(NOON, zone) == letters


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        wording.moment(NOON.replace(tzinfo=None), DUBLIN)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (dt.date(2026, 12, 21), dt.date(2026, 12, 28), "Mon 21 to Mon 28 Dec 2026"),
        (dt.date(2026, 11, 30), dt.date(2026, 12, 7), "Mon 30 Nov to Mon 7 Dec 2026"),
        (dt.date(2026, 12, 28), dt.date(2027, 1, 4), "Mon 28 Dec 2026 to Mon 4 Jan 2027"),
        (dt.date(2026, 12, 28), dt.date(2026, 12, 28), "Mon 28 Dec 2026"),
    ],
)
def test_a_range_of_days_says_month_and_year_once(first: dt.date, last: dt.date, text: str) -> None:
    assert wording.days(first, last) == text


def test_a_span_says_year_and_zone_once() -> None:
    starts_at = dt.datetime(2026, 12, 24, 17, 30, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 12, 27, 12, 0, tzinfo=dt.UTC)

    text = wording.span(starts_at, ends_at, DUBLIN)

    assert text == "Thu 24 Dec, 17:30 to Sun 27 Dec 2026, 12:00 GMT"


def test_a_span_inside_a_day_says_the_day_once() -> None:
    text = wording.span(NOON, NOON + dt.timedelta(hours=2), DUBLIN)

    assert text == "Mon 7 Dec 2026, 12:00 to 14:00 GMT"


def test_a_span_over_new_year_says_both_years() -> None:
    starts_at = dt.datetime(2026, 12, 28, 12, 0, tzinfo=dt.UTC)

    text = wording.span(starts_at, starts_at + 7 * DAY, DUBLIN)

    assert text == "Mon 28 Dec 2026, 12:00 to Mon 4 Jan 2027, 12:00 GMT"


def test_a_span_across_a_clock_change_names_both_clocks() -> None:
    starts_at = dt.datetime(2026, 10, 19, 11, 0, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 10, 26, 12, 0, tzinfo=dt.UTC)

    text = wording.span(starts_at, ends_at, DUBLIN)

    assert text == "Mon 19 Oct, 12:00 IST to Mon 26 Oct 2026, 12:00 GMT"


def test_only_a_week_across_a_clock_change_says_its_hours() -> None:
    starts_at = dt.datetime(2026, 10, 19, 11, 0, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 10, 26, 12, 0, tzinfo=dt.UTC)

    assert wording.week(starts_at, ends_at, DUBLIN) == "Mon 19 to Mon 26 Oct 2026, 169 h"
    assert wording.week(NOON, NOON + 7 * DAY, DUBLIN, joiner=" – ") == "Mon 7 – Mon 14 Dec 2026"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (17, "in 17 days"),
        (27, "in 27 days"),
        (133, "in 19 weeks"),
        (-3, "3 days ago"),
    ],
)
def test_a_distance_is_told_in_days_and_then_in_weeks(days: int, text: str) -> None:
    today = dt.date(2026, 12, 3)

    assert wording.ahead(today, today + days * DAY) == text


@pytest.mark.parametrize(
    ("hundredths", "text"), [(100, "1.0"), (150, "1.5"), (55, "0.55"), (0, "0.0"), (-50, "−0.5")]
)
def test_a_load_has_one_decimal_and_a_second_when_it_needs_it(hundredths: int, text: str) -> None:
    assert wording.load(hundredths) == text


def test_a_change_of_load_has_a_sign() -> None:
    assert wording.load(50, sign=True) == "+0.5"
    assert wording.load(0, sign=True) == "0.0"


def test_a_figure_agrees_with_its_noun() -> None:
    assert wording.counted(1, "week") == "1 week"
    assert wording.counted(0, "person", "people") == "0 people"
    assert wording.counted(1200, "entry", "entries") == "1,200 entries"
