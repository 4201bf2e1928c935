"""Secret addresses of calendars: made, replaced, stopped; and when each was last fetched."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q

from audit.operations import Actor, Area, record
from common.refusals import RefusedError
from rotation.domain import calendar_feeds as domain
from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarFeed
from rotation.queries import calendar_feeds
from volunteers.operations import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

NONCE_BYTES = 24
SWEEP = Actor.sweep("sweep_calendars")
FETCHED = "calendar-feed-fetched-{}"
FETCHED_SECONDS = 7 * 24 * 3600
AT_ONCE = 500
MOST_FEEDS = 20


class FeedAlreadyThereError(RefusedError):
    """They have an address of this calendar."""

    code = "CALENDAR_FEED_ALREADY_THERE"
    status = 409


class TooManyFeedsError(RefusedError):
    """They have as many addresses as anybody may have."""

    code = "CALENDAR_FEEDS_TOO_MANY"
    status = 409


class FeedStoppedError(RefusedError):
    """The address was stopped or replaced in the meantime."""

    code = "CALENDAR_FEED_STOPPED"
    status = 409


def make_feed(*, held: Held, actor: Actor, now: dt.datetime) -> CalendarFeed:
    """Give the actor an address of that calendar.

    Raises:
        FeedAlreadyThereError: they have one.
        TooManyFeedsError: they have twenty of others.
    """
    with transaction.atomic():
        people.hold_engineer(engineer_id=actor.person_id)
        if _live(held, actor).exists():
            raise FeedAlreadyThereError(
                "You have an address of this calendar already. Replace it if others know it."
            )
        if CalendarFeed.objects.filter(_of(actor)).count() >= MOST_FEEDS:
            raise TooManyFeedsError(
                f"You have {MOST_FEEDS} addresses, and nobody may have more. "
                "Stop one that you do not use."
            )
        feed = _create(held, actor, now)
        _note(feed, "made", actor=actor, now=now)
    return feed


def replace_feed(*, feed_id: int, actor: Actor, now: dt.datetime) -> CalendarFeed:
    """Another address of the same calendar; the old one is answered with 404 from now on.

    Raises:
        FeedStoppedError: it was stopped or replaced already.
    """
    with transaction.atomic():
        old = _stopped(feed_id, actor, now)
        feed = _create(Held(rotation_id=old.rotation_id, level_id=old.level_id), actor, now)
        _note(feed, "replaced", actor=actor, now=now)
    return feed


def stop_feed(*, feed_id: int, actor: Actor, now: dt.datetime) -> None:
    """End an address: it is answered with 404 from now on, and never comes back.

    Raises:
        FeedStoppedError: it was stopped or replaced already.
    """
    with transaction.atomic():
        _note(_stopped(feed_id, actor, now), "stopped", actor=actor, now=now)


def stop_of_closed_accounts(*, now: dt.datetime) -> int:
    """End the addresses of people who have left, as their tokens end; returns how many.

    They are answered with 404 from the moment on that the account is closed; opened again, it
    does not bring them back.
    """
    gone = CalendarFeed.objects.filter(revoked_at__isnull=True, engineer__is_active=False)
    stopped = 0
    for feed in gone.select_related("engineer", "rotation", "level__rotation").order_by("pk"):
        with transaction.atomic():
            live = CalendarFeed.objects.filter(pk=feed.pk, revoked_at__isnull=True)
            if live.update(revoked_at=now):
                _note(feed, "stopped", actor=SWEEP, now=now)
                stopped += 1
    return stopped


def note_fetched(*, feed_id: int, now: dt.datetime) -> None:
    """Remember that somebody asked, without a write to the database; the sweep keeps it."""
    cache.set(FETCHED.format(feed_id), now.timestamp(), FETCHED_SECONDS)


def keep_fetches() -> int:
    """Write down when feeds were last fetched, as far as the cache knows; returns how many."""
    kept = 0
    live = CalendarFeed.objects.filter(revoked_at__isnull=True).order_by("pk")
    rows = list(live.values_list("pk", "fetched_at"))
    for first in range(0, len(rows), AT_ONCE):
        kept += _keep(rows[first : first + AT_ONCE])
    return kept


def _keep(rows: Sequence[tuple[int, dt.datetime | None]]) -> int:
    found = cache.get_many([FETCHED.format(pk) for pk, _at in rows])
    kept = 0
    for pk, before in rows:
        stamp = found.get(FETCHED.format(pk))
        if stamp is None:
            continue
        at = dt.datetime.fromtimestamp(stamp, dt.UTC).replace(microsecond=0)
        if before is None or at > before:
            kept += CalendarFeed.objects.filter(pk=pk).update(fetched_at=at)
    return kept


def _live(held: Held, actor: Actor) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(
        _of(actor), kind=held.kind, **_ids(rotation=held.rotation_id, level=held.level_id)
    )


def _ids(**ids: int | None) -> dict[str, int]:
    """A condition on those that are given."""
    return {name: pk for name, pk in ids.items() if pk is not None}


def _of(actor: Actor) -> Q:
    return Q(engineer_id=actor.person_id, revoked_at__isnull=True)


def _create(held: Held, actor: Actor, now: dt.datetime) -> CalendarFeed:
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return CalendarFeed.objects.create(
        engineer_id=actor.person_id,
        kind=held.kind,
        rotation_id=held.rotation_id,
        level_id=held.level_id,
        nonce=nonce,
        digest=domain.digest_of(domain.secret_of(nonce, calendar_feeds.secret_keys()[0])),
        created_at=now,
    )


def _stopped(feed_id: int, actor: Actor, now: dt.datetime) -> CalendarFeed:
    people.hold_engineer(engineer_id=actor.person_id)
    own = CalendarFeed.objects.filter(pk=feed_id, engineer_id=actor.person_id)
    if not own.filter(revoked_at__isnull=True).update(revoked_at=now):
        raise FeedStoppedError("This address was stopped or replaced already.")
    return own.get()


def _note(feed: CalendarFeed, verb: str, *, actor: Actor, now: dt.datetime) -> None:
    """One audit event; it names the calendar and never the address."""
    record(
        actor=actor,
        now=now,
        area=Area.ACCESS,
        verb=verb,
        subject=f"calendar address {feed.pk}: {_words(feed)}",
        concerned=[feed.engineer.email],
    )


def _words(feed: CalendarFeed) -> str:
    if feed.level is not None:
        return f"{feed.level.rotation.name}, {feed.level.name}"
    return feed.rotation.name if feed.rotation is not None else "own shifts"
