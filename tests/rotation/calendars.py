"""Calendars in tests: told by the sweep's own steps, read over HTTP, parsed by the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import icalendar
from django.test import Client

from rotation.domain.calendar_feeds import Held
from rotation.operations import calendar_feeds, calendars
from rotation.queries import calendar_feeds as queries
from rotation.queries import calendar_pieces
from tests.builders import NOW
from tests.rotation.pages import actor

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.models import CalendarFeed
    from volunteers.models import Engineer

MINE = Held()


def tell(now: dt.datetime = NOW) -> int:
    """What the sweep does with the rotations that are due; returns how many events changed."""
    calendars.watch_rotations(now=now)
    ids = calendar_pieces.due_rotation_ids(now=now, look_every=calendars.LOOK_EVERY)
    changed = sum(calendars.tell_rotation(rotation_id=one, now=now) for one in ids)
    return changed + calendars.tell_names(now=now)


def make_feed(engineer: Engineer, held: Held = MINE, now: dt.datetime = NOW) -> CalendarFeed:
    return calendar_feeds.make_feed(held=held, actor=actor(engineer), now=now)


def path_of(feed: CalendarFeed) -> str:
    """Where the feed answers, without the host."""
    address = queries.own_feed(feed).address
    return "/calendar/" + address.rpartition("/")[2]


def secret_of(feed: CalendarFeed) -> str:
    return path_of(feed).removeprefix("/calendar/").removesuffix(".ics")


def fetch(feed: CalendarFeed, **headers: str) -> HttpResponse:
    """The answer to a calendar program that has no session; `if_none_match` and the like."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: HttpResponse = Client().get(path_of(feed), headers=given)  # type: ignore[assignment]
    return answer


def bytes_of(feed: CalendarFeed) -> bytes:
    answer = fetch(feed)
    assert answer.status_code == 200
    return answer.content


def events_of(feed: CalendarFeed) -> list[Any]:
    """The feed's events as the library reads them, in the file's order."""
    parsed = icalendar.Calendar.from_ical(bytes_of(feed))
    return list(parsed.walk("VEVENT"))


def titles(feed: CalendarFeed) -> list[str]:
    return [str(event["SUMMARY"]) for event in events_of(feed)]


def times(event: Any) -> tuple[dt.datetime, dt.datetime]:
    return event["DTSTART"].dt, event["DTEND"].dt
