"""Days, times, loads and counts as Rota writes them, on pages and in mails alike.

Weekday, day, month; the year once in a phrase; 24 hours; every time names its zone. The words are
ours, so neither the machine's nor the reader's language setting changes them.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo

MINUS = "\N{MINUS SIGN}"
USUAL_WEEK = dt.timedelta(hours=168)
DAYS_THEN_WEEKS = 28
SECONDS_OF_A_MINUTE = 60

_LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS = tuple(name[:3] for name in _LONG_WEEKDAYS)
_MONTHS = (
    ("Jan", "January"),
    ("Feb", "February"),
    ("Mar", "March"),
    ("Apr", "April"),
    ("May", "May"),
    ("Jun", "June"),
    ("Jul", "July"),
    ("Aug", "August"),
    ("Sep", "September"),
    ("Oct", "October"),
    ("Nov", "November"),
    ("Dec", "December"),
)


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def local(at: dt.datetime, zone: str) -> dt.datetime:
    """The instant on the wall clock of `zone`.

    Raises:
        ValueError: the instant is naive.
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant is aware")
    return at.astimezone(_zone(zone))


def zone_letters(at: dt.datetime, zone: str) -> str:
    """The zone's letters at that instant, `GMT` or `IST`; `UTC+05:45` where it has none."""
    here = local(at, zone)
    letters = here.tzname() or ""
    if letters.isalpha():
        return letters
    minutes = int((here.utcoffset() or dt.timedelta(0)).total_seconds()) // 60
    sign = MINUS if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours:02d}:{rest:02d}"


def day(date: dt.date, *, year: bool = True) -> str:
    """`Mon 7 Dec 2026`, or `Mon 7 Dec`."""
    short = f"{_WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1][0]}"
    return f"{short} {date.year}" if year else short


def weekday(number: int) -> str:
    """`Monday` for 0."""
    return _LONG_WEEKDAYS[number]


def month(date: dt.date) -> str:
    """`December 2026`."""
    return f"{_MONTHS[date.month - 1][1]} {date.year}"


def duration(seconds: int | None) -> str:
    """`40 s`, `3 min`, `2 h 5 min`; empty for None."""
    if seconds is None:
        return ""
    if seconds < SECONDS_OF_A_MINUTE:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / SECONDS_OF_A_MINUTE), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def clock_time(at: dt.datetime, zone: str) -> str:
    """`12:00 GMT`."""
    return f"{local(at, zone):%H:%M} {zone_letters(at, zone)}"


def moment(at: dt.datetime, zone: str, *, year: bool = True) -> str:
    """`Mon 7 Dec 2026, 12:00 GMT`, or without the year."""
    return f"{day(local(at, zone).date(), year=year)}, {clock_time(at, zone)}"


def days(first: dt.date, last: dt.date, *, joiner: str = " to ") -> str:
    """`Mon 21 to Mon 28 Dec 2026`: month and year once where both days share them."""
    if first == last:
        return day(first)
    if first.year != last.year:
        opening = day(first)
    elif first.month != last.month:
        opening = day(first, year=False)
    else:
        opening = f"{_WEEKDAYS[first.weekday()]} {first.day}"
    return f"{opening}{joiner}{day(last)}"


def span(starts_at: dt.datetime, ends_at: dt.datetime, zone: str) -> str:
    """`Thu 24 Dec, 17:30 to Sun 27 Dec 2026, 12:00 GMT`, or `Thu 24 Dec 2026, 09:00 to 17:30 GMT`.

    The zone's letters stand on both sides when a clock change lies between.
    """
    start, end = local(starts_at, zone), local(ends_at, zone)
    first = f"{start:%H:%M}"
    if zone_letters(starts_at, zone) != zone_letters(ends_at, zone):
        first = clock_time(starts_at, zone)
    if start.date() == end.date():
        return f"{day(start.date())}, {first} to {clock_time(ends_at, zone)}"
    opening = day(start.date(), year=start.year != end.year)
    return f"{opening}, {first} to {moment(ends_at, zone)}"


def week(starts_at: dt.datetime, ends_at: dt.datetime, zone: str, *, joiner: str = " to ") -> str:
    """A shift's two handover days; a week across a clock change says its hours: `…, 169 h`."""
    text = days(local(starts_at, zone).date(), local(ends_at, zone).date(), joiner=joiner)
    length = ends_at - starts_at
    if length == USUAL_WEEK:
        return text
    return f"{text}, {length.total_seconds() / 3600:g} h"


def ahead(today: dt.date, then: dt.date) -> str:
    """`today`, `tomorrow`, `in 17 days`, `in 19 weeks`; for the past `3 days ago`."""
    distance = (then - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(distance)
    if near:
        return near
    size = abs(distance)
    words = counted(size // 7, "week") if size >= DAYS_THEN_WEEKS else counted(size, "day")
    return f"in {words}" if distance > 0 else f"{words} ago"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 week`, `2 weeks`, `0 people`: the figure with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def load(hundredths: int, *, sign: bool = False) -> str:
    """A load from hundredths: `1.0`, `1.5`, `0.55`; with `sign`, `+0.5` or a true minus."""
    whole, part = divmod(abs(hundredths), 100)
    decimals = f"{part:02d}".removesuffix("0") or "0"
    before = MINUS if hundredths < 0 else "+" if sign and hundredths else ""
    return f"{before}{whole}.{decimals}"
