"""What a feed's calendar holds, and the version by which its reader knows whether that changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.urls import reverse

from common.periods import Period
from rotation.domain import calendar_entries
from rotation.models import CalendarEntry, CalendarFeed
from rotation.queries import worked

if TYPE_CHECKING:
    from django.db.models import QuerySet

Kind = CalendarFeed.Kind
# Grows with every change of how events are written: readers then fetch them anew.
FORMAT = 1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The same for as long as a calendar's bytes are."""

    key: str
    changed_at: dt.datetime

    @property
    def etag(self) -> str:
        """As HTTP quotes it."""
        return f'"{self.key}"'


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event as it is told; `who` is empty in a gap, `beside` where nobody is named."""

    uid: str
    kind: str
    who: str
    beside: str
    rotation: str
    level: str
    zone: str
    period: Period
    hours: tuple[Period, ...]
    page: str
    sequence: int
    is_cancelled: bool
    created_at: dt.datetime
    changed_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EventCalendar:
    """A whole calendar; `is_own` where its reader carries what it holds."""

    rotation: str
    level: str
    is_own: bool
    events: tuple[Event, ...]


def version(*, feed: CalendarFeed, now: dt.datetime) -> Version:
    """The version of a feed's calendar; one query, whatever it holds."""
    reach = calendar_entries.reach(now)
    found = _entries(feed, reach).aggregate(
        count=Count("pk"), changes=Sum("sequence"), changed_at=Max("changed_at")
    )
    parts = (
        FORMAT,
        settings.ROTA_BASE_URL,
        feed.kind,
        feed.engineer_id if feed.kind == Kind.MINE else feed.rotation_id or feed.level_id,
        reach.since.isoformat(),
        reach.called_off_since.isoformat(),
        found["count"],
        found["changes"],
        found["changed_at"] and found["changed_at"].isoformat(),
    )
    key = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]
    # A month on, less of what was called off is held, though nothing changed.
    month = dt.datetime(now.year, now.month, 1, tzinfo=dt.UTC)
    return Version(key=key, changed_at=max(found["changed_at"] or month, month))


def calendar(*, feed: CalendarFeed, now: dt.datetime) -> EventCalendar:
    """Everything that the feed's calendar holds, by start; one query."""
    rows = _entries(feed, calendar_entries.reach(now))
    rows = rows.select_related("level__rotation", "shift").order_by("starts_at", "uid")
    rotation = feed.level.rotation if feed.level is not None else feed.rotation
    return EventCalendar(
        rotation="" if rotation is None else rotation.name,
        level="" if feed.level is None else feed.level.name,
        is_own=feed.kind == Kind.MINE,
        events=tuple(_event(row) for row in rows),
    )


def _entries(feed: CalendarFeed, reach: calendar_entries.Reach) -> QuerySet[CalendarEntry]:
    rows = CalendarEntry.objects.filter(ends_at__gt=reach.since).filter(
        Q(is_cancelled=False) | Q(ends_at__gt=reach.called_off_since)
    )
    if feed.kind == Kind.MINE:
        return rows.filter(engineer_id=feed.engineer_id)
    # Who goes along is for them to know; on call is somebody else.
    rows = rows.filter(kind=CalendarEntry.Kind.ON_CALL)
    if feed.kind == Kind.LEVEL:
        return rows.filter(level=feed.level)
    return rows.filter(level__rotation=feed.rotation)


def _event(row: CalendarEntry) -> Event:
    return Event(
        uid=row.uid,
        kind=row.kind,
        who=row.name,
        beside=row.beside_name,
        rotation=row.level.rotation.name,
        level=row.level.name,
        zone=row.shift.time_zone,
        period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
        hours=worked.periods_from_json(row.hours),
        page=f"{settings.ROTA_BASE_URL}{reverse('shift-detail', args=[row.shift_id])}",
        sequence=row.sequence,
        is_cancelled=row.is_cancelled,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
