"""Pay periods are calendar months, written `2026-11`; they close in order."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_DECEMBER = 12


class MonthError(ValueError):
    """The text is no calendar month such as `2026-11`."""


def month_of(date: dt.date) -> str:
    """The month of a date as text that sorts by time, `2026-11`."""
    return f"{date.year:04d}-{date.month:02d}"


def first_day(month: str) -> dt.date:
    """The month's first date.

    Raises:
        MonthError: `month` is not four digits, a hyphen and 01 to 12.
    """
    if not _MONTH.fullmatch(month) or month < "0001":
        raise MonthError(f"{month!r} is no month: write it as 2026-11")
    year, number = month.split("-")
    return dt.date(int(year), int(number), 1)


def next_month(month: str) -> str:
    """The month after.

    Raises:
        MonthError: `month` is no month, or the last one that a calendar has.
    """
    first = first_day(month)
    if first.month == _DECEMBER:
        if first.year == dt.MAXYEAR:
            raise MonthError(f"no month follows {month}")
        return month_of(dt.date(first.year + 1, 1, 1))
    return month_of(dt.date(first.year, first.month + 1, 1))


def month_before(month: str) -> str:
    """The month before.

    Raises:
        MonthError: `month` is no month, or the first one that a calendar has.
    """
    first = first_day(month)
    if first == dt.date.min:
        raise MonthError(f"no month precedes {month}")
    return month_of(first - dt.timedelta(days=1))


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included; none if the first is later.

    Raises:
        MonthError: one of them is no month.
    """
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def last_day(month: str) -> dt.date:
    """The month's last date.

    Raises:
        MonthError: `month` is no month, or the last one that a calendar has.
    """
    return first_day(next_month(month)) - dt.timedelta(days=1)


def month_ends_at(month: str, time_zone: str) -> dt.datetime:
    """The instant at which the month is over in a zone, in UTC.

    Raises:
        MonthError: `month` is no month, or the last one that a calendar has.
    """
    midnight = dt.datetime.combine(
        first_day(next_month(month)), dt.time(), zoneinfo.ZoneInfo(time_zone)
    )
    return midnight.astimezone(dt.UTC)


def posting_month(earned: dt.date, *, last_closed: str | None) -> str:
    """The month that an entry is posted to: the one it is earned in, or the first open one after.

    Since periods close in order, every month up to `last_closed` takes no entry any more.
    """
    month = month_of(earned)
    if last_closed is None or month > last_closed:
        return month
    return next_month(last_closed)


def zones_not_finished(month: str, zones: Iterable[str], *, now: dt.datetime) -> list[str]:
    """The zones in which the month has not ended at `now`, in alphabetical order."""
    return sorted(zone for zone in set(zones) if now < month_ends_at(month, zone))
