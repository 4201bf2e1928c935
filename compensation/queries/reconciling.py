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
    from compensation.queries.shifts import PayableShift

_SLACK = dt.timedelta(days=2)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthHours:
    """The completed weeks that were earned in a month.

    `on_call` are the seconds of the paid levels, `gap` those that nobody had, `paid` those of
    their entries in whatever period. `unpaid_weeks` are weeks of a level that is not paid. `off`
    names the weeks whose entries hold other seconds than somebody had, by start, with the week's
    id.
    """

    weeks: int
    on_call: int
    gap: int
    paid: int
    unpaid_weeks: int
    off: tuple[tuple[int, str], ...]

    @property
    def adds_up(self) -> bool:
        """Whether the ledger holds every second that somebody had, week by week."""
        return not self.off and self.on_call == self.gap + self.paid

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
    """What the month's weeks add up to; four queries.

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
    return _added_up(paid, unpaid_weeks=sum(not one.is_paid for one in earned))


def _added_up(paid: list[PayableShift], *, unpaid_weeks: int) -> MonthHours:
    in_ledger = _base_seconds(one.shift_id for one in paid)
    on_call = {one.shift_id: seconds(segments.paid_windows(one.shift)) for one in paid}
    had = {one.shift_id: _had(one.shift) for one in paid}
    off = [one for one in paid if in_ledger.get(one.shift_id, 0) != had[one.shift_id]]
    return MonthHours(
        weeks=len(paid),
        on_call=sum(on_call.values()),
        gap=sum(on_call.values()) - sum(had.values()),
        paid=sum(in_ledger.values()),
        unpaid_weeks=unpaid_weeks,
        off=tuple((one.shift_id, one.title) for one in off),
    )


def _had(shift: Shift) -> int:
    """The seconds for which somebody is paid."""
    return sum(run.seconds for run in segments.segments(shift))


def _base_seconds(shift_ids: Iterable[int]) -> dict[int, int]:
    """The seconds in the ledger by shift, reversals taken off; those without entries left out."""
    base = Entry.objects.filter(shift_id__in=list(shift_ids), kind=keys.BASE)
    rows = base.values_list("shift_id").annotate(total=Sum("seconds")).order_by("shift_id")
    return {shift_id: total for shift_id, total in rows if shift_id is not None}
