"""What agreed covers mean for a new schedule.

A week with a cover stays with its holder, who never changes by a cover. For load and rest a week
that somebody covers wholly is theirs, so the solver is told of them in the holder's place, and
what it answers for such a week is written as the holder again. People may agree to what the rules
would forbid, so a cover never makes a schedule impossible: where it stands against the rules, the
solver only keeps others' weeks away from it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.domain.planning import PlanLevel, PlanPerson

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """A week of one level with an accepted cover.

    `carrier_id` is who covers all of it, None when several people share it. `holder_is_on_call`
    says whether the holder still has on-call time in it.
    """

    week_date: dt.date
    holder_id: int | None
    carrier_id: int | None
    holder_is_on_call: bool


def carriers(level: PlanLevel) -> dict[dt.date, int]:
    """Who covers a week wholly, by week: theirs for load and rest."""
    return {each.week_date: each.carrier_id for each in level.agreed if each.carrier_id is not None}


def holders(level: PlanLevel) -> dict[dt.date, int]:
    """The holders of weeks with a cover, by week: a draft leaves them as they are."""
    return {each.week_date: each.holder_id for each in level.agreed if each.holder_id is not None}


def solver_pins(level: PlanLevel) -> tuple[tuple[dt.date, int], ...]:
    """The level's pins as the solver gets them, by week.

    A covered week is pinned to who carries it where that fits the rules, else to the holder, and
    to nobody when the holder is relieved of it and does not fit either.
    """
    kept = holders(level)
    by_hand = [(week, who) for week, who in level.pins if kept.get(week) != who]
    shared = [
        (each.week_date, each.holder_id)
        for each in level.agreed
        if each.holder_id is not None and each.holder_is_on_call
    ]
    pins = list(dict.fromkeys([*by_hand, *shared]))
    for each in sorted(level.agreed, key=lambda agreed: agreed.week_date):
        if each.holder_is_on_call or any(week == each.week_date for week, _who in pins):
            continue
        for who in (each.carrier_id, each.holder_id):
            if who is not None and _fits(level, pins, each.week_date, who):
                pins.append((each.week_date, who))
                break
    return tuple(sorted(pins))


def resting(level: PlanLevel) -> tuple[tuple[dt.date, int], ...]:
    """Weeks around a covered one that its carrier does not get, where no pin says so already.

    They may lie outside the horizon.
    """
    pins = dict(solver_pins(level))
    agreed = {each.week_date for each in level.agreed}
    near = [number for number in range(-level.rest_weeks, level.rest_weeks + 1) if number]
    found = {
        (covered + number * WEEK, who)
        for covered, who in carriers(level).items()
        if pins.get(covered) != who
        for number in near
    }
    return tuple(sorted((week, who) for week, who in found if week not in agreed))


def last_week(level: PlanLevel, person: PlanPerson) -> dt.date | None:
    """The person's last week before the horizon; None when an agreed week lies in its rest.

    That week is theirs all the same, and the rest around it holds every week that the rest after
    the last one would hold.
    """
    agreed = {each.week_date for each in level.agreed}
    before = person.last_week
    if before is None:
        return None
    for week, who in solver_pins(level):
        near = _clear(week, before) < level.rest_weeks
        if who == person.engineer_id and week in agreed and near:
            return None
    return before


def published_as(level: PlanLevel) -> tuple[tuple[dt.date, int | None], ...]:
    """The published weeks as the solver gets them: a covered week is as it is pinned."""
    pins: Mapping[dt.date, int] = dict(solver_pins(level))
    agreed = {each.week_date for each in level.agreed}
    return tuple(
        (week, pins.get(week, who) if week in agreed else who) for week, who in level.published
    )


def _fits(
    level: PlanLevel, pins: list[tuple[dt.date, int]], week_date: dt.date, engineer_id: int
) -> bool:
    person = next((each for each in level.people if each.engineer_id == engineer_id), None)
    if person is None or not person.is_active_in(week_date) or week_date in person.away:
        return False
    own = [week for week, who in pins if who == engineer_id]
    return all(_clear(week, week_date) >= level.rest_weeks for week in own)


def _clear(one: dt.date, other: dt.date) -> int:
    return abs(other - one) // WEEK - 1
