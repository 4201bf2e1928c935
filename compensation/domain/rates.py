"""What a week is worth in an office and at a level, from a date on."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One version of what an office pays; amounts in minor units of the currency.

    `inserted` grows with every version that is added. `holiday_minor` is the supplement for one
    whole public holiday.
    """

    version: str
    office: str
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int
    currency: str
    inserted: int


def rate_in_force(rates: Iterable[Rate], *, office: str, level: str, on: dt.date) -> Rate | None:
    """The office's rate at the level on a date, or None.

    The greatest `effective_from` not after the date wins; of two with the same, the later insert.
    """
    candidates = [
        rate
        for rate in rates
        if rate.office == office and rate.level == level and rate.effective_from <= on
    ]
    return max(candidates, key=lambda rate: (rate.effective_from, rate.inserted), default=None)
