"""The audit trail as one reader sees it: names, places and changes in words."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from audit import queries
from audit.models import AuditEvent
from audit.queries import Scope, Wanted
from common import wording
from volunteers.models import Engineer
from volunteers.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from volunteers.access import Viewer

SHOWN = 50
IN_HISTORY = 20
MOST_PEOPLE = 200
DAY = dt.timedelta(days=1)
_SWEEP = "sweep:"
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
_LONGEST_ID = 19
_PAGES = {
    "draft": "draft-detail",
    "shift": "shift-detail",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that an event changed: both values in words, empty for none."""

    what: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EventLine:
    """One event in words; `href` leads to what it was about, where that has a page."""

    event_id: int
    at: dt.datetime
    actor: str
    who: str
    on_behalf_of: str
    for_whom: str
    verb: str
    subject: str
    href: str
    area: str
    team: str
    changes: tuple[Change, ...]

    @property
    def is_by_rota(self) -> bool:
        """Whether a sweep did it."""
        return self.actor.startswith(_SWEEP)


def scope_of(viewer: Viewer) -> Scope:
    """What the viewer sees: all, the teams they manage, money; their own acts in any case."""
    return Scope(
        person=viewer.email,
        sees_all=viewer.is_admin,
        teams=viewer.managed_team_slugs,
        areas=frozenset({AuditEvent.Area.MONEY.value} if viewer.is_finance else ()),
    )


def wanted_of(asked: Mapping[str, Any], *, zone: str) -> Wanted:
    """What the form's answers ask for; days are those of `zone`. A query when somebody is named."""
    who, since, until = asked.get("who"), asked.get("since"), asked.get("until")
    return Wanted(
        actors=_actors(who) if who else None,
        what=asked.get("what") or "",
        area=asked.get("area") or "",
        from_at=_midnight(since, zone) if since else None,
        until_at=_midnight(until + DAY, zone) if until else None,
    )


def lines(events: Sequence[AuditEvent], *, zone: str) -> list[EventLine]:
    """The events in words, instants in `zone`; two queries."""
    names = contacts.names_of(emails=_people(events))
    rows = queries.rows_named(events=events)
    return [_line(event, names, rows.get(event.pk, ()), zone) for event in events]


def history(*, viewer: Viewer, keys: Iterable[str], zone: str) -> list[EventLine]:
    """What happened to a row, as far as the viewer may see; three queries."""
    found = queries.history(scope=scope_of(viewer), keys=keys, number=IN_HISTORY)
    return lines(found, zone=zone)


def _line(event: AuditEvent, names: Mapping[str, str], rows: Iterable[str], zone: str) -> EventLine:
    return EventLine(
        event_id=event.pk,
        at=event.at,
        actor=event.actor,
        who=_named(event.actor, names),
        on_behalf_of=event.on_behalf_of,
        for_whom=_named(event.on_behalf_of, names),
        verb=event.verb,
        subject=_in_words(event.subject, names),
        href=_href(rows),
        area=event.area,
        team=event.team,
        changes=changes_of(event, names, zone),
    )


def changes_of(
    event: AuditEvent, names: Mapping[str, str] | None = None, zone: str = ""
) -> tuple[Change, ...]:
    """What differs between both sides, in the order in which it was written.

    With a zone, days and instants are written as people read them; without, as they were kept.
    """
    old, new = event.before or {}, event.after or {}
    return tuple(
        Change(
            what=key.replace("_", " ").capitalize(),
            before=_value(old.get(key), names or {}, zone),
            after=_value(new.get(key), names or {}, zone),
        )
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    )


def place_text(event: AuditEvent) -> str:
    """Where the page after this event begins, for an address."""
    at, pk = queries.place_of(event)
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}-{pk}"


def place_from(text: str) -> queries.Place:
    """What `place_text` wrote.

    Raises:
        ValueError: it did not write that.
    """
    at, _, pk = text.rpartition("-")
    if not (pk.isascii() and pk.isdigit() and len(pk) < _LONGEST_ID):
        raise ValueError(text)
    return dt.datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=dt.UTC), int(pk)


def _actors(who: str) -> tuple[str, ...]:
    """Whom a text means: people by a part of name or e-mail, or a sweep or the shell by name."""
    found = Engineer.objects.filter(Q(name__icontains=who) | Q(email__icontains=who))
    emails = found.order_by("pk").values_list("email", flat=True)[:MOST_PEOPLE]
    return (*emails, who, f"{_SWEEP}{who}")


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


def _people(events: Iterable[AuditEvent]) -> set[str]:
    found = set()
    for event in events:
        found |= {event.actor, event.on_behalf_of, event.subject, *event.concerned}
        for side in (event.before, event.after):
            found |= {value for value in (side or {}).values() if isinstance(value, str)}
    return {each for each in found if "@" in each}


def _named(actor: str, names: Mapping[str, str]) -> str:
    if actor.startswith(_SWEEP):
        return f"Rota ({actor.removeprefix(_SWEEP)})"
    return names.get(actor, actor)


def _in_words(subject: str, names: Mapping[str, str]) -> str:
    return names.get(subject, subject)


def _value(value: Any, names: Mapping[str, str], zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return _many(value, names, zone) if zone else json.dumps(value, ensure_ascii=False)
    text = str(value)
    return (_time(text, zone) if zone else "") or names.get(text, text)


def _many(value: list[Any] | dict[str, Any], names: Mapping[str, str], zone: str) -> str:
    """Several values as people read them: those of a table with the words they stand under."""
    if isinstance(value, list):
        return ", ".join(_value(each, names, zone) for each in value)
    return "; ".join(f"{key}: {_value(each, names, zone)}" for key, each in value.items())


def _time(text: str, zone: str) -> str:
    """A day or an instant as people read it; empty for other words."""
    with contextlib.suppress(ValueError):
        if _DAY.fullmatch(text):
            return wording.day(dt.date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            return wording.moment(dt.datetime.fromisoformat(text), zone)
    return ""


def _href(rows: Iterable[str]) -> str:
    for key in rows:
        kind, _, number = key.partition(":")
        if kind in _PAGES:
            return reverse(_PAGES[kind], args=[int(number)])
    return ""
