"""What a manager reads on a Monday of each of their rotations."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import reminders
from rotation.models import Cover, Drift, Shift
from rotation.queries import cells, duty, patterns, readiness, worked
from volunteers.queries import applications, contacts, service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.models import Rotation
    from rotation.queries.duty import RotationDuty
    from rotation.queries.worked import WorkedShift

AWAY_AHEAD = dt.timedelta(days=14)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """One rotation: `away` holds name, first and last day, of those in term, for two weeks."""

    rotation: Rotation
    duty: RotationDuty
    gaps: tuple[WorkedShift, ...]
    away: tuple[tuple[str, dt.date, dt.date], ...]
    applications: int
    asked: int
    drifts: int
    unreached: int


def digests(*, rotations: Sequence[Rotation], reader_id: int, now: dt.datetime) -> list[Digest]:
    """In the order of the rotations; the queries grow with the rotations, not with their rows."""
    if not rotations:
        return []
    gaps = _gaps(rotations, now)
    reach = readiness.counts(rotations=rotations, now=now)
    team_ids = [rotation.team_id for rotation in rotations]
    waiting = {
        one.team_id: one.count
        for one in applications.waiting_by_team(team_ids=team_ids, not_of=reader_id)
    }
    return [
        Digest(
            rotation=rotation,
            duty=one,
            gaps=tuple(gaps[rotation.pk]),
            away=tuple(_away(rotation, now)),
            applications=waiting.get(rotation.team_id, 0),
            asked=Cover.objects.filter(
                shift__level__rotation=rotation, state=Cover.State.OPEN, ends_at__gt=now
            ).count(),
            drifts=Drift.objects.filter(
                level__rotation=rotation, gone_at__isnull=True, choice=""
            ).count(),
            unreached=reach[rotation.pk].unreached,
        )
        for rotation, one in zip(rotations, duty.duties(rotations=rotations, now=now), strict=True)
    ]


def _gaps(rotations: Sequence[Rotation], now: dt.datetime) -> dict[int, list[WorkedShift]]:
    shifts = Shift.objects.filter(
        level__rotation__in=[rotation.pk for rotation in rotations],
        ends_at__gt=now,
        starts_at__lte=now + reminders.LOOK_AHEAD,
        cancelled_at__isnull=True,
    )
    found: dict[int, list[WorkedShift]] = collections.defaultdict(list)
    for shift in worked.worked_shifts(shifts=shifts):
        if cells.is_gap(shift):
            found[shift.rotation_id].append(shift)
    return found


def _away(rotation: Rotation, now: dt.datetime) -> list[tuple[str, dt.date, dt.date]]:
    today = patterns.today_in(rotation, now)
    until = today + AWAY_AHEAD
    serving = service.services_of(team_id=rotation.team_id, from_date=today)
    ids = {one.engineer_id for one in serving if one.starts_on < until}
    rows = service.absences_of(engineer_ids=ids, from_date=today, until_date=until)
    names = contacts.contacts(engineer_ids=[row.engineer_id for row in rows])
    lines = [
        (names[row.engineer_id].name, row.starts_on, row.ends_on - reminders.DAY) for row in rows
    ]
    return sorted(lines, key=lambda line: (line[1], line[0]))
