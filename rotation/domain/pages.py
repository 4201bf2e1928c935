"""What a page costs the person, and how many there were by shift, person, month or service."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import statistics
import zoneinfo
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

SLEEP_FROM = dt.time(23)
SLEEP_UNTIL = dt.time(7)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CountedPage:
    """A page as it is counted; ids are None where nobody or nothing is known.

    `month` is the first day of the month in which it came, in the rotation's zone.
    """

    person: int | None
    level: str
    shift: int | None
    service: str
    month: dt.date
    in_on_call_hours: bool
    in_sleep_hours: bool
    seconds_to_acknowledge: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many pages; of them how many in sleep hours and outside on-call hours.

    `acknowledged` is how many of the people answered, `median_seconds` how long half of those
    took at most, None when nobody did.
    """

    pages: int
    asleep: int
    outside: int
    acknowledged: int
    median_seconds: int | None


Key = TypeVar("Key", bound="Hashable")


def is_sleep(at: dt.datetime, zone: str) -> bool:
    """Whether the instant lies between 23:00 and 07:00 in the zone, 07:00 excluded.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    clock = at.astimezone(zoneinfo.ZoneInfo(zone)).time()
    return clock >= SLEEP_FROM or clock < SLEEP_UNTIL


def count(pages: Iterable[CountedPage]) -> Count:
    """All of them."""
    found = list(pages)
    answered = [
        page.seconds_to_acknowledge for page in found if page.seconds_to_acknowledge is not None
    ]
    return Count(
        pages=len(found),
        asleep=sum(page.in_sleep_hours for page in found),
        outside=sum(not page.in_on_call_hours for page in found),
        acknowledged=len(answered),
        median_seconds=int(statistics.median_low(answered)) if answered else None,
    )


def counts(pages: Iterable[CountedPage], key: Callable[[CountedPage], Key]) -> dict[Key, Count]:
    """The counts of those with the same key, in the order in which the keys first came."""
    groups: dict[Key, list[CountedPage]] = collections.defaultdict(list)
    for page in pages:
        groups[key(page)].append(page)
    return {name: count(group) for name, group in groups.items()}
