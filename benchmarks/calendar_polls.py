"""The polls that `benchmarks.calendars` measures, in a process that Django runs in."""

from __future__ import annotations

import datetime as dt
import gzip
import statistics
import time
from typing import TYPE_CHECKING, Any

import time_machine
from django.core.cache import cache
from django.test import Client, override_settings

from audit.operations import Actor
from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarEntry, CalendarFeed, Level, Rotation, Shift
from rotation.operations import calendar_feeds, calendars
from rotation.queries import calendar_feeds as queries
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from volunteers.models import Engineer

NOW = builders.NOW
WEEKS_OF_A_YEAR = 52
TEAM = 7
DAY = dt.timedelta(days=1)
# What a poll costs beside Redis, whose part is a tenth of a millisecond each way.
IN_MEMORY = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def measure(*, years: int, polls: int) -> None:
    """Write the years down, tell them, and print a line for each feed."""
    with time_machine.travel(NOW, tick=False), override_settings(CACHES=IN_MEMORY):
        rotation, people = _years(years)
        calendars.watch_rotations(now=NOW)
        told, seconds = _timed(lambda: calendars.tell_rotation(rotation_id=rotation.pk, now=NOW))
        print(f"{told} events told in {seconds * 1000:.0f} ms")
        _told_of_others(people)
        again, seconds = _timed(lambda: calendars.tell_rotation(rotation_id=rotation.pk, now=NOW))
        print(f"{again} changes found in {seconds * 1000:.0f} ms when nothing changed")
        print(f"{'feed':<10}{'events':>8}{'bytes':>10}{'packed':>9}", end="")
        print(f"{'made':>10}{'kept':>10}{'304':>10}{'queries':>9}")
        level = Level.objects.get(rotation=rotation, name="primary")
        for name, held in (
            ("mine", Held()),
            ("level", Held(level_id=level.pk)),
            ("rotation", Held(rotation_id=rotation.pk)),
        ):
            _report(name, _feed(people[0], held), polls)


def _years(years: int) -> tuple[Rotation, list[Engineer]]:
    rotation = builders.make_rotation()
    people = [builders.make_engineer(name=f"Person {number}") for number in range(TEAM)]
    weeks = years * WEEKS_OF_A_YEAR
    first = builders.NEXT_WEEK + 26 * builders.WEEK - weeks * builders.WEEK
    for offset, level in enumerate(rotation.levels.order_by("pk")):
        for number in range(weeks):
            builders.make_shift(
                level=level,
                week_date=first + number * builders.WEEK,
                holder=people[(number + offset) % TEAM],
            )
    for number, shift in enumerate(Shift.objects.order_by("starts_at", "pk")[::4]):
        taker = people[number % TEAM]
        if taker != shift.holder:
            builders.make_cover(
                shift=shift,
                from_engineer=shift.holder,
                to_engineer=taker,
                starts_at=shift.starts_at + 2 * DAY,
                ends_at=shift.starts_at + 3 * DAY,
            )
    return rotation, people


def _told_of_others(people: list[Engineer]) -> None:
    """Each seventh event was somebody else's before, and was called off."""
    CalendarEntry.objects.bulk_create(
        CalendarEntry(
            uid=f"{entry.uid}.before",
            shift_id=entry.shift_id,
            level_id=entry.level_id,
            engineer=people[0],
            kind=entry.kind,
            number=100 + number,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            hours=entry.hours,
            name=people[0].name,
            sequence=1,
            is_cancelled=True,
            created_at=NOW,
            changed_at=NOW,
        )
        for number, entry in enumerate(CalendarEntry.objects.order_by("pk"))
        if number % 7 == 0
    )


def _feed(owner: Engineer, held: Held) -> CalendarFeed:
    actor = Actor(name=owner.email, engineer_id=owner.pk)
    return calendar_feeds.make_feed(held=held, actor=actor, now=NOW)


def _report(name: str, feed: CalendarFeed, polls: int) -> None:
    path = "/calendar/" + queries.own_feed(feed).address.rpartition("/")[2]
    client = Client()

    def poll(**headers: str) -> HttpResponse:
        found: Any = client.get(path, headers=headers)
        answer: HttpResponse = found
        return answer

    cache.clear()
    first, made = _timed(poll)
    tag = {"If-None-Match": first.headers["ETag"]}
    kept = statistics.median(_timed(poll)[1] for _number in range(polls))
    unchanged = statistics.median(_timed(lambda: poll(**tag))[1] for _number in range(polls))
    last = poll(**tag)
    if last.status_code != 304:
        raise SystemExit(f"{name}: {last.status_code} where 304 was expected")
    events = first.content.count(b"BEGIN:VEVENT")
    sizes = f"{len(first.content):>10,}{len(gzip.compress(first.content)):>9,}"
    times = "".join(f"{seconds * 1000:>7.1f} ms" for seconds in (made, kept, unchanged))
    print(f"{name:<10}{events:>8}{sizes}{times}{last.headers['X-Query-Count']:>9}")


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What came of it, and the seconds of a processor that it took."""
    started = time.thread_time()
    found = act()
    return found, time.thread_time() - started
