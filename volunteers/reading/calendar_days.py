"""The days that a calendar (RFC 5545) keeps free of work; reads hostile files too.

An all-day event is for its days wherever one is. A timed event is for each day of which it takes
half a working day at least, in the zone of the reader's office on that day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
import zoneinfo
from typing import TYPE_CHECKING, Any

import icalendar
import recurring_ical_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DAY = dt.timedelta(days=1)
HALF_A_WORKING_DAY = dt.timedelta(hours=4)
LONGEST_TITLE = 100
MOST_EVENTS = 20_000
# Rules that name times within a day make no days off, and thousands of instants.
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
OFTENER_THAN_DAILY = {"HOURLY", "MINUTELY", "SECONDLY"}
FREE = {"FREE", "WORKINGELSEWHERE"}


class CalendarUnreadableError(Exception):
    """This is no calendar; the message says so for the person who chose it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BusyDays:
    """Days on which somebody is busy, both included; `is_likely` unless tentative or part days."""

    first_day: dt.date
    last_day: dt.date
    title: str
    is_likely: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Zones:
    """The zone of the office by day: each from its date on, the first also before."""

    since: tuple[tuple[dt.date, str], ...]

    def midnight(self, day: dt.date) -> dt.datetime:
        """The start of the day where one works then."""
        name = self.since[0][1]
        for starts_on, zone in self.since:
            if starts_on <= day:
                name = zone
        local = dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(name))
        return local.astimezone(dt.UTC)


def busy_days(raw: bytes, *, zones: Zones, from_day: dt.date, until_day: dt.date) -> list[BusyDays]:
    """The busy days in `[from_day, until_day)`, in order of time; those that overlap are one.

    Raises:
        CalendarUnreadableError: it is no calendar.
    """
    found: list[BusyDays] = []
    for calendar in _calendars(raw):
        for event in _events(calendar, from_day, until_day):
            if _is_busy(event):
                found += _days_of(event, zones, from_day, until_day)
    return list(_joined(sorted(found, key=lambda one: (one.first_day, one.last_day, one.title))))


def _calendars(raw: bytes) -> list[icalendar.Calendar]:
    if not (b"BEGIN:VCALENDAR" in raw.upper() and b"END:VCALENDAR" in raw.upper()):
        raise CalendarUnreadableError(
            "This is no calendar in iCal format, or not the whole of one: "
            "it would begin with BEGIN:VCALENDAR and end with END:VCALENDAR."
        )
    try:
        found = icalendar.Calendar.from_ical(raw, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise CalendarUnreadableError("This calendar is broken: it cannot be read.") from None
    return list(found)


def _events(
    calendar: icalendar.Calendar, from_day: dt.date, until_day: dt.date
) -> Iterable[icalendar.Event]:
    """Each event that meets these days, recurring ones once for each time."""
    calendar.subcomponents = [
        each
        for each in calendar.subcomponents
        if each.name == "VTIMEZONE" or (each.name == "VEVENT" and _has_fit_rules(each))
    ]
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    start = dt.datetime.combine(from_day - DAY, dt.time(), dt.UTC)
    stop = dt.datetime.combine(until_day + DAY, dt.time(), dt.UTC)
    found = query.between(start, stop)
    if len(found) > MOST_EVENTS:
        raise CalendarUnreadableError("This calendar has too many entries in the coming year.")
    return [each for each in found if isinstance(each, icalendar.Event)]


def _has_fit_rules(event: Any) -> bool:
    """Whether it repeats by whole days, by a rule that is one."""
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, icalendar.vRecur) or any(rule.get(name) for name in WITHIN_A_DAY):
            return False
        if {str(each).upper() for each in rule.get("FREQ", [])} & OFTENER_THAN_DAILY:
            return False
    return True


def _is_busy(event: icalendar.Event) -> bool:
    """Whether it stands and takes time; repeats were worked out, so one that is off is off."""
    return (
        _word(event, "STATUS") != "CANCELLED"
        and _word(event, "TRANSP") != "TRANSPARENT"
        and _word(event, "X-MICROSOFT-CDO-BUSYSTATUS") not in FREE
    )


def _days_of(
    event: icalendar.Event, zones: Zones, from_day: dt.date, until_day: dt.date
) -> Iterator[BusyDays]:
    try:
        start, end = event.start, event.end
    except (ValueError, TypeError, icalendar.error.InvalidCalendar):
        return
    is_all_day = not (isinstance(start, dt.datetime) and isinstance(end, dt.datetime))
    days = _days_taken(start, end, zones)
    inside = [day for day in days if from_day <= day < until_day]
    is_tentative = "TENTATIVE" in {
        _word(event, "STATUS"),
        _word(event, "X-MICROSOFT-CDO-BUSYSTATUS"),
    }
    is_out = _word(event, "X-MICROSOFT-CDO-BUSYSTATUS") == "OOF"
    for first, last in _runs(inside):
        yield BusyDays(
            first_day=first,
            last_day=last,
            title=_title(event),
            is_likely=(is_all_day or is_out) and not is_tentative,
        )


def _dates(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The dates of an all-day event, whose end is the day after the last."""
    yield start
    day = start + DAY
    while day < end and (day - start).days < MOST_EVENTS:
        yield day
        day += DAY


def _days_taken(start: dt.date, end: dt.date, zones: Zones) -> Iterator[dt.date]:
    """The days of which the event takes half a working day; without a zone it is local time."""
    if not (isinstance(start, dt.datetime) and isinstance(end, dt.datetime)):
        yield from _dates(start, end)
        return
    day = start.date() - DAY
    last = min(end.date() + DAY, day + MOST_EVENTS * DAY)
    while day <= last:
        midnight, next_one = zones.midnight(day), zones.midnight(day + DAY)
        begins = max(_instant(start, day, zones), midnight)
        ends = min(_instant(end, day, zones), next_one)
        if ends - begins >= HALF_A_WORKING_DAY:
            yield day
        day += DAY


def _instant(at: dt.datetime, day: dt.date, zones: Zones) -> dt.datetime:
    if at.tzinfo is not None:
        return at.astimezone(dt.UTC)
    name = next(
        (zone for starts_on, zone in reversed(zones.since) if starts_on <= day), zones.since[0][1]
    )
    return at.replace(tzinfo=zoneinfo.ZoneInfo(name)).astimezone(dt.UTC)


def _runs(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last of each run of days in a row."""
    first = last = None
    for day in days:
        if first is None or last is None:
            first = last = day
        elif day == last + DAY:
            last = day
        else:
            yield first, last
            first = last = day
    if first is not None and last is not None:
        yield first, last


def _joined(found: Iterable[BusyDays]) -> Iterator[BusyDays]:
    """Those that share a day as one, with all their titles."""
    open_one: BusyDays | None = None
    for each in found:
        if open_one is None or each.first_day > open_one.last_day:
            if open_one is not None:
                yield open_one
            open_one = each
            continue
        titles = dict.fromkeys([*open_one.title.split(" · "), each.title])
        open_one = BusyDays(
            first_day=open_one.first_day,
            last_day=max(open_one.last_day, each.last_day),
            title=" · ".join(titles)[: 2 * LONGEST_TITLE],
            is_likely=open_one.is_likely and each.is_likely,
        )
    if open_one is not None:
        yield open_one


def _word(event: icalendar.Event, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _title(event: icalendar.Event) -> str:
    """The event's name on one line, without what cannot be seen."""
    text = unicodedata.normalize("NFC", str(event.get("SUMMARY", "")))
    plain = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(plain.split())[:LONGEST_TITLE].strip() or "No title"
