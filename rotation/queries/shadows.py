"""Who looks on beside whoever is on call, in which weeks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.models import LevelName, Shift
from rotation.queries import worked
from volunteers.queries import contacts, shadows

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Handovers `[from_date, until_date)` in which somebody shadows in a team."""

    team_id: int
    from_date: dt.date
    until_date: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShadowedWeek:
    """One such week: beside whom, empty while nobody is published; `shift_id` is its page."""

    team_id: int
    week_date: dt.date
    ends_on: dt.date
    beside: str
    shift_id: int | None


def names_in(shift: Shift) -> list[str]:
    """Those who shadow in a shift's week on primary, by name; two queries."""
    if shift.level.name != LevelName.PRIMARY or shift.cancelled_at is not None:
        return []
    times = shadows.shadow_times(team_id=shift.level.rotation.team_id)
    ids = {
        time.engineer_id for time in times if time.from_date <= shift.week_date < time.until_date
    }
    found = contacts.contacts(engineer_ids=ids)
    return sorted(contact.name for contact in found.values())


def weeks_of(spans: Sequence[Span], *, today: dt.date) -> list[ShadowedWeek]:
    """The weeks of these spans that are not over, by date; three queries, none without a week."""
    weeks = [
        (span.team_id, span.from_date + number * WEEK)
        for span in spans
        for number in range((span.until_date - span.from_date).days // 7)
        if span.from_date + (number + 1) * WEEK > today
    ]
    if not weeks:
        return []
    wanted = Q()
    for team_id, week_date in weeks:
        wanted |= Q(level__rotation__team_id=team_id, week_date=week_date)
    rows = Shift.objects.filter(wanted, level__name=LevelName.PRIMARY, cancelled_at__isnull=True)
    teams = dict(rows.values_list("pk", "level__rotation__team_id"))
    shifts = {
        (teams[shift.shift_id], shift.week_date): shift
        for shift in worked.worked_shifts(shifts=rows)
    }
    names = contacts.contacts(
        engineer_ids={one.carrier_id for one in shifts.values() if one.carrier_id is not None}
    )
    return [
        ShadowedWeek(
            team_id=team_id,
            week_date=week_date,
            ends_on=week_date + WEEK,
            beside=names[shift.carrier_id].name if shift and shift.carrier_id else "",
            shift_id=shift.shift_id if shift else None,
        )
        for team_id, week_date in sorted(weeks, key=lambda one: (one[1], one[0]))
        for shift in [shifts.get((team_id, week_date))]
    ]
