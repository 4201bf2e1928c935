"""A shift as pricing sees it, and when it counts as completed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.periods import Period

_SECOND = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Stint:
    """Who was on call in a part of a shift, after covers; `person` None is a gap."""

    person: str | None
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One week of one level.

    `day_windows` are the on-call windows of every whole local day that the shift touches, not
    clipped to it and not overlapping: a public holiday shared by two shifts needs the whole day.
    `stints` tile `period`. `cancelled_at` is None for a shift that was not cancelled.
    """

    key: str
    level: str
    time_zone: str
    period: Period
    day_windows: tuple[Period, ...]
    stints: tuple[Stint, ...]
    cancelled_at: dt.datetime | None = None

    @property
    def starts_on(self) -> dt.date:
        """The local date of the start: rates, offices and cost centres are those of this day."""
        return local_date(self.period.starts_at, self.time_zone)


def local_date(instant: dt.datetime, time_zone: str) -> dt.date:
    """The calendar day of an instant in a named zone."""
    return instant.astimezone(zoneinfo.ZoneInfo(time_zone)).date()


def completed_at(shift: Shift) -> dt.datetime:
    """The instant from which the shift is over: its end, or its cancellation.

    One that was cancelled before its start is over with its start: until then it can be restored.
    """
    if shift.cancelled_at is None:
        return shift.period.ends_at
    return min(max(shift.cancelled_at, shift.period.starts_at), shift.period.ends_at)


def is_completed(shift: Shift, *, now: dt.datetime) -> bool:
    """Whether the shift is over: one second before its end it is not."""
    return now >= completed_at(shift)


def has_started(shift: Shift) -> bool:
    """Whether anything of the shift took place: one cancelled before its start is worth nothing."""
    return completed_at(shift) > shift.period.starts_at


def earned_on(shift: Shift) -> dt.date:
    """The local date to which the shift's pay belongs: that of its last second, never before it.

    A week that ends at midnight on the first belongs to the month before.
    """
    last = completed_at(shift) - _SECOND
    return local_date(max(last, shift.period.starts_at), shift.time_zone)
