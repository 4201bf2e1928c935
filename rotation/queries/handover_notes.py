"""Handover notes of a shift, who may write, read and confirm them, and what to do now."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.domain import reminders
from rotation.models import HandoverNote, Shift
from rotation.queries import own_shifts, turns, worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rotation.models import Incident
    from rotation.queries.worked import WorkedShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NoteLine:
    """One note as its readers see it; `can_confirm` for the one coming on, until it is done."""

    note_id: int
    author_id: int
    author: str
    text: str
    version: int
    written_at: dt.datetime
    confirmed_by: str
    confirmed_at: dt.datetime | None
    can_confirm: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """The notes of a shift, those left for it, and what is open in PagerDuty."""

    notes: tuple[NoteLine, ...]
    before: tuple[NoteLine, ...]
    incidents: tuple[Incident, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What home asks somebody: to write a note, or to read one. `by` is empty for one's own.

    `about_id` is the shift that the note is about.
    """

    about_id: int
    rotation_name: str
    level: str
    ends_at: dt.datetime
    zone: str
    by: str


def handover(
    *, shift: WorkedShift, viewer_id: int, with_titles: bool, now: dt.datetime
) -> Handover:
    """Notes of the shift and of the one before; at most six queries."""
    level = Q(shift__level__rotation_id=shift.rotation_id, shift__level__name=shift.level)
    rows = list(
        _rows().filter(level, Q(shift_id=shift.shift_id) | Q(shift__ends_at=shift.period.starts_at))
    )
    after = _next_shifts([shift]) if rows else {}
    own = [
        _line(row, viewer_id, confirms(shift, after.get(shift.shift_id), row))
        for row in rows
        if row.shift_id == shift.shift_id
    ]
    carriers = frozenset(stint.person for stint in shift.stints if stint.person is not None)
    before = [_line(row, viewer_id, carriers) for row in rows if row.shift_id != shift.shift_id]
    incidents: list[Incident] = []
    if with_titles and shift.period.starts_at <= now < shift.period.ends_at + reminders.DAY:
        open_now = turns.open_incidents(rotation_ids=[shift.rotation_id], now=now)
        incidents = open_now.get(shift.rotation_id, [])
    return Handover(notes=tuple(own), before=tuple(before), incidents=tuple(incidents))


def confirms(shift: WorkedShift, after: WorkedShift | None, note: HandoverNote) -> frozenset[int]:
    """Who comes on after the note's author: carriers of the next shift, and others of this one."""
    people = {stint.person for stint in (after.stints if after else ())}
    people |= {stint.person for stint in shift.stints}
    return frozenset(who for who in people if who is not None and who != note.author_id)


def confirmers(*, note: HandoverNote) -> frozenset[int]:
    """The same for one note that was read alone."""
    shift = worked.worked_shift(shift_id=note.shift_id)
    return confirms(shift, _next_shifts([shift]).get(shift.shift_id), note)


def readers_now(*, shift: WorkedShift, author_id: int, now: dt.datetime) -> list[int]:
    """Who is on call already for whom the note is meant; nobody while its author still is."""
    near = [shift, *_next_shifts([shift]).values()]
    who = turns.on_call_at(near, rotation_id=shift.rotation_id, level=shift.level, at=now)
    return [] if who is None or who == author_id else [who]


def tasks_of(*, engineer_id: int, now: dt.datetime) -> list[Task]:
    """Notes that somebody is to write or to confirm now; at most five queries."""
    near = (now - reminders.DAY * 9).date()
    shifts = own_shifts.own_shifts(engineer_id=engineer_id, from_date=near)
    return tasks_in(shifts=shifts, engineer_id=engineer_id, now=now)


def tasks_in(*, shifts: Iterable[WorkedShift], engineer_id: int, now: dt.datetime) -> list[Task]:
    """The same among that person's shifts, which were read already; at most three queries."""
    shifts = [
        shift
        for shift in shifts
        if shift.cancelled_at is None
        and shift.period.starts_at <= now < shift.period.ends_at + reminders.DAY
    ]
    if not shifts:
        return []
    starts = [shift.period.starts_at for shift in shifts]
    ids = [shift.shift_id for shift in shifts]
    rows = list(_rows().filter(Q(shift_id__in=ids) | Q(shift__ends_at__in=starts)))
    return [*_to_write(shifts, rows, engineer_id, now), *_to_read(shifts, rows, engineer_id, now)]


def _to_write(
    shifts: Iterable[WorkedShift], rows: Iterable[HandoverNote], me: int, now: dt.datetime
) -> list[Task]:
    written = {row.shift_id for row in rows if row.author_id == me}
    return [
        _task(shift, about_id=shift.shift_id, by="")
        for shift in shifts
        if shift.stints[-1].person == me
        and shift.period.ends_at - reminders.DAY <= now
        and shift.shift_id not in written
    ]


def _to_read(
    shifts: Iterable[WorkedShift], rows: Iterable[HandoverNote], me: int, now: dt.datetime
) -> list[Task]:
    return [
        _task(shift, about_id=row.shift_id, by=row.author.name)
        for shift in shifts
        for row in rows
        if row.confirmed_at is None
        and row.author_id != me
        and _is_before(row, shift)
        and any(stint.person == me and stint.period.starts_at <= now for stint in shift.stints)
    ]


def _is_before(note: HandoverNote, shift: WorkedShift) -> bool:
    """Whether the note is about the shift just before on the same level."""
    about = note.shift
    return (about.level.rotation_id, about.level.name, about.ends_at) == (
        shift.rotation_id,
        shift.level,
        shift.period.starts_at,
    )


def _task(shift: WorkedShift, *, about_id: int, by: str) -> Task:
    return Task(
        about_id=about_id,
        rotation_name=shift.rotation_name,
        level=shift.level,
        ends_at=shift.period.ends_at,
        zone=shift.zone,
        by=by,
    )


def _rows() -> QuerySet[HandoverNote]:
    notes = HandoverNote.objects.select_related("author", "confirmed_by", "shift__level")
    return notes.order_by("written_at", "pk")


def _next_shifts(shifts: Iterable[WorkedShift]) -> dict[int, WorkedShift]:
    """The shift that follows each on its level, by the id of the one before."""
    ends = Q(pk__in=[])
    for shift in shifts:
        ends |= Q(
            level__rotation_id=shift.rotation_id,
            level__name=shift.level,
            starts_at=shift.period.ends_at,
        )
    found = worked.worked_shifts(shifts=Shift.objects.filter(ends))
    return {
        shift.shift_id: after
        for shift in shifts
        for after in found
        if (after.rotation_id, after.level, after.period.starts_at)
        == (shift.rotation_id, shift.level, shift.period.ends_at)
    }


def _line(row: HandoverNote, viewer_id: int, confirming: frozenset[int]) -> NoteLine:
    return NoteLine(
        note_id=row.pk,
        author_id=row.author_id,
        author=row.author.name,
        text=row.text,
        version=row.version,
        written_at=row.written_at,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        confirmed_at=row.confirmed_at,
        can_confirm=row.confirmed_at is None
        and viewer_id in confirming
        and viewer_id != row.author_id,
    )
