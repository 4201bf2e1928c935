"""Years of pay: twelve months from January, or from the month in which the company's own begins."""

from __future__ import annotations

import dataclasses
import re

from compensation.domain import periods

MONTHS = 12
JANUARY = 1
_NAMED = re.compile(r"(fy)?([0-9]{4})", re.ASCII)
_LAST_YEAR = 9998


class YearError(ValueError):
    """The text names no year."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PayYear:
    """Twelve months on end, written `2026-04`; `starts_in` is the number of the first.

    `key` names it in addresses: `2026`, or `fy2026` for the fiscal year that starts in 2026.
    """

    key: str
    year: int
    starts_in: int

    @property
    def is_fiscal(self) -> bool:
        """Whether it was asked for as the company's own year."""
        return self.key.startswith("fy")

    @property
    def first_month(self) -> str:
        """The month that it begins with."""
        return f"{self.year:04d}-{self.starts_in:02d}"

    @property
    def last_month(self) -> str:
        """The month that it ends with."""
        if self.starts_in == JANUARY:
            return f"{self.year:04d}-{MONTHS:02d}"
        return f"{self.year + 1:04d}-{self.starts_in - 1:02d}"

    @property
    def months(self) -> list[str]:
        """All twelve, in order."""
        return periods.months_between(self.first_month, self.last_month)

    def holds(self, month: str) -> bool:
        """Whether the month is one of them."""
        return self.first_month <= month <= self.last_month


def calendar_year(year: int) -> PayYear:
    """The year from January to December.

    Raises:
        YearError: the calendar has no such year.
    """
    return year_named(f"{year:04d}", starts_in=JANUARY)


def calendar_year_of(month: str) -> PayYear:
    """The calendar year that the month is in."""
    return calendar_year(periods.first_day(month).year)


def fiscal_year_of(month: str, *, starts_in: int) -> PayYear:
    """The company's year that the month is in, when it begins in the month `starts_in` (1 to 12).

    Raises:
        YearError: the calendar has no such year.
    """
    day = periods.first_day(month)
    year = day.year if day.month >= starts_in else day.year - 1
    return year_named(f"fy{year:04d}", starts_in=starts_in)


def year_named(key: str, *, starts_in: int) -> PayYear:
    """The year of an address: `2026`, or `fy2026`, which begins in the month `starts_in`.

    Raises:
        YearError: it names none.
    """
    found = _NAMED.fullmatch(key)
    if found is None or not 1 <= int(found[2]) <= _LAST_YEAR:
        raise YearError(f"{key!r} names no year: write it as 2026 or fy2026")
    first = starts_in if found[1] else JANUARY
    return PayYear(key=key, year=int(found[2]), starts_in=first)
