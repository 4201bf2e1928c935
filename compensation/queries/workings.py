"""How each entry of some lines was computed, read from the ledger and its shift."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period, intersection
from compensation.domain import explaining, keys, segments
from compensation.models import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compensation.domain.explaining import BaseWorking, HolidayWorking, Posted
    from compensation.domain.shifts import Shift
    from compensation.queries.entries import EntryLine
    from compensation.queries.shifts import PayableShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Working:
    """The sum behind one entry: that of the week, or that of a public holiday."""

    base: BaseWorking | None
    holiday: HolidayWorking | None
    currency: str

    @property
    def pool_exact(self) -> str:
        """What everybody at this rate had of the week, before rounding."""
        return self.base.pool.exact(self.currency) if self.base else ""

    @property
    def share_exact(self) -> str:
        """The share of it, before rounding."""
        return self.base.exact(self.currency) if self.base else ""

    @property
    def until_exact(self) -> str:
        """The holiday up to the last second, before rounding."""
        return self.holiday.until.exact(self.currency) if self.holiday else ""

    @property
    def before_exact(self) -> str:
        """The holiday up to the first second, before rounding."""
        return self.holiday.before.exact(self.currency) if self.holiday else ""


def workings(
    *, lines: Iterable[EntryLine], weeks: Mapping[int, PayableShift]
) -> dict[int, Working]:
    """The working of each line by its number, one query; `weeks` holds the lines' shifts.

    Reversals and adjustments have none, nor has a line without time. Only a sum that gives the
    entry's very amount is given back.
    """
    priced = [line for line in lines if line.shift_id and line.seconds > 0 and not line.reverses]
    if not priced:
        return {}
    posted = _posted({line.shift_id for line in priced if line.shift_id})
    found = {}
    for line in priced:
        shift = weeks[line.shift_id].shift if line.shift_id else None
        working = _working(line, shift, posted) if shift else None
        if working is not None:
            found[line.number] = working
    return found


def _posted(shift_ids: set[int]) -> dict[int, list[Posted]]:
    """The base entries of the shifts, by number, whoever earned them."""
    rows = Entry.objects.filter(shift_id__in=shift_ids, kind=keys.BASE).order_by("number")
    found: dict[int, list[Posted]] = {shift_id: [] for shift_id in shift_ids}
    columns = ("shift_id", "number", "rate_id", "seconds", "segment_start", "posted_at")
    for shift_id, number, rate_id, seconds, starts_at, posted_at, reverses in rows.values_list(
        *columns, "reverses__number"
    ):
        if shift_id is not None and rate_id is not None and starts_at is not None:
            found[shift_id].append(
                explaining.Posted(
                    number=number,
                    rate_id=rate_id,
                    seconds=seconds,
                    starts_at=starts_at,
                    posted_at=posted_at,
                    reverses=reverses,
                )
            )
    return found


def _working(
    line: EntryLine, shift: Shift, posted: Mapping[int, Sequence[Posted]]
) -> Working | None:
    base = holiday = None
    if line.holiday_on is not None:
        holiday = _holiday(line, shift)
    elif line.shift_id is not None:
        base = _base(line, shift, posted[line.shift_id])
    sums = base or holiday
    if sums is None or sums.minor != line.amount_minor:
        return None
    return Working(base=base, holiday=holiday, currency=line.currency)


def _base(line: EntryLine, shift: Shift, posted: Sequence[Posted]) -> BaseWorking | None:
    pool = explaining.pool_at(posted, line.number)
    numbers = [entry.number for entry in pool]
    if line.number not in numbers:
        return None
    return explaining.base_working(
        weekly_minor=line.weekly_minor,
        week_seconds=sum(window.seconds for window in segments.paid_windows(shift)),
        weights=[entry.seconds for entry in pool],
        index=numbers.index(line.number),
    )


def _holiday(line: EntryLine, shift: Shift) -> HolidayWorking | None:
    if line.holiday_on is None or line.segment_start is None or line.segment_end is None:
        return None
    period = Period(starts_at=line.segment_start, ends_at=line.segment_end)
    run = segments.Segment(
        person="", period=period, pieces=tuple(intersection(segments.paid_windows(shift), [period]))
    )
    shares = segments.holiday_shares(run, [line.holiday_on], shift)
    if not shares:
        return None
    return explaining.holiday_working(holiday_minor=line.holiday_minor, share=shares[0])
