"""A person's calendar addresses, and the feed that an address opens."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from rotation.domain import calendar_feeds as domain
from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarFeed, Level, LevelName

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from rotation.models import Rotation

Kind = CalendarFeed.Kind
WEBCAL = "webcal"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnFeed:
    """An address as its owner reads it; `address` is empty where no key of the server made it.

    `rotation` and `level` are empty for one's own shifts, `level` for a whole rotation.
    """

    feed_id: int
    kind: str
    rotation: str
    rotation_name: str
    level: str
    address: str
    created_at: dt.datetime
    fetched_at: dt.datetime | None

    @property
    def webcal(self) -> str:
        """The same address under the scheme that opens a calendar program."""
        _scheme, colon, rest = self.address.partition(":")
        return f"{WEBCAL}{colon}{rest}" if rest else ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A calendar that somebody can subscribe to: of a rotation, or of one level of it."""

    value: str
    rotation_name: str
    level: str


def own_feeds(*, feeds: QuerySet[CalendarFeed]) -> list[OwnFeed]:
    """Those feeds: one's own shifts first, then by name of the rotation; one query."""
    rows = feeds.select_related("rotation", "level__rotation")
    return sorted((own_feed(row) for row in rows), key=_in_order)


def own_feed(feed: CalendarFeed) -> OwnFeed:
    """One feed with its address."""
    rotation = feed.level.rotation if feed.level is not None else feed.rotation
    secret = domain.shown(nonce=feed.nonce, digest=feed.digest, keys=secret_keys())
    return OwnFeed(
        feed_id=feed.pk,
        kind=feed.kind,
        rotation="" if rotation is None else rotation.slug,
        rotation_name="" if rotation is None else rotation.name,
        level="" if feed.level is None else feed.level.name,
        address=address_of(secret) if secret else "",
        created_at=feed.created_at,
        fetched_at=feed.fetched_at,
    )


def secret_keys() -> list[str]:
    """The server's keys, the one that makes new secrets first."""
    return [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]


def address_of(secret: str) -> str:
    """The whole address."""
    return f"{settings.ROTA_BASE_URL}{reverse('calendar-feed', args=[secret])}"


def opened_by(*, secret: str) -> CalendarFeed | None:
    """The feed that this secret opens, None when it opens none; one query.

    One that was stopped opens none, nor does one whose owner's account is closed.
    """
    live = CalendarFeed.objects.filter(revoked_at__isnull=True, engineer__is_active=True)
    digest = domain.digest_of(secret)
    rows = live.select_related("rotation", "level__rotation")
    return rows.filter(digest=digest).order_by("pk").first()


def held(*, rotations: QuerySet[Rotation], slug: str, level: str) -> Held | None:
    """What a calendar of one of those rotations holds, or of one level; None if there is none.

    Without a slug it is one's own shifts.
    """
    if not slug:
        return None if level else Held()
    rotation_id = rotations.filter(slug=slug).values_list("pk", flat=True).first()
    if rotation_id is None or not level:
        return None if rotation_id is None else Held(rotation_id=rotation_id)
    levels = Level.objects.filter(rotation_id=rotation_id, name=level)
    level_id = levels.values_list("pk", flat=True).first()
    return None if level_id is None else Held(level_id=level_id)


def choices(*, rotations: QuerySet[Rotation]) -> list[Choice]:
    """The calendars of those rotations, whole ones before their levels; one query."""
    levels = Level.objects.filter(rotation__in=rotations).select_related("rotation")
    found: dict[tuple[str, int], dict[str, Level]] = {}
    for level in levels:
        key = (level.rotation.name, level.rotation_id)
        found.setdefault(key, {})[level.name] = level
    return [choice for key in sorted(found) for choice in _choices(key[0], found[key])]


def _choices(rotation_name: str, levels: dict[str, Level]) -> list[Choice]:
    slug = next(iter(levels.values())).rotation.slug
    whole = Choice(value=slug, rotation_name=rotation_name, level="")
    return [
        whole,
        *(
            Choice(value=f"{slug}/{name}", rotation_name=rotation_name, level=name)
            for name in (LevelName.PRIMARY.value, LevelName.ESCALATION.value)
            if name in levels
        ),
    ]


def _in_order(feed: OwnFeed) -> tuple[bool, str, str, int]:
    order = {"": "0", LevelName.PRIMARY.value: "1"}
    return feed.kind != Kind.MINE, feed.rotation_name, order.get(feed.level, "2"), feed.feed_id
