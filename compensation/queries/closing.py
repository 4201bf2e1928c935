"""What stops a month from closing, as checks that each name what to repair and where."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from compensation.domain import periods
from compensation.models import BlockedShift
from compensation.queries.periods import open_months_before, people_without_number
from compensation.queries.shifts import shift_title, waiting_shifts
from rotation.queries import patterns

if TYPE_CHECKING:
    import datetime as dt


class CheckCode(enum.StrEnum):
    """What a check is about; stable, for programs."""

    MONTH_ENDED = "MONTH_NOT_ENDED"
    IN_ORDER = "OUT_OF_ORDER"
    PROCESSED = "UNPROCESSED"
    PRICED = "BLOCKED"
    NUMBERED = "NO_EMPLOYEE_ID"


class Repair(enum.StrEnum):
    """The place where somebody puts right what a check found."""

    NOTHING = ""
    WAIT = "wait"
    PERIODS = "periods"
    RATES = "rates"
    PEOPLE = "people"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One condition for closing; `items` name what stands against it, in order."""

    code: CheckCode
    passes: bool
    sentence: str
    repair: Repair = Repair.NOTHING
    items: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BlockedLine:
    """A shift that has ended and that no rate prices."""

    shift_id: int
    title: str
    reason: str
    since: dt.datetime


def blocked_shifts() -> list[BlockedLine]:
    """Shifts that wait for a rate, the longest waiting first."""
    rows = BlockedShift.objects.select_related("shift__level__rotation")
    return [
        BlockedLine(
            shift_id=row.shift_id,
            title=shift_title(
                rotation=row.shift.level.rotation.name,
                level=row.shift.level.name,
                week_date=row.shift.week_date,
            ),
            reason=row.reason,
            since=row.since,
        )
        for row in rows.order_by("since", "pk")
    ]


def closing_checks(*, month: str, now: dt.datetime) -> list[Check]:
    """Every condition for closing the month at `now`, those of time first.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    blocked = {line.shift_id: line for line in blocked_shifts()}
    waiting = waiting_shifts(now=now, until_month=month)
    unprocessed = [shift.title for shift in waiting if shift.shift_id not in blocked]
    unpriced = [
        f"{shift.title}: {blocked[shift.shift_id].reason}"
        for shift in waiting
        if shift.shift_id in blocked
    ]
    return [
        _month_ended(month, now),
        _in_order(month),
        _check(
            CheckCode.PROCESSED,
            unprocessed,
            good="Every ended week has its entries.",
            bad="Not every ended week has its entries yet.",
            repair=Repair.WAIT,
        ),
        _check(
            CheckCode.PRICED,
            unpriced,
            good="No week is blocked for a missing rate.",
            bad="A week is blocked for a missing rate.",
            repair=Repair.RATES,
        ),
        _check(
            CheckCode.NUMBERED,
            people_without_number(month=month),
            good="Everybody with entries has an employee number.",
            bad="Somebody with entries has no employee number.",
            repair=Repair.PEOPLE,
        ),
    ]


def _month_ended(month: str, now: dt.datetime) -> Check:
    zones = periods.zones_not_finished(month, patterns.rotation_zones() or ["UTC"], now=now)
    return _check(
        CheckCode.MONTH_ENDED,
        zones,
        good="The month has ended in every rotation’s zone.",
        bad="The month has not ended in every rotation’s zone.",
        repair=Repair.WAIT,
    )


def _in_order(month: str) -> Check:
    return _check(
        CheckCode.IN_ORDER,
        open_months_before(month=month),
        good="Every earlier month is closed.",
        bad="An earlier month is still open.",
        repair=Repair.PERIODS,
    )


def _check(code: CheckCode, items: list[str], *, good: str, bad: str, repair: Repair) -> Check:
    if not items:
        return Check(code=code, passes=True, sentence=good)
    return Check(code=code, passes=False, sentence=bad, repair=repair, items=tuple(items))
