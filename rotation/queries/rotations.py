"""The rotations in a line each, and one by its slug."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from rotation.models import LevelName, Shift
from rotation.queries import cells, worked
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from rotation.models import Rotation
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RotationLine:
    """One rotation: whose stint runs on each level (None: nobody's), and how much is covered."""

    slug: str
    name: str
    time_zone: str
    version: int
    primary: PersonMark | None
    escalation: PersonMark | None
    shifts: int
    gaps: int


def rotation_lines(*, rotations: QuerySet[Rotation], now: dt.datetime) -> list[RotationLine]:
    """Each of `rotations` with its running stints and coming shifts, in order of name."""
    rows = list(rotations.order_by("name", "pk"))
    ids = [row.pk for row in rows]
    coming = Shift.objects.filter(
        level__rotation__in=ids, ends_at__gt=now, cancelled_at__isnull=True
    )
    counts = {
        rotation_id: (shifts, gaps)
        for rotation_id, shifts, gaps in coming.values_list("level__rotation")
        .annotate(shifts=Count("pk"), gaps=Count("pk", filter=Q(holder__isnull=True)))
        .order_by("level__rotation")
    }
    running = worked.worked_shifts(shifts=coming.filter(starts_at__lte=now))
    people = {
        (shift.rotation_id, shift.level): stint.person
        for shift in running
        if (stint := shift.stint_at(now)) is not None
    }
    known = marks.with_others({}, engineer_ids={who for who in people.values() if who is not None})
    return [
        RotationLine(
            slug=row.slug,
            name=row.name,
            time_zone=row.time_zone,
            version=row.schedule_version,
            primary=_mark(people.get((row.pk, LevelName.PRIMARY)), known),
            escalation=_mark(people.get((row.pk, LevelName.ESCALATION)), known),
            shifts=counts.get(row.pk, (0, 0))[0],
            gaps=counts.get(row.pk, (0, 0))[1],
        )
        for row in rows
    ]


def _mark(engineer_id: int | None, known: dict[int, PersonMark]) -> PersonMark | None:
    return None if engineer_id is None else cells.mark_of(engineer_id, known)
