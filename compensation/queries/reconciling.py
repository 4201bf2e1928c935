"""The hours of a month's weeks against the hours in the ledger: what is paid, what nobody had."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Sum

from common.periods import seconds
from compensation.domain import keys, periods, segments, shifts
from compensation.domain.hours import hours
from compensation.models import Entry
from compensation.queries.shifts import completed_shifts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compensation.domain.shifts import Shift

_SLACK = dt.timedelta(days=2)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthHours:
    """The completed weeks that were earned in a month.

    `on_call` are the seconds of the paid levels, `gap` those that nobody had, `paid` those of
    their entries in whatever period. `unpaid_weeks` are weeks of a level that is not paid.
    """

    weeks: int
    on_call: int
    gap: int
    paid: int
    unpaid_weeks: int

    @property
    def adds_up(self) -> bool:
        """Whether the ledger holds every second that somebody had."""
        return self.on_call == self.gap + self.paid

    @property
    def on_call_hours(self) -> str:
        """`627.5`."""
        return hours(self.on_call)

    @property
    def gap_hours(self) -> str:
        """`24`."""
        return hours(self.gap)

    @property
    def paid_hours(self) -> str:
        """`603.5`."""
        return hours(self.paid)


def month_hours(*, month: str) -> MonthHours:
    """What the month's weeks add up to; three queries.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    first, last = periods.first_day(month), periods.last_day(month)
    around = (
        dt.datetime.combine(day, dt.time(), dt.UTC) + slack
        for day, slack in ((first, -_SLACK), (last, _SLACK))
    )
    from_at, until_at = around
    found = completed_shifts(from_at=from_at, until_at=until_at)
    earned = [one for one in found if periods.month_of(one.earned_on) == month]
    paid = [one for one in earned if one.is_paid and shifts.has_started(one.shift)]
    return MonthHours(
        weeks=len(paid),
        on_call=sum(seconds(segments.paid_windows(one.shift)) for one in paid),
        gap=sum(_gap(one.shift) for one in paid),
        paid=_base_seconds(one.shift_id for one in paid),
        unpaid_weeks=sum(not one.is_paid for one in earned),
    )


def _gap(shift: Shift) -> int:
    runs = segments.segments(shift)
    return seconds(segments.paid_windows(shift)) - sum(run.seconds for run in runs)


def _base_seconds(shift_ids: Iterable[int]) -> int:
    base = Entry.objects.filter(shift_id__in=list(shift_ids), kind=keys.BASE)
    return base.aggregate(total=Sum("seconds"))["total"] or 0
