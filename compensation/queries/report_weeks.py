"""Reports about weeks that have no entries: running ones, unpaid ones, blocked ones."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from compensation.domain import accrual, periods, segments, shifts
from compensation.domain.cells import Amount
from compensation.domain.reports import Column, Kind, Line
from compensation.models import BlockedShift
from compensation.queries import pricing_terms
from compensation.queries.report_sums import total_label
from compensation.queries.report_tables import ReadyTable, added_up
from compensation.queries.shifts import completed_shifts, payable_shifts, shift_title
from rotation.queries.running import running_shift_ids
from volunteers.models import Engineer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compensation.domain.accrual import Accrual
    from compensation.domain.reports import Wanted
    from compensation.queries.shifts import PayableShift

_SLACK = dt.timedelta(days=2)
_WEEK = Column(name="week", heading="Week", kind=Kind.TEXT)
_CURRENCY = Column(name="currency", kind=Kind.TEXT)
NO_RATE = "no rate"
NOT_YET = "no paid time so far"
ACCRUAL = (
    _WEEK,
    Column(name="ends_at", heading="Ends", kind=Kind.MOMENT, always=False),
    Column(name="elapsed_seconds", heading="Hours so far", kind=Kind.HOURS, always=False),
    Column(name="paid_seconds", heading="Of", kind=Kind.HOURS, always=False),
    Column(name="remark", heading="Remark", kind=Kind.TEXT, always=False),
    _CURRENCY,
    Column(name="accrued", heading="Accrued", kind=Kind.AMOUNT),
    Column(name="holidays", heading="Holidays on top", kind=Kind.AMOUNT),
)
UNPAID = (
    Column(name="name", heading="Name", kind=Kind.TEXT),
    Column(name="employee_id", heading="Employee", kind=Kind.TEXT, always=False),
    Column(name="rotation", heading="Rotation", kind=Kind.TEXT),
    Column(name="weeks", heading="Weeks", kind=Kind.COUNT),
    Column(name="seconds", heading="Hours on call", kind=Kind.HOURS),
)
BLOCKED = (
    _WEEK,
    Column(name="earned_in", heading="Belongs to", kind=Kind.MONTH, always=False),
    Column(name="reason", heading="Why", kind=Kind.TEXT),
    Column(name="since", heading="Waits since", kind=Kind.MOMENT, always=False),
)


def accrual_report(wanted: Wanted, *, at: dt.datetime) -> ReadyTable:
    """A row for each week that runs at the instant and each of its currencies; nine queries.

    Those come first of which nothing can be said in money: no rate, or no paid time so far. Weeks
    of a level that is not paid are left out.
    """
    paid = [one for one in _running(wanted, at) if one.is_paid]
    found: list[Line] = []
    if paid:
        facts = pricing_terms.facts_of(paid)
        for one in paid:
            terms = pricing_terms.terms_from(facts, one)
            found.extend(_accrued(one, accrual.accrual(one.shift, terms, at=at)))
    lines = sorted(found, key=lambda line: line.currency)
    priced = [line for line in lines if line.currency]
    return ReadyTable(
        columns=ACCRUAL,
        totals=added_up(ACCRUAL, priced, label=total_label),
        lines=tuple(lines),
    )


def unpaid_report(wanted: Wanted) -> ReadyTable:
    """A row for each person and rotation with time on call that is not paid, by name; four queries.

    Weeks belong to a month as they do in the ledger.

    Raises:
        compensation.domain.periods.MonthError: the months asked for are none.
    """
    found: dict[tuple[int, str], _Hours] = {}
    for one in _earned(wanted):
        for person, worked_seconds in _worked(one).items():
            found.setdefault((person, one.rotation), _Hours()).add(worked_seconds)
    names = _names(person for person, _rotation in found)
    in_order = sorted((*names[person], rotation, person) for person, rotation in found)
    lines = [
        _unpaid((name, number), rotation, found[person, rotation])
        for name, number, rotation, person in in_order
    ]
    return ReadyTable(
        columns=UNPAID,
        totals=added_up(UNPAID, lines, label=lambda _currency: "Total"),
        lines=tuple(lines),
    )


def blocked_report(wanted: Wanted) -> ReadyTable:
    """A row for each week that waits for a rate, the longest waiting first; four queries."""
    rows = BlockedShift.objects.select_related("shift__level__rotation").order_by("since", "pk")
    if wanted.rotation:
        rows = rows.filter(shift__level__rotation__slug=wanted.rotation)
    blocked = list(rows)
    payable = payable_shifts(shift_ids=[row.shift_id for row in blocked])
    lines = [
        Line(
            currency="",
            cells=(
                shift_title(
                    rotation=row.shift.level.rotation.name,
                    level=row.shift.level.name,
                    week_date=row.shift.week_date,
                ),
                periods.month_of(payable[row.shift_id].earned_on),
                row.reason,
                row.since,
            ),
        )
        for row in blocked
    ]
    return ReadyTable(columns=BLOCKED, totals=(), lines=tuple(lines))


@dataclasses.dataclass(kw_only=True, slots=True)
class _Hours:
    weeks: int = 0
    seconds: int = 0

    def add(self, worked_seconds: int) -> None:
        self.weeks += 1
        self.seconds += worked_seconds


def _unpaid(who: tuple[str, str], rotation: str, hours: _Hours) -> Line:
    return Line(
        currency="",
        cells=(*who, rotation, hours.weeks, hours.seconds),
        weight=hours.seconds,
    )


def _running(wanted: Wanted, at: dt.datetime) -> list[PayableShift]:
    """The weeks that run at the instant, in order of start, then name."""
    ids = running_shift_ids(at=at, rotation=wanted.rotation)
    found = payable_shifts(shift_ids=ids).values()
    running = [one for one in found if accrual.is_running(one.shift, at=at)]
    return sorted(running, key=lambda one: (one.shift.period.starts_at, one.title))


def _earned(wanted: Wanted) -> list[PayableShift]:
    """Completed weeks of levels that are not paid, earned in the months asked for."""
    first, last = periods.first_day(wanted.since), periods.last_day(wanted.until)
    from_at, until_at = (
        dt.datetime.combine(day, dt.time(), dt.UTC) + slack
        for day, slack in ((first, -_SLACK), (last, _SLACK))
    )
    found = completed_shifts(from_at=from_at, until_at=until_at)
    return [
        one
        for one in found
        if not one.is_paid
        and shifts.has_started(one.shift)
        and wanted.since <= periods.month_of(one.earned_on) <= wanted.until
        and wanted.rotation in {"", one.team}
    ]


def _worked(one: PayableShift) -> dict[int, int]:
    """The seconds on call of each person in the week."""
    mine: dict[int, int] = {}
    for run in segments.segments(one.shift):
        mine[int(run.person)] = mine.get(int(run.person), 0) + run.seconds
    return mine


def _names(engineer_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Engineer.objects.filter(pk__in=set(engineer_ids))
    return {
        pk: (name, number or "")
        for pk, name, number in rows.values_list("pk", "name", "employee_id")
    }


def _accrued(one: PayableShift, found: Accrual) -> list[Line]:
    remark = NO_RATE if found.is_blocked else "" if found.amounts else NOT_YET
    head = (
        one.title,
        shifts.completed_at(one.shift),
        found.elapsed_seconds,
        found.paid_seconds,
        remark,
    )
    if not found.amounts:
        return [Line(currency="", cells=(*head, "", None, None))]
    return [
        Line(
            currency=each.currency,
            cells=(
                *head,
                each.currency,
                Amount(minor=each.base_minor, currency=each.currency),
                Amount(minor=each.holiday_minor, currency=each.currency),
            ),
            weight=each.base_minor,
        )
        for each in found.amounts
    ]
