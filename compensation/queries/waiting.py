"""What somebody has to decide, or a sweep has to do, before a month can be closed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count

from common import wording
from compensation.domain import periods
from compensation.models import Adjustment, Correction, Recalculation, Reopening
from compensation.queries.shifts import payable_shifts

if TYPE_CHECKING:
    from compensation.queries.shifts import PayableShift

_SLACK = dt.timedelta(days=2)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One thing in words; `row` is the id of what to open for it, if anything."""

    text: str
    row: int | None = None


def corrections_waiting(*, month: str) -> list[Found]:
    """Corrections not yet decided of shifts earned in the month or before it; the oldest first.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    last = dt.datetime.combine(periods.last_day(month), dt.time(), dt.UTC) + _SLACK
    rows = Correction.objects.filter(
        state=Correction.State.PROPOSED, shift__starts_at__lt=last
    ).select_related("proposed_by")
    asked = list(rows.order_by("proposed_at", "pk"))
    payable = payable_shifts(shift_ids=[row.shift_id for row in asked])
    return [
        _correction(row, payable[row.shift_id])
        for row in asked
        if periods.month_of(payable[row.shift_id].earned_on) <= month
    ]


def adjustments_waiting(*, month: str) -> list[Found]:
    """Adjustments not yet decided that are earned in the month or before it; the oldest first.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    rows = Adjustment.objects.filter(
        state=Adjustment.State.PROPOSED, earned_on__lte=periods.last_day(month)
    ).select_related("engineer", "proposed_by")
    return [
        Found(
            text=f"For {row.engineer.name}, {wording.day(row.earned_on)}, "
            f"asked by {row.proposed_by.name}",
            row=row.pk,
        )
        for row in rows.order_by("proposed_at", "pk")
    ]


def recalculations_waiting(*, month: str) -> list[Found]:
    """Completed weeks that wait to be priced anew, by their cause, in order of it.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    rows = (
        Recalculation.objects.filter(
            state=Recalculation.State.WAITING, earned_on__lte=periods.last_day(month)
        )
        .values_list("rate__version", "calendar__office__name")
        .annotate(weeks=Count("pk"))
        .order_by("rate__version", "calendar__office__name")
    )
    return [
        Found(
            text=f"{wording.counted(weeks, 'week')} for "
            f"{f'rate {version}' if version else f'the calendar of {office}'}"
        )
        for version, office, weeks in rows
    ]


def reopenings_waiting(*, before: str) -> list[Found]:
    """Requests to open a closed month before this one that nobody has decided about."""
    rows = Reopening.objects.filter(
        state=Reopening.State.PROPOSED, period__month__lt=before
    ).select_related("period", "proposed_by")
    return [
        Found(
            text=f"{wording.month(periods.first_day(row.period.month))}, "
            f"asked by {row.proposed_by.name}",
            row=row.pk,
        )
        for row in rows.order_by("period__month", "pk")
    ]


def _correction(row: Correction, payable: PayableShift) -> Found:
    return Found(text=f"{payable.title}, asked by {row.proposed_by.name}", row=row.pk)
