"""A person's days away beside the weeks that they hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from portal.queries import away_effect
from rotation.domain.planning import DaysAway
from rotation.queries import own_shifts
from rotation.queries.own_shifts import WeekState
from volunteers import access
from volunteers.queries import own_time, profiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from portal.queries.away_effect import HeldWeek
    from rotation.queries.own_shifts import OwnWeek
    from volunteers.access import Viewer
    from volunteers.models import Absence
    from volunteers.queries.own_time import OwnAbsence
    from volunteers.queries.profiles import Place

DAY = dt.timedelta(days=1)
A_WEEK_AND_A_DAY = dt.timedelta(days=8)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DaysOff:
    """One absence, and the weeks that the person holds although they are away in them."""

    absence: OwnAbsence
    met: tuple[HeldWeek, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnDays:
    """Days away that are not over and weeks that are not, each in order of time.

    `today` is the day where the person works.
    """

    place: Place
    today: dt.date
    away: tuple[DaysOff, ...]
    weeks: tuple[OwnWeek, ...]

    @property
    def away_now(self) -> OwnAbsence | None:
        """The absence that holds today."""
        found = (one.absence for one in self.away if one.absence.first_day <= self.today)
        return next(found, None)


def own_days(*, viewer: Viewer, now: dt.datetime) -> OwnDays:
    """Everything from today on; the number of queries does not depend on how much there is."""
    place = profiles.place(engineer_id=viewer.engineer_id, now=now)
    today = wording.local(now, place.zone).date()
    weeks = own_shifts.own_weeks(
        engineer_id=viewer.engineer_id, from_date=today - A_WEEK_AND_A_DAY, now=now
    )
    standing = [week for week in weeks if week.state in {WeekState.RUNNING, WeekState.COMING}]
    away = days_off(viewer=viewer, weeks=standing, now=now, today=today)
    return OwnDays(
        place=place,
        today=today,
        away=tuple(_with_context(away, viewer=viewer, now=now)),
        weeks=tuple(standing),
    )


def days_off(
    *, viewer: Viewer, weeks: Sequence[OwnWeek], now: dt.datetime, today: dt.date
) -> list[DaysOff]:
    """The viewer's absences that are not over, in order of time, with those of `weeks` in them."""
    own = access.own_absences(viewer=viewer)
    return _days_off(own_time.own_absences(absences=own, from_date=today), weeks, now)


def days_off_of(*, viewer: Viewer, absences: QuerySet[Absence], now: dt.datetime) -> list[DaysOff]:
    """Just these of the viewer's absences, over or not, in order of time; a few queries."""
    found = own_time.own_absences(absences=absences, from_date=dt.date.min)
    weeks = own_shifts.own_weeks(
        engineer_id=viewer.engineer_id, from_date=now.date() - 2 * A_WEEK_AND_A_DAY, now=now
    )
    return _with_context(_days_off(found, weeks, now), viewer=viewer, now=now)


def _days_off(
    absences: Sequence[OwnAbsence], weeks: Sequence[OwnWeek], now: dt.datetime
) -> list[DaysOff]:
    return [
        DaysOff(
            absence=absence,
            met=tuple(away_effect.held_weeks(weeks, _days_away(absence), now)),
        )
        for absence in absences
    ]


def _with_context(away: Sequence[DaysOff], *, viewer: Viewer, now: dt.datetime) -> list[DaysOff]:
    every = [held for one in away for held in one.met]
    known = iter(away_effect.with_context(every, viewer=viewer, now=now))
    return [dataclasses.replace(one, met=tuple(next(known) for _held in one.met)) for one in away]


def _days_away(absence: OwnAbsence) -> DaysAway:
    return DaysAway(starts_on=absence.first_day, ends_on=absence.last_day + DAY, zone=absence.zone)
