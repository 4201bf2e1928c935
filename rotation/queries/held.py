"""The shifts that people hold, for lists of people."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.models import Shift

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HeldShift:
    """A published week that somebody holds, covers left aside."""

    shift_id: int
    team_id: int
    rotation_name: str
    level: str
    week_date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    load: int


def held_shifts(
    *, engineer_ids: Iterable[int], team_ids: Iterable[int] | None = None
) -> dict[int, list[HeldShift]]:
    """Each person's shifts in the teams (None: all), by start; one query."""
    rows = Shift.objects.filter(holder_id__in=list(engineer_ids), cancelled_at__isnull=True)
    if team_ids is not None:
        rows = rows.filter(level__rotation__team_id__in=list(team_ids))
    found: dict[int, list[HeldShift]] = collections.defaultdict(list)
    for row in rows.select_related("level__rotation").order_by("starts_at", "pk"):
        if row.holder_id is not None:
            found[row.holder_id].append(_held(row))
    return found


def _held(shift: Shift) -> HeldShift:
    rotation = shift.level.rotation
    return HeldShift(
        shift_id=shift.pk,
        team_id=rotation.team_id,
        rotation_name=rotation.name,
        level=shift.level.name,
        week_date=shift.week_date,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        zone=shift.time_zone,
        load=shift.load_hundredths,
    )
