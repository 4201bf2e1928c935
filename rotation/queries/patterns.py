"""A rotation's weekly pattern, its public holidays and its policy in force."""

from __future__ import annotations

import datetime as dt

from rotation.domain import slots
from rotation.models import PolicyVersion, Rotation
from volunteers.queries import holidays


def pattern_of(rotation: Rotation) -> slots.WeekPattern:
    """The rotation's hours and handover as the pure rules want them."""
    return slots.WeekPattern(
        zone=rotation.time_zone,
        handover_weekday=rotation.handover_weekday,
        handover_time=rotation.handover_time,
        business_start=rotation.business_start,
        business_end=rotation.business_end,
    )


def holidays_in(rotation: Rotation, weeks: list[slots.Week]) -> dict[dt.date, str]:
    """The public holidays of the rotation's calendar from the first week to the last, by date."""
    if rotation.holiday_office_id is None or not weeks:
        return {}
    until = weeks[-1].week_date + dt.timedelta(days=8)
    return holidays.holidays_between(
        office_id=rotation.holiday_office_id, from_date=weeks[0].week_date, until_date=until
    )


def policy_in_force(*, rotation_id: int, now: dt.datetime) -> PolicyVersion:
    """The newest policy that has taken effect.

    Raises:
        PolicyVersion.DoesNotExist: the rotation has none, which creating it does not allow.
    """
    return PolicyVersion.objects.filter(rotation_id=rotation_id, effective_from__lte=now).latest(
        "number"
    )


def today_in(rotation: Rotation, now: dt.datetime) -> dt.date:
    """The calendar day in the rotation's zone."""
    return slots.local_date(rotation.time_zone, now)


def rotation_zones() -> list[str]:
    """The time zone of every rotation, each once, in alphabetical order."""
    return sorted(set(Rotation.objects.values_list("time_zone", flat=True)))


def is_level_2_paid() -> bool:
    """Whether any rotation pays its level 2."""
    return Rotation.objects.filter(level2_paid=True).exists()


def coming_handovers(
    rotation: Rotation, *, now: dt.datetime, count: int, not_before: dt.date | None = None
) -> list[slots.Week]:
    """The next `count` weeks that have not started, the first on or after `not_before` if given."""
    first = slots.first_week_on_or_after(pattern_of(rotation), now)
    if not_before is not None and not_before > first.week_date:
        first = slots.first_week_on_or_after(pattern_of(rotation), not_before)
    return slots.weeks_from(pattern_of(rotation), first.week_date, count)
