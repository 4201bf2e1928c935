"""What stops a month from closing, as checks that each name what to repair and where."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from compensation.domain import periods
from compensation.models import BlockedShift
from compensation.queries import waiting
from compensation.queries.periods import open_months_before, people_without_number
from compensation.queries.shifts import shift_title, waiting_shifts
from compensation.queries.waiting import Found
from rotation.queries import patterns

if TYPE_CHECKING:
    import datetime as dt


MOST_NAMED = 100


class CheckCode(enum.StrEnum):
    """What a check is about; stable, for programs."""

    MONTH_ENDED = "MONTH_NOT_ENDED"
    IN_ORDER = "OUT_OF_ORDER"
    PROCESSED = "UNPROCESSED"
    PRICED = "BLOCKED"
    CORRECTED = "CORRECTION_WAITS"
    ADJUSTED = "ADJUSTMENT_WAITS"
    RECALCULATED = "RECALCULATION_WAITS"
    DECIDED = "REOPENING_WAITS"
    NUMBERED = "NO_EMPLOYEE_ID"


class Repair(enum.StrEnum):
    """The place where somebody puts right what a check found."""

    NOTHING = ""
    WAIT = "wait"
    PERIODS = "periods"
    RATES = "rates"
    CORRECTIONS = "corrections"
    ADJUSTMENTS = "adjustments"
    PEOPLE = "people"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One condition for closing; `found` is what stands against it, in order.

    The row of something found is a shift's id, or that of what `repair` decides about. Of very
    many the first are named, and `more` counts the others.
    """

    code: CheckCode
    passes: bool
    sentence: str
    repair: Repair = Repair.NOTHING
    found: tuple[Found, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        """How many things stand against it."""
        return len(self.found) + self.more

    @property
    def items(self) -> tuple[str, ...]:
        """What stands against it, in words."""
        others = (f"and {self.more} more",) if self.more else ()
        return (*(one.text for one in self.found), *others)


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
    return [
        _month_ended(month, now),
        _in_order(month),
        *_weeks(month, now),
        *_decisions(month),
        _check(
            CheckCode.NUMBERED,
            _in_words(people_without_number(month=month)),
            good="Everybody with entries has an employee number.",
            bad="Somebody with entries has no employee number.",
            repair=Repair.PEOPLE,
        ),
    ]


def _weeks(month: str, now: dt.datetime) -> list[Check]:
    """Whether every week that has ended is processed, and none is blocked."""
    blocked = {line.shift_id: line for line in blocked_shifts()}
    ended = waiting_shifts(now=now, until_month=month)
    unprocessed = [one for one in ended if one.shift_id not in blocked]
    unpriced = [one for one in ended if one.shift_id in blocked]
    return [
        _check(
            CheckCode.PROCESSED,
            [Found(text=one.title, row=one.shift_id) for one in unprocessed],
            good="Every ended week has its entries.",
            bad="Not every ended week has its entries yet.",
            repair=Repair.WAIT,
        ),
        _check(
            CheckCode.PRICED,
            [
                Found(text=f"{one.title}: {blocked[one.shift_id].reason}", row=one.shift_id)
                for one in unpriced
            ],
            good="No week is blocked for a missing rate.",
            bad="A week is blocked for a missing rate.",
            repair=Repair.RATES,
        ),
    ]


def _decisions(month: str) -> list[Check]:
    """Whether nothing that would still be posted to the month waits for somebody's decision."""
    return [
        _check(
            CheckCode.CORRECTED,
            waiting.corrections_waiting(month=month),
            good="No correction waits for approval.",
            bad="A correction waits for approval.",
            repair=Repair.CORRECTIONS,
        ),
        _check(
            CheckCode.ADJUSTED,
            waiting.adjustments_waiting(month=month),
            good="No adjustment waits for approval.",
            bad="An adjustment waits for approval.",
            repair=Repair.ADJUSTMENTS,
        ),
        _check(
            CheckCode.RECALCULATED,
            waiting.recalculations_waiting(month=month),
            good="No week waits to be computed anew.",
            bad="Weeks wait to be computed anew.",
            repair=Repair.WAIT,
        ),
        _check(
            CheckCode.DECIDED,
            waiting.reopenings_waiting(before=month),
            good="Nobody asks to reopen an earlier month.",
            bad="Somebody asks to reopen an earlier month.",
            repair=Repair.PERIODS,
        ),
    ]


def _month_ended(month: str, now: dt.datetime) -> Check:
    zones = periods.zones_not_finished(month, patterns.rotation_zones() or ["UTC"], now=now)
    return _check(
        CheckCode.MONTH_ENDED,
        _in_words(zones),
        good="The month has ended in every rotation’s zone.",
        bad="The month has not ended in every rotation’s zone.",
        repair=Repair.WAIT,
    )


def _in_order(month: str) -> Check:
    return _check(
        CheckCode.IN_ORDER,
        _in_words(open_months_before(month=month)),
        good="Every earlier month is closed.",
        bad="An earlier month is still open.",
        repair=Repair.PERIODS,
    )


def _in_words(texts: list[str]) -> list[Found]:
    return [Found(text=text) for text in texts]


def _check(code: CheckCode, found: list[Found], *, good: str, bad: str, repair: Repair) -> Check:
    if not found:
        return Check(code=code, passes=True, sentence=good)
    return Check(
        code=code,
        passes=False,
        sentence=bad,
        repair=repair,
        found=tuple(found[:MOST_NAMED]),
        more=max(0, len(found) - MOST_NAMED),
    )
