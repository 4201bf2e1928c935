"""Telling calendars what has changed: events are written down here and read by every feed."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When

from rotation.domain import calendar_entries
from rotation.models import CalendarEntry, CalendarState, Rotation
from rotation.queries import calendar_pieces, worked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from rotation.domain.calendar_entries import Changes, Piece

# What is carried is looked at that often even if nobody said that it changed.
LOOK_EVERY = dt.timedelta(minutes=15)
# Covers of a week that is over stay as they are; a little more is looked at to be sure.
LOOK_BACK = dt.timedelta(weeks=2)
MOST_RENAMED = 500
WRITTEN = [
    "starts_at",
    "ends_at",
    "hours",
    "name",
    "beside",
    "beside_name",
    "sequence",
    "is_cancelled",
    "changed_at",
]


class _MovedOnError(Exception):
    """Another worker told of the same at the same time: nothing of this one is kept."""


def note_changed(*, rotation_id: int, now: dt.datetime) -> None:
    """Say in the caller's transaction that a rotation's stints change: its events are due.

    Without a row the next sweep makes one, and tells of everything.
    """
    since = Case(When(told=F("wanted"), then=Value(now)), default=F("wanted_at"))
    CalendarState.objects.filter(rotation_id=rotation_id).update(
        wanted=F("wanted") + 1, wanted_at=since
    )


def watch_rotations(*, now: dt.datetime) -> None:
    """Give each rotation its row, from which on its events are kept."""
    without = Rotation.objects.filter(calendar_state__isnull=True)
    CalendarState.objects.bulk_create(
        [CalendarState(rotation=rotation, wanted_at=now) for rotation in without],
        ignore_conflicts=True,
    )


def tell_rotation(*, rotation_id: int, now: dt.datetime) -> int:
    """Bring a rotation's events in line with what is carried; returns how many changed.

    Two workers at once: one writes, the other's transaction is undone.
    """
    state = CalendarState.objects.select_related("rotation").get(rotation_id=rotation_id)
    try:
        with transaction.atomic():
            return _tell(state, now)
    except _MovedOnError:
        return 0
    except IntegrityError:
        if _as_seen(state).exists():
            raise
        return 0


def _tell(state: CalendarState, now: dt.datetime) -> int:
    since = _since(state, now)
    wanted = calendar_pieces.pieces(rotation=state.rotation, since=since)
    told = calendar_pieces.told(rotation_id=state.rotation_id, since=since)
    found = calendar_entries.changes(told, wanted)
    _write(state.rotation, found, now)
    # The last of all: whoever notes a change meanwhile waits for no more than this.
    if not _as_seen(state).update(told=state.wanted, looked_at=now):
        raise _MovedOnError
    return found.count


def _as_seen(state: CalendarState) -> QuerySet[CalendarState]:
    return CalendarState.objects.filter(pk=state.pk, told=state.told, looked_at=state.looked_at)


def _since(state: CalendarState, now: dt.datetime) -> dt.datetime:
    """All that a calendar holds at first, then what can still change since the last look."""
    first = calendar_entries.reach(now).since
    return first if state.looked_at is None else max(first, state.looked_at - LOOK_BACK)


def _write(rotation: Rotation, found: Changes, now: dt.datetime) -> None:
    shifts = calendar_pieces.places(
        shift_ids={piece.shift_id for _number, piece in (*found.new, *found.others)}
    )
    CalendarEntry.objects.bulk_create(
        [_new(rotation, number, piece, shifts, now) for number, piece in found.new]
    )
    rows = CalendarEntry.objects.select_for_update(of=("self",)).in_bulk(
        [*(entry_id for entry_id, _piece in found.others), *found.off]
    )
    for entry_id, piece in found.others:
        _say(rows[entry_id], piece)
        rows[entry_id].is_cancelled = False
    for entry_id in found.off:
        rows[entry_id].is_cancelled = True
    _change(rows.values(), now)


def _new(
    rotation: Rotation,
    number: int,
    piece: Piece,
    shifts: Mapping[int, calendar_pieces.Where],
    now: dt.datetime,
) -> CalendarEntry:
    where = shifts[piece.shift_id]
    entry = CalendarEntry(
        uid=_uid(rotation, where, piece, number),
        shift_id=piece.shift_id,
        level_id=where.level_id,
        engineer_id=piece.person,
        kind=piece.kind,
        number=number,
        created_at=now,
        changed_at=now,
    )
    _say(entry, piece)
    return entry


def _uid(rotation: Rotation, where: calendar_pieces.Where, piece: Piece, number: int) -> str:
    """A name that this event keeps for good and no other one in the world has."""
    who = "gap" if piece.person is None else str(piece.person)
    parts = (rotation.slug, where.level, where.week_date, who, piece.kind.replace("_", "-"), number)
    host = urllib.parse.urlsplit(settings.ROTA_BASE_URL).hostname or "rota"
    return f"{'.'.join(map(str, parts))}@{host}"


def _say(entry: CalendarEntry, piece: Piece) -> None:
    facts = piece.facts
    entry.starts_at, entry.ends_at = facts.period.starts_at, facts.period.ends_at
    entry.hours = worked.periods_to_json(facts.hours)
    entry.name = facts.name
    entry.beside_id, entry.beside_name = facts.beside, facts.beside_name


def _change(rows: Iterable[CalendarEntry], now: dt.datetime) -> None:
    changed = list(rows)
    for entry in changed:
        entry.sequence += 1
        entry.changed_at = now
    CalendarEntry.objects.bulk_update(changed, WRITTEN)


def tell_names(*, now: dt.datetime) -> int:
    """Tell of people whose name is another than the one told; returns how many events changed."""
    with transaction.atomic():
        rows = list(
            CalendarEntry.objects.select_for_update(of=("self",))
            .filter(pk__in=calendar_pieces.stale_name_ids()[:MOST_RENAMED])
            .select_related("engineer", "beside")
            .order_by("pk")
        )
        for entry in rows:
            entry.name = entry.engineer.name if entry.engineer else ""
            entry.beside_name = entry.beside.name if entry.beside else ""
        _change(rows, now)
    return len(rows)
