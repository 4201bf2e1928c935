"""Busy days of a calendar beside what stands in Rota already."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from portal.queries import away_effect
from rotation.domain.planning import DaysAway
from rotation.queries import own_shifts
from volunteers import access
from volunteers.queries import own_time, profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rotation.queries.own_shifts import OwnWeek
    from volunteers.access import Viewer
    from volunteers.reading.calendar_days import BusyDays

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BusyRow:
    """Days to choose, both included; `held` are published weeks of one's own in them."""

    first_day: dt.date
    last_day: dt.date
    title: str
    is_likely: bool
    held: tuple[OwnWeek, ...]

    @property
    def value(self) -> str:
        """The days as the form sends them."""
        return f"{self.first_day}/{self.last_day}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BusyPreview:
    """What a calendar holds for the coming year; `known` days are entered already."""

    place: profiles.Place
    rows: tuple[BusyRow, ...]
    known: int

    @property
    def likely(self) -> int:
        """How many are ticked to begin with."""
        return sum(row.is_likely for row in self.rows)


def preview(*, viewer: Viewer, found: Sequence[BusyDays], now: dt.datetime) -> BusyPreview:
    """The days that are not entered yet, with the weeks they meet; a few queries for any number."""
    place = profiles.place(engineer_id=viewer.engineer_id, now=now)
    today = wording.local(now, place.zone).date()
    own = own_time.own_absences(absences=access.own_absences(viewer=viewer), from_date=today)
    taken = {day for each in own for day in _between(each.first_day, each.last_day)}
    weeks = own_shifts.own_weeks(
        engineer_id=viewer.engineer_id, from_date=today - away_effect.MARGIN, now=now
    )
    rows = []
    for each in found:
        days = [day for day in _between(each.first_day, each.last_day) if day >= today]
        for first, last in _runs(day for day in days if day not in taken):
            away = DaysAway(starts_on=first, ends_on=last + DAY, zone=place.zone)
            rows.append(
                BusyRow(
                    first_day=first,
                    last_day=last,
                    title=each.title,
                    is_likely=each.is_likely,
                    held=tuple(own_shifts.weeks_met(weeks, away)),
                )
            )
    busy = {day for each in found for day in _between(each.first_day, each.last_day)}
    return BusyPreview(place=place, rows=tuple(rows), known=len(busy & taken))


def _between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def _runs(days: Iterable[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """First and last of each run of days in a row."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in days:
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
