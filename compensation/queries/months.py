"""Which months stand open, and from when each can be closed."""

from __future__ import annotations

import datetime as dt

from compensation.domain import periods
from compensation.queries.periods import PeriodLine, period_lines
from compensation.queries.shifts import waiting_shifts
from rotation.queries import patterns


def months(*, today: dt.date) -> list[PeriodLine]:
    """Every month with a row and every open one up to that of `today`, the newest first."""
    rows = {line.month: line for line in period_lines()}
    for month in _open_months(rows, today):
        rows.setdefault(month, _empty(month))
    return [rows[month] for month in sorted(rows, reverse=True)]


def month_line(*, month: str, today: dt.date) -> PeriodLine | None:
    """One of `months`, or None: nothing is posted to it, nor can it be closed."""
    return next((line for line in months(today=today) if line.month == month), None)


def next_to_close(*, today: dt.date) -> PeriodLine:
    """The earliest open month; the current one when every earlier one is closed.

    Without an open month up to `today` it is the first that follows the last closed one.
    """
    lines = months(today=today)
    still_open = [line for line in lines if not line.is_closed]
    return still_open[-1] if still_open else _empty(periods.next_month(lines[0].month))


def closable_from(*, month: str) -> dt.datetime:
    """The instant from which the month is over in every rotation's zone.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    zones = patterns.rotation_zones() or ["UTC"]
    return max(periods.month_ends_at(month, zone) for zone in zones)


def _open_months(rows: dict[str, PeriodLine], today: dt.date) -> list[str]:
    """Months without a gap from the first that no close has shut to the current one."""
    current = periods.month_of(today)
    closed = [month for month, line in rows.items() if line.is_closed]
    if closed:
        return periods.months_between(periods.next_month(max(closed)), current)
    first = min([*rows, *_months_that_wait(today), current])
    return periods.months_between(first, current)


def _months_that_wait(today: dt.date) -> list[str]:
    """Months to which ended weeks belong that are not posted yet, blocked ones among them."""
    end_of_day = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), dt.UTC)
    waiting = waiting_shifts(now=end_of_day, until_month=periods.month_of(today))
    return [periods.month_of(one.earned_on) for one in waiting]


def _empty(month: str) -> PeriodLine:
    return PeriodLine(month=month, is_closed=False, closed_at=None, closed_by="", totals=())
