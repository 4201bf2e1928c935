"""Paid time: the on-call windows of a shift, cut by who was on call in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import zoneinfo
from typing import TYPE_CHECKING

from common.periods import Period, intersection, merged, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compensation.domain.shifts import Shift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A maximal run of one person in paid time.

    `period` goes from the first paid instant to the last and may contain office hours; `pieces`
    are the paid time in it, in order of time.
    """

    person: str
    period: Period
    pieces: tuple[Period, ...]

    @property
    def seconds(self) -> int:
        """The paid seconds of the run."""
        return seconds(self.pieces)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HolidayShare:
    """The part of one local date's paid time that a segment has.

    It goes from `from_second` to `to_second`, not included, of the date's `date_seconds`.
    """

    date: dt.date
    from_second: int
    to_second: int
    date_seconds: int


def paid_windows(shift: Shift) -> list[Period]:
    """The shift's paid time in order of time; a cancellation does not shorten it."""
    return intersection(merged(shift.day_windows), [shift.period])


def segments(shift: Shift) -> list[Segment]:
    """The shift's segments in order of time; gaps and time after a cancellation belong to none."""
    pieces = _pieces(shift)
    runs = itertools.groupby(pieces, key=lambda piece: piece[0])
    return [
        _segment(person, [period for _, period in run])
        for person, run in runs
        if person is not None
    ]


def holiday_shares(segment: Segment, dates: Iterable[dt.date], shift: Shift) -> list[HolidayShare]:
    """The segment's parts of the dates on which it has paid seconds, in order of date.

    A date is the whole local day in the shift's zone, also where another shift has its other part.
    """
    shares = [_share(segment, date, shift) for date in sorted(set(dates))]
    return [share for share in shares if share.to_second > share.from_second]


def local_day(date: dt.date, time_zone: str) -> Period:
    """The local day from its midnight to the next one, 23 to 25 hours."""
    zone = zoneinfo.ZoneInfo(time_zone)
    first, last = (
        dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
        for day in (date, date + dt.timedelta(days=1))
    )
    return Period(starts_at=first, ends_at=last)


def _pieces(shift: Shift) -> list[tuple[str | None, Period]]:
    windows = paid_windows(shift)
    owned: list[tuple[str | None, Period]] = []
    for stint in sorted(shift.stints, key=lambda stint: stint.period):
        worked = _until(stint.period, shift.cancelled_at)
        owned.extend((stint.person, piece) for piece in intersection(windows, worked))
    return owned


def _until(period: Period, instant: dt.datetime | None) -> list[Period]:
    if instant is None or instant >= period.ends_at:
        return [period]
    whole_second = instant.replace(microsecond=0)
    if whole_second <= period.starts_at:
        return []
    return [Period(starts_at=period.starts_at, ends_at=whole_second)]


def _segment(person: str, pieces: Sequence[Period]) -> Segment:
    period = Period(starts_at=pieces[0].starts_at, ends_at=pieces[-1].ends_at)
    return Segment(person=person, period=period, pieces=tuple(merged(pieces)))


def _share(segment: Segment, date: dt.date, shift: Shift) -> HolidayShare:
    windows = intersection(merged(shift.day_windows), [local_day(date, shift.time_zone)])
    worked = intersection(windows, segment.pieces)
    before = 0
    if worked:
        before = sum(_seconds_before(window, worked[0].starts_at) for window in windows)
    return HolidayShare(
        date=date,
        from_second=before,
        to_second=before + seconds(worked),
        date_seconds=seconds(windows),
    )


def _seconds_before(window: Period, instant: dt.datetime) -> int:
    if instant <= window.starts_at:
        return 0
    return Period(starts_at=window.starts_at, ends_at=min(window.ends_at, instant)).seconds
