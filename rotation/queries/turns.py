"""Who begins when on each level, and what they find there."""

from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import reminders
from rotation.models import HandoverNote, Incident, LevelName, Shift
from rotation.queries import worked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rotation.domain.reminders import Turn
    from rotation.queries.worked import WorkedShift

OPEN_SINCE = dt.timedelta(days=14)
MOST_OPEN = 20


def shifts_near(*, now: dt.datetime, until: dt.datetime) -> list[WorkedShift]:
    """Shifts that run or begin by then, and those that ended in the last day; two queries."""
    near = Shift.objects.filter(
        ends_at__gt=now - reminders.DAY, starts_at__lte=until, cancelled_at__isnull=True
    )
    return worked.worked_shifts(shifts=near)


def turns_in(shifts: Iterable[WorkedShift]) -> Iterator[tuple[WorkedShift, Turn]]:
    """The turns of the shifts, each level's in order of time."""
    by_level: dict[tuple[int, str], list[WorkedShift]] = collections.defaultdict(list)
    for shift in shifts:
        by_level[shift.rotation_id, shift.level].append(shift)
    for found in by_level.values():
        last: WorkedShift | None = None
        for shift in sorted(found, key=lambda one: one.period):
            is_next = last is not None and last.period.ends_at == shift.period.starts_at
            before = last.stints[-1].person if is_next and last is not None else None
            for turn in reminders.turns(shift.shift_id, shift.stints, before=before):
                yield shift, turn
            last = shift


def on_call_at(
    shifts: Iterable[WorkedShift], *, rotation_id: int, level: str, at: dt.datetime
) -> int | None:
    """Who is on call on a level at that instant; None for nobody."""
    for shift in shifts:
        if (shift.rotation_id, shift.level) == (rotation_id, level):
            stint = shift.stint_at(at)
            if stint is not None:
                return stint.person
    return None


def open_incidents(*, rotation_ids: Iterable[int], now: dt.datetime) -> dict[int, list[Incident]]:
    """Incidents of the last two weeks that nobody has resolved, by rotation, the oldest first."""
    rows = Incident.objects.filter(
        rotation_id__in=list(rotation_ids),
        resolved_at__isnull=True,
        triggered_at__gt=now - OPEN_SINCE,
        triggered_at__lte=now,
    )
    found: dict[int, list[Incident]] = collections.defaultdict(list)
    for row in rows.select_related("service").order_by("triggered_at", "pk"):
        if row.rotation_id is not None and len(found[row.rotation_id]) < MOST_OPEN:
            found[row.rotation_id].append(row)
    return found


def notes_before(*, shift: WorkedShift, at: dt.datetime) -> list[HandoverNote]:
    """What was left for whoever begins at that instant: notes of this shift and the one before."""
    level = HandoverNote.objects.filter(
        shift__level__rotation_id=shift.rotation_id, shift__level__name=shift.level
    )
    near = level.filter(shift__ends_at=shift.period.starts_at)
    if at > shift.period.starts_at:
        near = level.filter(shift_id=shift.shift_id)
    return list(near.select_related("author").order_by("written_at", "pk"))


def other_level(level: str) -> LevelName:
    """The level that is called beside it."""
    return LevelName.PRIMARY if level == LevelName.ESCALATION else LevelName.ESCALATION


def shown(incidents: Sequence[Incident]) -> list[str]:
    """One line for each: what it is called and from which service."""
    return [
        f"{one.title}{f' ({one.service.name})' if one.service else ''}".replace("\n", " ")
        for one in incidents
    ]
