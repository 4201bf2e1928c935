"""A person's own weeks, and whether they are on call."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from django.db.models import Q

from common.periods import Period, intersection, merged
from rotation.domain import slots
from rotation.models import Cover, Shift
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.domain.planning import DaysAway
    from rotation.queries.worked import WorkedShift


class WeekState(enum.StrEnum):
    """Where a week stands for its person. `ENDED` waits for its entries to be written."""

    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    COVERED = "covered"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnWeek:
    """A shift that the person holds or covers; `mine` is their time in it, in order."""

    shift: WorkedShift
    mine: tuple[Period, ...]
    state: WeekState

    @property
    def on_call(self) -> list[Period]:
        """Their on-call time in the week, in order."""
        return intersection(self.shift.windows, self.mine)

    @property
    def is_part(self) -> bool:
        """Whether others carry some of the week."""
        return bool(self.mine) and self.mine != (self.shift.period,)


class Standing(enum.StrEnum):
    """Whether somebody is on call: now, from later today, no more in this week, or not at all."""

    ON_CALL = "on_call"
    TODAY = "today"
    DONE = "done"
    OFF = "off"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Am I on call. `from_at` is the next on-call time, `until` the end of that unbroken stint."""

    standing: Standing
    zone: str
    from_at: dt.datetime | None = None
    until: dt.datetime | None = None


def own_weeks(*, engineer_id: int, from_date: dt.date, now: dt.datetime) -> list[OwnWeek]:
    """The weeks from `from_date` on that the person holds or covers, by start; two queries."""
    covered = Cover.objects.filter(to_engineer_id=engineer_id, state=Cover.State.ACCEPTED)
    shifts = Shift.objects.filter(
        Q(holder_id=engineer_id) | Q(pk__in=covered.values("shift_id")), week_date__gte=from_date
    )
    return [own_week(shift, engineer_id, now) for shift in worked.worked_shifts(shifts=shifts)]


def own_shifts(*, engineer_id: int, from_date: dt.date) -> list[WorkedShift]:
    """The shifts that the person is named in, from that date on or not completed; two queries."""
    covered = Cover.objects.filter(to_engineer_id=engineer_id, state=Cover.State.ACCEPTED)
    named = Q(holder_id=engineer_id) | Q(pk__in=covered.values("shift_id"))
    wanted = Q(week_date__gte=from_date) | Q(completed_at__isnull=True)
    return worked.worked_shifts(shifts=Shift.objects.filter(named, wanted))


def own_week(shift: WorkedShift, engineer_id: int, now: dt.datetime) -> OwnWeek:
    """The shift as that person sees it."""
    mine = tuple(stint.period for stint in shift.stints if stint.person == engineer_id)
    return OwnWeek(shift=shift, mine=mine, state=_state(shift, mine, now))


def answer(weeks: Sequence[OwnWeek], *, zone: str, now: dt.datetime) -> Answer:
    """Whether the person of these weeks is on call; `zone` says what today is."""
    on_call = sorted(period for week in weeks for period in week.on_call if period.ends_at > now)
    stints = merged(period for week in weeks for period in week.mine)
    if on_call:
        first = on_call[0]
        at = max(first.starts_at, now)
        until = next(stint.ends_at for stint in stints if stint.contains(at))
        zone_there = _zone_at(weeks, at, zone)
        if first.contains(now):
            return Answer(standing=Standing.ON_CALL, zone=zone_there, from_at=now, until=until)
        if slots.local_date(zone, at) == slots.local_date(zone, now):
            return Answer(standing=Standing.TODAY, zone=zone_there, from_at=at, until=until)
    running = next((stint for stint in stints if stint.contains(now)), None)
    if running is None:
        return Answer(standing=Standing.OFF, zone=zone)
    return Answer(standing=Standing.DONE, zone=_zone_at(weeks, now, zone), until=running.ends_at)


def weeks_met(weeks: Iterable[OwnWeek], away: DaysAway) -> list[OwnWeek]:
    """Those that are not over and have on-call time of their person on the days away."""
    return [
        week
        for week in weeks
        if week.state in {WeekState.COMING, WeekState.RUNNING}
        and intersection(week.on_call, [away.period])
    ]


def _state(shift: WorkedShift, mine: Sequence[Period], now: dt.datetime) -> WeekState:
    if shift.cancelled_at is not None:
        return WeekState.CANCELLED
    if not mine:
        return WeekState.COVERED
    if now < shift.period.ends_at:
        return WeekState.RUNNING if shift.period.contains(now) else WeekState.COMING
    return WeekState.ENDED if shift.completed_at is None else WeekState.COMPLETED


def _zone_at(weeks: Iterable[OwnWeek], at: dt.datetime, otherwise: str) -> str:
    found = (week.shift.zone for week in weeks for period in week.mine if period.contains(at))
    return next(found, otherwise)
