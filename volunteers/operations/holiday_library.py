"""The one place that asks the `holidays` library which days are public holidays where."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    import datetime as dt

CODE_LENGTH = 2


@functools.cache
def subdivisions_by_country() -> dict[str, frozenset[str]]:
    """The codes of every country that the library knows, each with those of its parts."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {
        country: frozenset(parts) for country, parts in known.items() if len(country) == CODE_LENGTH
    }


def public_holidays(*, country: str, subdivision: str, year: int) -> dict[dt.date, str]:
    """The public holidays of a year, by day, with their names; country and part must be known."""
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return {day: name for day, name in sorted(found.items()) if day.year == year}
