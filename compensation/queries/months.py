"""Which months stand open, and from when each can be closed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from compensation.domain import periods
from compensation.queries.periods import (
    PeriodLine,
    closed_by_month,
    period_line,
    period_lines,
)
from compensation.queries.shifts import waiting_shifts
from rotation.queries import patterns

if TYPE_CHECKING:
    from collections.abc import Mapping


def months(*, today: dt.date) -> list[PeriodLine]:
    """Every month with a row and every open one up to that of `today`, the newest first."""
    rows = {line.month: line for line in period_lines()}
    for month in _open_months({month: line.is_closed for month, line in rows.items()}, today):
        rows.setdefault(month, _empty(month))
    return [rows[month] for month in sorted(rows, reverse=True)]


def month_line(*, month: str, today: dt.date) -> PeriodLine | None:
    """One of `months`, or None: nothing is posted to it, nor can it be closed.

    Only its own entries are added up, however many there are.
    """
    line = period_line(month=month)
    if line is None and month in _open_months(closed_by_month(), today):
        return _empty(month)
    return line


def next_to_close(*, today: dt.date) -> PeriodLine:
    """The earliest open month; the current one when every earlier one is closed.

    Without an open month up to `today` it is the first that follows the last closed one.
    """
    closed = closed_by_month()
    still_open = {month for month, is_closed in closed.items() if not is_closed}
    still_open.update(_open_months(closed, today))
    month = min(still_open) if still_open else periods.next_month(max(closed))
    return period_line(month=month) or _empty(month)


def closable_from(*, month: str) -> dt.datetime:
    """The instant from which the month is over in every rotation's zone.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    zones = patterns.rotation_zones() or ["UTC"]
    return max(periods.month_ends_at(month, zone) for zone in zones)


def _open_months(closed_by: Mapping[str, bool], today: dt.date) -> list[str]:
    """Months without a gap from the first that no close has shut to the current one."""
    current = periods.month_of(today)
    closed = [month for month, is_closed in closed_by.items() if is_closed]
    if closed:
        return periods.months_between(periods.next_month(max(closed)), current)
    first = min([*closed_by, *_months_that_wait(today), current])
    return periods.months_between(first, current)


def _months_that_wait(today: dt.date) -> list[str]:
    """Months to which ended weeks belong that are not posted yet, blocked ones among them."""
    end_of_day = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), dt.UTC)
    waiting = waiting_shifts(now=end_of_day, until_month=periods.month_of(today))
    return [periods.month_of(one.earned_on) for one in waiting]


def _empty(month: str) -> PeriodLine:
    return PeriodLine(month=month, is_closed=False, closed_at=None, closed_by="", totals=())
