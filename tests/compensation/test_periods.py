from __future__ import annotations

import datetime as dt

import pytest

from compensation.domain import periods


def test_a_month_is_its_year_and_two_digits() -> None:
    assert periods.month_of(dt.date(2026, 5, 31)) == "2026-05"
    assert periods.next_month("2026-12") == "2027-01"
    assert periods.last_day("2028-02") == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-1", "0000-01", "26-01", "2026-01-01", "", "\uff12026-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(periods.MonthError):
        periods.first_day(text)


def test_the_last_month_of_the_calendar_has_no_end() -> None:
    with pytest.raises(periods.MonthError):
        periods.last_day("9999-12")


def test_a_month_ends_at_another_instant_in_each_zone() -> None:
    dublin = dt.datetime(2026, 7, 31, 23, tzinfo=dt.UTC)

    assert periods.month_ends_at("2026-07", "Europe/Dublin") == dublin
    zones = ["Europe/Dublin", "America/Los_Angeles", "Asia/Tokyo", "Asia/Tokyo"]
    assert periods.zones_not_finished("2026-07", zones, now=dublin) == ["America/Los_Angeles"]


@pytest.mark.parametrize(
    ("earned", "last_closed", "month"),
    [
        ("2026-05-31", None, "2026-05"),
        ("2026-05-31", "2026-04", "2026-05"),
        ("2026-05-31", "2026-05", "2026-06"),
        ("2026-05-31", "2026-12", "2027-01"),
    ],
)
def test_an_entry_goes_to_its_own_month_or_to_the_first_open_one_after(
    earned: str, last_closed: str | None, month: str
) -> None:
    date = dt.date.fromisoformat(earned)

    assert periods.posting_month(date, last_closed=last_closed) == month
