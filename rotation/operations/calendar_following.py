"""Published weeks that have not started follow a change of an office's calendar."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from audit.operations import Area, record
from common.periods import Period, intersection, seconds
from rotation.domain import calendar_windows, planning, slots
from rotation.models import Rotation, Shift
from rotation.operations import calendar_mails, syncing
from rotation.queries import calendars, patterns, worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from audit.operations import Actor
    from rotation.models import PolicyVersion

_WRITTEN = ["day_windows", "load_hundredths", "holidays"]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CalendarChanged:
    """Which days of which office are other ones, and the instant of the change.

    Weeks that had started by then keep what they were published with.
    """

    office_id: int
    office_name: str
    dates: tuple[dt.date, ...]
    at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FollowedWeek:
    """A week that changes: on-call seconds and names of holidays, before and after."""

    shift_id: int
    rotation: str
    rotation_slug: str
    level: str
    week_date: dt.date
    zone: str
    period: Period
    holder_id: int | None
    seconds_before: int
    seconds_after: int
    holidays_before: tuple[str, ...]
    holidays_after: tuple[str, ...]

    @property
    def label(self) -> str:
        """How records call the week, `primary 2026-12-21`."""
        return f"{self.level} {self.week_date.isoformat()}"

    @property
    def has_other_hours(self) -> bool:
        """Whether on-call time changes, and not only what the week counts for."""
        return self.seconds_before != self.seconds_after


def follow_calendar(
    *, change: CalendarChanged, actor: Actor, now: dt.datetime
) -> list[FollowedWeek]:
    """Give published weeks after the change the on-call time and load of the calendar as it is.

    Only the days that changed are looked at. In the caller's transaction, which holds the calendar:
    each rotation is locked, then its weeks. Holders and managers are told, and PagerDuty and
    calendars follow, where on-call time is another. By rotation, level and week.
    """
    followed: list[FollowedWeek] = []
    for rotation in _rotations(change):
        weeks = _follow(rotation, change)
        if not weeks:
            continue
        followed += weeks
        _record(rotation, change, weeks, actor=actor, now=now)
        moved = [week for week in weeks if week.has_other_hours]
        if moved:
            syncing.queue_sync(
                rotation_id=rotation.pk,
                cause=f"the calendar of {change.office_name} changed",
                now=now,
                starts_at=min(week.period.starts_at for week in moved),
            )
            calendar_mails.tell_followed(
                rotation=rotation, office=change.office_name, weeks=moved, now=now
            )
    return followed


def _rotations(change: CalendarChanged) -> list[Rotation]:
    """Rotations with a published week around the days, held until the transaction ends."""
    ids = _coming(change).values_list("level__rotation_id", flat=True)
    rows = Rotation.objects.filter(pk__in=set(ids)).select_for_update(of=("self",))
    return list(rows.select_related("team").order_by("pk"))


def _coming(change: CalendarChanged) -> QuerySet[Shift]:
    first, last = min(change.dates), max(change.dates)
    return Shift.objects.filter(
        starts_at__gt=change.at,
        cancelled_at__isnull=True,
        completed_at__isnull=True,
        week_date__gte=first - planning.WEEK - slots.DAY,
        week_date__lte=last,
    )


def _follow(rotation: Rotation, change: CalendarChanged) -> list[FollowedWeek]:
    """Write the weeks of the rotation that become other ones; them, by level and week."""
    rows = _coming(change).filter(level__rotation=rotation).select_for_update(of=("self",))
    shifts = [
        shift
        for shift in rows.select_related("level", "policy").order_by("level_id", "week_date")
        if _touched(shift, change)
    ]
    followed, written = [], []
    for policy, some in _by_policy(shifts):
        weeks = [_week(shift) for shift in some]
        own = patterns.holidays_in(rotation, sorted(weeks, key=lambda week: week.week_date))
        loads = _loads(rotation, policy, weeks, own)
        for shift in some:
            week = _followed(rotation, shift, change, frozenset(own), loads[shift.week_date])
            if week is not None:
                followed.append(week)
                written.append(shift)
    Shift.objects.bulk_update(written, _WRITTEN)
    return followed


def _touched(shift: Shift, change: CalendarChanged) -> list[dt.date]:
    days = calendar_windows.days_touched(shift.time_zone, _period(shift))
    return [day for day in days if day in change.dates]


def _by_policy(shifts: list[Shift]) -> Iterator[tuple[PolicyVersion, list[Shift]]]:
    found: dict[int, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(shift.policy_id, []).append(shift)
    return ((some[0].policy, some) for some in found.values())


def _loads(
    rotation: Rotation, policy: PolicyVersion, weeks: list[slots.Week], own: dict[dt.date, str]
) -> dict[dt.date, planning.PlanWeek]:
    """By week what it counts for, by the policy that it was published with."""
    in_order = sorted({week.week_date: week for week in weeks}.items())
    horizon = [week for _date, week in in_order]
    counted = calendars.counted_holidays(rotation=rotation, policy=policy, weeks=horizon, own=own)
    planned = planning.plan_weeks(patterns.pattern_of(rotation), horizon, counted)
    return {week.week_date: week for week in planned}


def _followed(
    rotation: Rotation,
    shift: Shift,
    change: CalendarChanged,
    holidays: frozenset[dt.date],
    load: planning.PlanWeek,
) -> FollowedWeek | None:
    """The week with its new figures on the row, not written yet; None when nothing changes."""
    before = worked.periods_from_json(shift.day_windows)
    after: Sequence[Period] = before
    if rotation.holiday_office_id == change.office_id:
        after = calendar_windows.with_days(
            before,
            pattern=patterns.pattern_of(rotation),
            zone=shift.time_zone,
            dates=_touched(shift, change),
            holidays=holidays,
        )
    windows, names = worked.periods_to_json(after), tuple(shift.holidays)
    figures = (shift.day_windows, shift.load_hundredths, names)
    if (windows, load.load, load.holidays) == figures:
        return None
    shift.day_windows, shift.load_hundredths = windows, load.load
    shift.holidays = list(load.holidays)
    period = _period(shift)
    return FollowedWeek(
        shift_id=shift.pk,
        rotation=rotation.name,
        rotation_slug=rotation.slug,
        level=shift.level.name,
        week_date=shift.week_date,
        zone=shift.time_zone,
        period=period,
        holder_id=shift.holder_id,
        seconds_before=seconds(intersection(before, [period])),
        seconds_after=seconds(intersection(after, [period])),
        holidays_before=names,
        holidays_after=load.holidays,
    )


def _week(shift: Shift) -> slots.Week:
    return slots.Week(week_date=shift.week_date, period=_period(shift))


def _period(shift: Shift) -> Period:
    return Period(starts_at=shift.starts_at, ends_at=shift.ends_at)


def _record(
    rotation: Rotation,
    change: CalendarChanged,
    weeks: list[FollowedWeek],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb="changed hours",
        subject=f"{rotation.name} by the calendar of {change.office_name}",
        team=rotation.team.slug,
        about=[rotation, *Shift.objects.filter(pk__in=[week.shift_id for week in weeks])],
        before={week.label: week.seconds_before for week in weeks},
        after={week.label: week.seconds_after for week in weeks},
    )
