"""On-call time of a published week once single days of its calendar are other ones."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period, difference, merged
from rotation.domain import slots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.time()


def days_touched(zone: str, period: Period) -> list[dt.date]:
    """Every local day that the period touches, in order."""
    first = slots.local_date(zone, period.starts_at)
    last = slots.local_date(zone, period.ends_at)
    return [first + number * _DAY for number in range((last - first).days + 1)]


def with_days(
    day_windows: Iterable[Period],
    *,
    pattern: slots.WeekPattern,
    zone: str,
    dates: Collection[dt.date],
    holidays: frozenset[dt.date],
) -> list[Period]:
    """The stored windows with those of `dates` made anew, each a holiday or not; others stay.

    Merged, in order of time. `zone` is the one that the week was published in.
    """
    there = dataclasses.replace(pattern, zone=zone)
    whole = [_whole_day(zone, date) for date in sorted(dates)]
    kept: Sequence[Period] = difference(list(day_windows), whole)
    return merged([*kept, *slots.windows_of_days(there, sorted(dates), holidays)])


def _whole_day(zone: str, date: dt.date) -> Period:
    return Period(
        starts_at=slots.local_instant(zone, date, _MIDNIGHT),
        ends_at=slots.local_instant(zone, date + _DAY, _MIDNIGHT),
    )
