"""Whose shift a page fell into, whether on-call hours ran, and whether the person slept."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import pages, slots
from rotation.models import Level, Shift
from rotation.queries import patterns, worked
from volunteers.models import Office
from volunteers.queries import postings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.models import Rotation
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.postings import Postings

NO_ZONE = "UTC"
PRIMARY_FIRST = ("primary", "escalation")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Level and shift of the person at that instant, None when they were not on call."""

    level_id: int | None
    shift_id: int | None
    in_on_call_hours: bool
    in_sleep_hours: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Placing:
    """What is needed to place the pages of one incident, read in four queries."""

    rotation: Rotation | None
    shifts: Sequence[WorkedShift]
    levels: Mapping[str, int]
    places: Postings
    zones: Mapping[int, str]

    def at(self, instant: dt.datetime, *, engineer_id: int | None) -> Place:
        """The place of a page of that person; whoever is unknown has no shift."""
        shift = self._shift_of(instant, engineer_id)
        return Place(
            level_id=self.levels[shift.level] if shift else None,
            shift_id=shift.shift_id if shift else None,
            in_on_call_hours=self._is_on_call(instant, shift),
            in_sleep_hours=pages.is_sleep(instant, self._zone_of(engineer_id, instant)),
        )

    def _shift_of(self, instant: dt.datetime, engineer_id: int | None) -> WorkedShift | None:
        for shift in self.shifts:
            stint = shift.stint_at(instant)
            if stint and stint.person is not None and stint.person == engineer_id:
                return shift
        return None

    def _is_on_call(self, instant: dt.datetime, shift: WorkedShift | None) -> bool:
        """By the hours stored on the shift; by the rotation's pattern where none was published."""
        covering = shift or next((s for s in self.shifts if s.period.contains(instant)), None)
        if covering is not None:
            return any(window.contains(instant) for window in covering.windows)
        if self.rotation is None:
            return False
        pattern = patterns.pattern_of(self.rotation)
        week = slots.week_at(pattern, instant)
        windows = slots.on_call_windows(pattern, week, frozenset())
        return any(window.contains(instant) for window in windows)

    def _zone_of(self, engineer_id: int | None, instant: dt.datetime) -> str:
        """Where the person worked on that day, else the rotation's."""
        place = self.places.place(engineer_id, instant.date()) if engineer_id else None
        if place is not None:
            return self.zones[place.office_id]
        return self.rotation.time_zone if self.rotation else NO_ZONE


def placing(
    *, rotation: Rotation | None, people: Mapping[str, int], pages: Sequence[dt.datetime]
) -> Placing:
    """Everything for the pages of one incident, those of primary shifts before level 2."""
    found: list[WorkedShift] = []
    levels: dict[str, int] = {}
    if rotation is not None and pages:
        rows = Shift.objects.filter(
            level__rotation=rotation, starts_at__lte=max(pages), ends_at__gt=min(pages)
        )
        found = worked.worked_shifts(shifts=rows)
        levels = dict(Level.objects.filter(rotation=rotation).values_list("name", "pk"))
    return Placing(
        rotation=rotation,
        shifts=sorted(found, key=lambda shift: PRIMARY_FIRST.index(shift.level)),
        levels=levels,
        places=postings.postings_of(engineer_ids=people.values()),
        zones=dict(Office.objects.values_list("pk", "time_zone")),
    )
