"""A person's days away beside the weeks that they hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from rotation.domain.planning import DaysAway
from rotation.queries import own_shifts
from rotation.queries.own_shifts import WeekState
from volunteers import access
from volunteers.queries import own_time, profiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.queries.own_shifts import OwnWeek
    from volunteers.access import Viewer
    from volunteers.queries.own_time import OwnAbsence
    from volunteers.queries.profiles import Place

DAY = dt.timedelta(days=1)
A_WEEK_AND_A_DAY = dt.timedelta(days=8)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DaysOff:
    """One absence, and the weeks that the person holds although they are away in them."""

    absence: OwnAbsence
    met: tuple[OwnWeek, ...]


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
    return OwnDays(
        place=place,
        today=today,
        away=tuple(days_off(viewer=viewer, weeks=standing, today=today)),
        weeks=tuple(standing),
    )


def days_off(*, viewer: Viewer, weeks: Sequence[OwnWeek], today: dt.date) -> list[DaysOff]:
    """The viewer's absences that are not over, in order of time, with those of `weeks` in them."""
    absences = own_time.own_absences(absences=access.own_absences(viewer=viewer), from_date=today)
    return [
        DaysOff(absence=absence, met=tuple(own_shifts.weeks_met(weeks, _days_away(absence))))
        for absence in absences
    ]


def _days_away(absence: OwnAbsence) -> DaysAway:
    return DaysAway(starts_on=absence.first_day, ends_on=absence.last_day + DAY, zone=absence.zone)
