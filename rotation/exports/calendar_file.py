"""A calendar as iCalendar's bytes (RFC 5545); the only module that knows the library.

Instants are written in UTC, as they are stored: every program shows them in its reader's zone, a
later change of the zone's rules moves nobody's shift, and the hour that a clock change repeats can
be named, which local time with a zone cannot.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

import icalendar

from common import wording
from rotation.domain.calendar_entries import SHADOW

if TYPE_CHECKING:
    from rotation.queries.calendar_events import Event, EventCalendar

CONTENT_TYPE = "text/calendar; charset=utf-8"
FILE_NAME = "rota.ics"
PRODUCT = "-//Rota//Rota 1//EN"
REFRESH = "PT1H"
ALARMS = (dt.timedelta(days=-1), dt.timedelta(hours=-1))
LEVELS = {"primary": "primary", "escalation": "level 2"}
_NEVER = frozenset({"Cc", "Cs", "Zl", "Zp"})


def calendar_bytes(calendar: EventCalendar) -> bytes:
    """The calendar's file; the same for the same calendar."""
    file = icalendar.Calendar()
    title = calendar_title(calendar)
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("name", title)
    file.add("x-wr-calname", title)
    file["REFRESH-INTERVAL"] = icalendar.vText(REFRESH)
    file["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    file["X-PUBLISHED-TTL"] = icalendar.vText(REFRESH)
    for event in calendar.events:
        file.add_component(_event(event, is_own=calendar.is_own))
    written: bytes = file.to_ical()
    return written


def calendar_title(calendar: EventCalendar) -> str:
    """What calendar programs call it."""
    if calendar.is_own:
        return "Rota: my shifts"
    name = _line(calendar.rotation)
    return f"Rota: {name}, {LEVELS[calendar.level]}" if calendar.level else f"Rota: {name}"


def _event(event: Event, *, is_own: bool) -> icalendar.Event:
    written = icalendar.Event()
    title = _title(event, is_own=is_own)
    written.add("uid", event.uid)
    written.add("sequence", event.sequence)
    written.add("dtstamp", event.changed_at.replace(microsecond=0))
    written.add("created", event.created_at.replace(microsecond=0))
    written.add("last-modified", event.changed_at.replace(microsecond=0))
    written.add("dtstart", event.period.starts_at)
    written.add("dtend", event.period.ends_at)
    written.add("summary", f"Cancelled: {title}" if event.is_cancelled else title)
    written.add("description", _description(event, is_own=is_own))
    written.add("url", event.page)
    written.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    # A week on call is no appointment: its days stay free for others to invite to.
    written.add("transp", "TRANSPARENT")
    if is_own and not event.is_cancelled and event.kind != SHADOW:
        for before in ALARMS:
            written.add_component(_alarm(before, title))
    return written


def _alarm(before: dt.timedelta, title: str) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", before)
    return alarm


def _title(event: Event, *, is_own: bool) -> str:
    where = f"{_line(event.rotation)}, {LEVELS[event.level]}"
    if event.kind == SHADOW:
        beside = _line(event.beside)
        return f"Shadow {beside}: {where}" if beside else f"Shadow: {where}"
    if is_own:
        return f"On call: {where}"
    if not event.who:
        return f"Nobody on call: {where}"
    return f"{_line(event.who)} on call: {where}"


def _description(event: Event, *, is_own: bool) -> str:
    if event.is_cancelled:
        told = "This time is yours no more." if is_own else "This changed hands."
        return f"{told}\n\n{event.page}"
    lines = []
    if event.beside and event.kind != SHADOW:
        subject = "You cover" if is_own else f"{_line(event.who)} covers"
        lines.append(f"{subject} for {_line(event.beside)}.")
    if event.kind == SHADOW:
        lines.append("You go along: PagerDuty does not page you, and the week is not paid.")
    if event.hours:
        lines.append("On-call hours:")
        lines += [wording.span(one.starts_at, one.ends_at, event.zone) for one in event.hours]
    else:
        lines.append("All of it is in office hours: nobody is paged.")
    return "\n".join([*lines, "", event.page])


def _line(text: str) -> str:
    """The text on one line, without what could end it in any reader."""
    kept = (" " if unicodedata.category(letter) in _NEVER else letter for letter in text)
    return " ".join("".join(kept).split())
