"""What calendars shall tell of a rotation, and what they have told."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import F, Q

from common.periods import Period
from rotation.domain import calendar_entries
from rotation.domain.calendar_entries import Facts, Piece, Told
from rotation.models import CalendarEntry, CalendarState, LevelName, Shift
from rotation.queries import worked
from volunteers.queries import contacts, shadows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from rotation.models import Rotation
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.shadows import ShadowTime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """A shift's place: its level and the local date of its handover."""

    level_id: int
    level: str
    week_date: dt.date


def due_rotation_ids(*, now: dt.datetime, look_every: dt.timedelta) -> list[int]:
    """Rotations whose stints changed, were never told of, or were not looked at for a while."""
    due = CalendarState.objects.filter(
        ~Q(told=F("wanted")) | Q(looked_at__isnull=True) | Q(looked_at__lte=now - look_every)
    )
    return list(due.order_by("wanted_at", "pk").values_list("rotation_id", flat=True))


def pieces(*, rotation: Rotation, since: dt.datetime) -> list[Piece]:
    """The events of a rotation's shifts that end after `since`; four queries."""
    shifts = worked.worked_shifts(
        shifts=Shift.objects.filter(level__rotation=rotation, ends_at__gt=since)
    )
    times = shadows.shadow_times(team_id=rotation.team_id)
    names = _names(shifts, times)
    return [*_on_call(shifts, names), *_shadows(shifts, times, names)]


def _on_call(shifts: Iterable[WorkedShift], names: Mapping[int, str]) -> list[Piece]:
    return [
        piece
        for shift in shifts
        for piece in calendar_entries.pieces_of(
            shift_id=shift.shift_id,
            holder=shift.holder_id,
            stints=shift.stints,
            windows=shift.windows,
            names=names,
            is_cancelled=shift.cancelled_at is not None,
        )
    ]


def _shadows(
    shifts: Iterable[WorkedShift], times: Iterable[ShadowTime], names: Mapping[int, str]
) -> list[Piece]:
    """Beside whom somebody goes along: whoever carries the week on primary."""
    times = list(times)
    return [
        calendar_entries.shadow_of(
            shift_id=shift.shift_id,
            person=time.engineer_id,
            beside=None if shift.carrier_id == time.engineer_id else shift.carrier_id,
            period=shift.period,
            windows=shift.windows,
            names=names,
        )
        for shift in shifts
        if shift.level == LevelName.PRIMARY and shift.cancelled_at is None
        for time in times
        if time.from_date <= shift.week_date < time.until_date
    ]


def _names(shifts: Iterable[WorkedShift], times: Iterable[ShadowTime]) -> dict[int, str]:
    people = {stint.person for shift in shifts for stint in shift.stints}
    people |= {shift.holder_id for shift in shifts}
    people |= {shift.carrier_id for shift in shifts}
    people |= {time.engineer_id for time in times}
    found = contacts.contacts(engineer_ids={who for who in people if who is not None})
    return {pk: contact.name for pk, contact in found.items()}


def told(*, rotation_id: int, since: dt.datetime) -> list[Told]:
    """The events that were told of those shifts, those called off included; one query."""
    rows = CalendarEntry.objects.filter(
        level__rotation_id=rotation_id, shift__ends_at__gt=since
    ).order_by("pk")
    return [_told(row) for row in rows]


def _told(row: CalendarEntry) -> Told:
    facts = Facts(
        period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
        hours=worked.periods_from_json(row.hours),
        name=row.name,
        beside=row.beside_id,
        beside_name=row.beside_name,
    )
    piece = Piece(shift_id=row.shift_id, person=row.engineer_id, kind=row.kind, facts=facts)
    return Told(entry_id=row.pk, number=row.number, is_cancelled=row.is_cancelled, piece=piece)


def places(*, shift_ids: Collection[int]) -> dict[int, Where]:
    """Where the shifts belong, by id; one query."""
    rows = Shift.objects.filter(pk__in=shift_ids)
    return {
        pk: Where(level_id=level_id, level=level, week_date=week_date)
        for pk, level_id, level, week_date in rows.values_list(
            "pk", "level_id", "level__name", "week_date"
        )
    }


def stale_name_ids() -> list[int]:
    """Events that tell another name than their people have by now, in order of id."""
    other = Q(engineer__isnull=False) & ~Q(name=F("engineer__name"))
    other |= Q(beside__isnull=False) & ~Q(beside_name=F("beside__name"))
    rows = CalendarEntry.objects.filter(other).order_by("pk")
    return list(rows.values_list("pk", flat=True))
