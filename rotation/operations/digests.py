"""A manager's Monday mail: who is on call, who is next, what is open, who is away, what waits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from common import wording
from outbox import operations as outbox
from rotation.domain import reminders
from rotation.models import LevelName, Rotation
from rotation.queries import digests
from volunteers.queries import managers, profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.queries.digests import Digest
    from volunteers.queries.managers import Manager

KIND = "digest"


def tell_managers(*, now: dt.datetime) -> int:
    """One mail to each manager for whom it is Monday, 08:00, with all of their rotations."""
    if not _is_monday_somewhere(now):
        return 0
    told = 0
    for manager in managers.managers(now=now):
        zone = profiles.place(engineer_id=manager.engineer_id, now=now).zone
        day = reminders.digest_day(now, zone)
        if day is not None:
            told += _tell(manager, day, zone, now)
    return told


def _is_monday_somewhere(now: dt.datetime) -> bool:
    # From 08:00 on Monday in the east of the world to midnight in its west.
    near = (now + hours * dt.timedelta(hours=1) for hours in (6, 0, -12))
    return reminders.MONDAY in {at.weekday() for at in near}


def _tell(manager: Manager, day: dt.date, zone: str, now: dt.datetime) -> int:
    with transaction.atomic():
        key = f"{KIND}:{day}:{manager.engineer_id}"
        notice = outbox.first_time(key=key, now=now)
        if notice is None or outbox.is_turned_off(to=manager.email, kind=KIND):
            return 0
        rotations = Rotation.objects.filter(team_id__in=manager.team_ids).order_by("name", "pk")
        found = digests.digests(rotations=list(rotations), reader_id=manager.engineer_id, now=now)
        if not found:
            return 0
        parts = "\n\n".join(_part(one, zone) for one in found)
        names = ", ".join(one.rotation.name for one in found)
        message = outbox.queue_message(
            to=manager.email,
            kind=KIND,
            subject=f"Your week: {names}",
            body=(
                f"Hello {manager.name},\n\n{parts}\n\n"
                f"See what needs you: {settings.ROTA_BASE_URL}/\n"
            ),
            now=now,
            good_until=now + reminders.DAY,
        )
        outbox.told_by(notices=[notice], message=message)
    return int(message is not None)


def _part(digest: Digest, zone: str) -> str:
    lines = [
        *_on_call(digest, zone),
        *_gaps(digest),
        *_away(digest),
        *_waiting(digest),
    ]
    slug = digest.rotation.slug
    page = f"{settings.ROTA_BASE_URL}{reverse('rotation-detail', args=[slug])}"
    listed = "\n".join(f"- {line}" for line in lines)
    return f"{digest.rotation.name}:\n{listed}\n\nSee the board: {page}"


def _on_call(digest: Digest, zone: str) -> Iterator[str]:
    for level in digest.duty.levels:
        label = LevelName(level.level).label
        if level.turn is None:
            yield f"{label}: nothing is published"
            continue
        who = level.turn.mark.name if level.turn.mark else "nobody"
        until = wording.moment(level.turn.ends_at, zone, year=False)
        follows = ""
        if level.follows is not None:
            name = level.follows.mark.name if level.follows.mark else "nobody"
            follows = f", then {name}"
        yield f"{label}: {who} until {until}{follows}"


def _gaps(digest: Digest) -> Iterator[str]:
    if not digest.gaps:
        yield "No gap in the next eight weeks"
    for shift in digest.gaps:
        level = LevelName(shift.level).label.lower()
        when = wording.week(shift.period.starts_at, shift.period.ends_at, shift.zone)
        yield f"Gap: {level}, {when}"


def _away(digest: Digest) -> Iterator[str]:
    """Names and days, never why."""
    for name, first, last in digest.away:
        yield f"Away: {name}, {wording.days(first, last)}"


def _waiting(digest: Digest) -> Iterator[str]:
    if digest.applications:
        yield wording.counted(digest.applications, "application waits", "applications wait")
    if digest.asked:
        yield wording.counted(
            digest.asked, "request for cover is open", "requests for cover are open"
        )
    if digest.drifts:
        places = wording.counted(digest.drifts, "place")
        yield f"PagerDuty shows somebody else in {places}"
    if digest.unreached:
        people = wording.counted(digest.unreached, "person", "people")
        yield f"PagerDuty cannot reach {people} in time"
