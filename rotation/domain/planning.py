"""The facts that a draft is made from, as plain data, and their digest."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

from common.periods import Period, intersection
from rotation.domain.slots import MIDNIGHT, Week, WeekPattern, local_instant, on_call_windows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.domain.agreements import Agreement
    from rotation.domain.calendars import Holiday

WEEK = dt.timedelta(days=7)
FULL_LOAD = 100
NOON = dt.time(12)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlanWeek:
    """A week to fill: its period, its load in hundredths and the names of its holidays."""

    week_date: dt.date
    period: Period
    load: int
    holidays: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DaysAway:
    """Days `[starts_on, ends_on)` in a zone on which somebody cannot be on call."""

    starts_on: dt.date
    ends_on: dt.date
    zone: str

    @property
    def period(self) -> Period:
        """The same days as instants."""
        return Period(
            starts_at=local_instant(self.zone, self.starts_on, MIDNIGHT),
            ends_at=local_instant(self.zone, self.ends_on, MIDNIGHT),
        )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlanPerson:
    """Somebody who serves at a level: their terms, and what they worked there before.

    `terms` are `[first day, day after the last)`, None being open. `prior_load` is in hundredths,
    `prior_weeks` counts weeks in term before the horizon, `last_week` is the week of their last
    shift before it. `shifts_left` is how many shifts their terms in the horizon still hold by the
    policy, None where the level's limit holds for the horizon.
    """

    engineer_id: int
    name: str
    home_team: str | None
    terms: tuple[tuple[dt.date, dt.date | None], ...]
    away: tuple[dt.date, ...]
    wants: tuple[dt.date, ...]
    avoids: tuple[dt.date, ...]
    prior_load: int
    prior_weeks: int
    prior_holidays: int
    last_week: dt.date | None
    shifts_left: int | None = None

    def is_active_in(self, week_date: dt.date) -> bool:
        """Whether one of the terms holds the whole week."""
        return is_active(self.terms, week_date)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlanLevel:
    """One level to fill: its people and its rules.

    `pins` fixes weeks: those that covers rest on, and those that a manager fixed by hand.
    `forbidden` keeps a person from a week by hand. `published` is who holds the published weeks,
    None being a gap. `agreed` are the weeks with an accepted cover.
    """

    level: str
    rest_weeks: int
    shifts_per_term: int | None
    people: tuple[PlanPerson, ...]
    pins: tuple[tuple[dt.date, int], ...]
    forbidden: tuple[tuple[dt.date, int], ...] = ()
    published: tuple[tuple[dt.date, int | None], ...] = ()
    agreed: tuple[Agreement, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HandRule:
    """What a manager wants of a week by hand: this person (`pin`), or not this one (`forbid`)."""

    level: str
    week_date: dt.date
    engineer_id: int
    kind: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that a draft depends on."""

    zone: str
    weeks: tuple[PlanWeek, ...]
    levels: tuple[PlanLevel, ...]
    spacing_weeks: int
    objectives: tuple[str, ...]
    policy_number: int


def is_active(terms: tuple[tuple[dt.date, dt.date | None], ...], week_date: dt.date) -> bool:
    """Whether one of the terms holds the whole week from that handover to the next."""
    return any(
        starts_on <= week_date and (ends_on is None or week_date + WEEK <= ends_on)
        for starts_on, ends_on in terms
    )


def plan_weeks(
    pattern: WeekPattern, weeks: list[Week], holidays: Mapping[dt.date, Holiday]
) -> tuple[PlanWeek, ...]:
    """The weeks with their loads: 100, and what each public holiday in them adds.

    A holiday counts for the week that holds its noon, so that one on the day of the handover
    counts once.
    """
    noons = [
        (local_instant(pattern.zone, date, NOON), holiday)
        for date, holiday in sorted(holidays.items())
    ]
    planned = []
    for week in weeks:
        inside = [holiday for noon, holiday in noons if week.period.contains(noon)]
        planned.append(
            PlanWeek(
                week_date=week.week_date,
                period=week.period,
                load=FULL_LOAD + sum(holiday.load for holiday in inside),
                holidays=tuple(name for holiday in inside for name in holiday.names),
            )
        )
    return tuple(planned)


def weeks_away(
    pattern: WeekPattern,
    weeks: list[Week],
    holidays: frozenset[dt.date],
    absences: list[DaysAway],
) -> tuple[dt.date, ...]:
    """The weeks in which an absence meets on-call time."""
    if not absences:
        return ()
    periods = [absence.period for absence in absences]
    return tuple(
        week.week_date
        for week in weeks
        if any(week.period.overlap(period) for period in periods)
        and intersection(periods, on_call_windows(pattern, week, holidays))
    )


def digest(plan: Plan) -> str:
    """A fingerprint of all facts: another one means that a draft was made from other facts."""
    text = json.dumps(dataclasses.asdict(plan), default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
