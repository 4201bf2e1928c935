"""Weeks of a rotation, from handover to handover, and the on-call time inside them.

Weeks are built in the rotation's zone, so one across a clock change has 167 or 169 hours.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import zoneinfo
from typing import TYPE_CHECKING

from common.periods import Period, difference, intersection, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEEK_DAYS = 7
SATURDAY = 5
DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time(0)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekPattern:
    """What repeats every week: zone, handover (0 is Monday) and office hours.

    Without office hours the rotation is continuous: on call at every hour.
    """

    zone: str
    handover_weekday: int
    handover_time: dt.time
    business_start: dt.time | None = None
    business_end: dt.time | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.handover_weekday < WEEK_DAYS:
            raise ValueError("the handover's weekday is 0 for Monday to 6 for Sunday")
        if (self.business_start is None) != (self.business_end is None):
            raise ValueError("office hours have a start and an end, or neither")
        if (
            self.business_start is not None
            and self.business_end is not None
            and self.business_end <= self.business_start
        ):
            raise ValueError("office hours end after they start")

    @property
    def office_hours(self) -> tuple[dt.time, dt.time] | None:
        """Start and end of a working day's office hours, or None when continuous."""
        if self.business_start is None or self.business_end is None:
            return None
        return self.business_start, self.business_end


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Week:
    """One week of a rotation, known by the local date of its handover."""

    week_date: dt.date
    period: Period


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def local_instant(zone: str, date: dt.date, time: dt.time) -> dt.datetime:
    """The instant of a wall time, in UTC.

    A wall time that a clock change leaves out moves forward by as much as was left out; one that
    happens twice means the first.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    wall = dt.datetime.combine(date, time.replace(fold=0, tzinfo=None), tzinfo=_zone(zone))
    return wall.astimezone(dt.UTC)


def local_date(zone: str, instant: dt.datetime) -> dt.date:
    """The calendar day in the zone at that instant."""
    return instant.astimezone(_zone(zone)).date()


def week_of(pattern: WeekPattern, week_date: dt.date) -> Week:
    """The week whose handover falls on that local date.

    Raises:
        ValueError: the date is on another weekday than the handover.
    """
    if week_date.weekday() != pattern.handover_weekday:
        raise ValueError(f"{week_date} is not a day of the handover")
    ends_on = week_date + WEEK_DAYS * DAY
    return Week(
        week_date=week_date,
        period=Period(
            starts_at=local_instant(pattern.zone, week_date, pattern.handover_time),
            ends_at=local_instant(pattern.zone, ends_on, pattern.handover_time),
        ),
    )


def first_week_on_or_after(pattern: WeekPattern, moment: dt.datetime | dt.date) -> Week:
    """The first week that starts on or after a local date, or at or after an instant."""
    if isinstance(moment, dt.datetime):
        week = _first_from_date(pattern, local_date(pattern.zone, moment))
        if week.period.starts_at >= moment:
            return week
        return week_of(pattern, week.week_date + WEEK_DAYS * DAY)
    return _first_from_date(pattern, moment)


def _first_from_date(pattern: WeekPattern, date: dt.date) -> Week:
    ahead = (pattern.handover_weekday - date.weekday()) % WEEK_DAYS
    return week_of(pattern, date + ahead * DAY)


def week_at(pattern: WeekPattern, instant: dt.datetime) -> Week:
    """The week that is running at the instant; at a handover, the one that starts."""
    coming = first_week_on_or_after(pattern, instant)
    if coming.period.starts_at == instant:
        return coming
    return week_of(pattern, coming.week_date - WEEK_DAYS * DAY)


def weeks_from(pattern: WeekPattern, first: dt.date, count: int) -> list[Week]:
    """`count` weeks in order of time, the first being that of the handover date `first`."""
    return [week_of(pattern, first + number * WEEK_DAYS * DAY) for number in range(count)]


def day_windows(pattern: WeekPattern, week: Week, holidays: frozenset[dt.date]) -> list[Period]:
    """The on-call time of every whole local day that the week touches.

    Weekends and holidays count whole, other days outside office hours, and every day whole when
    continuous. Not cut to the week; merged, in order of time.
    """
    first = local_date(pattern.zone, week.period.starts_at)
    last = local_date(pattern.zone, week.period.ends_at)
    return windows_of_days(pattern, _days(first, last), holidays)


def on_call_windows(pattern: WeekPattern, week: Week, holidays: frozenset[dt.date]) -> list[Period]:
    """The on-call time inside the week, in order of time."""
    return intersection(day_windows(pattern, week, holidays), [week.period])


def office_hours_of_holidays(
    pattern: WeekPattern, week: Week, holidays: frozenset[dt.date]
) -> list[Period]:
    """The time inside the week that is on call only because of a holiday, in order of time."""
    usual = on_call_windows(pattern, week, frozenset())
    return difference(on_call_windows(pattern, week, holidays), usual)


def regular_windows(pattern: WeekPattern, period: Period) -> list[Period]:
    """The on-call time inside any period as the weekly pattern alone gives it, without holidays."""
    first = local_date(pattern.zone, period.starts_at)
    last = local_date(pattern.zone, period.ends_at)
    return intersection(windows_of_days(pattern, _days(first, last), frozenset()), [period])


def windows_of_days(
    pattern: WeekPattern, dates: Iterable[dt.date], holidays: frozenset[dt.date]
) -> list[Period]:
    """The on-call time of whole local days, merged, in order of time."""
    return merged(window for date in dates for window in _windows_of_day(pattern, date, holidays))


def _windows_of_day(
    pattern: WeekPattern, date: dt.date, holidays: frozenset[dt.date]
) -> Iterator[Period]:
    starts_at = local_instant(pattern.zone, date, MIDNIGHT)
    ends_at = local_instant(pattern.zone, date + DAY, MIDNIGHT)
    hours = pattern.office_hours
    if hours is None or date.weekday() >= SATURDAY or date in holidays:
        yield Period(starts_at=starts_at, ends_at=ends_at)
        return
    opens_at, closes_at = (local_instant(pattern.zone, date, time) for time in hours)
    if starts_at < opens_at:
        yield Period(starts_at=starts_at, ends_at=opens_at)
    if closes_at < ends_at:
        yield Period(starts_at=closes_at, ends_at=ends_at)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY
