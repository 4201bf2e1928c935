"""The hard rules of a schedule, asked of any assignment, whoever made it."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import agreements

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from rotation.domain.planning import PlanLevel, PlanPerson

WEEK_DAYS = 7


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """A shift that its holder may not hold, with the reason as a sentence's end."""

    level: str
    week_date: dt.date
    engineer_id: int
    code: str
    why: str


def clear_weeks(one: dt.date, other: dt.date) -> int:
    """How many whole weeks lie between two shifts of a person; -1 for one and the same week."""
    return abs((other - one).days) // WEEK_DAYS - 1


def breaches(level: PlanLevel, assignments: Mapping[dt.date, int]) -> list[Breach]:
    """What the rules forbid in one level's assignments (week to engineer id), in order of week.

    A week that others carry by agreed covers asks nothing of its holder, and counts for the rest
    of whoever carries it.
    """
    people = {person.engineer_id: person for person in level.people}
    relieved = {
        each.week_date: each.holder_id for each in level.agreed if not each.holder_is_on_call
    }
    found: list[Breach] = []
    for week_date, engineer_id in sorted(assignments.items()):
        if relieved.get(week_date) == engineer_id:
            continue
        code_and_why = _own(people.get(engineer_id), week_date)
        if code_and_why is not None:
            code, why = code_and_why
            found.append(
                Breach(
                    level=level.level,
                    week_date=week_date,
                    engineer_id=engineer_id,
                    code=code,
                    why=why,
                )
            )
    return sorted(found + _rest(level, assignments), key=lambda b: (b.week_date, b.code))


def _own(person: PlanPerson | None, week_date: dt.date) -> tuple[str, str] | None:
    if person is None:
        return "no_role", "has no term at this level"
    if not person.is_active_in(week_date):
        return "inactive", "is not in a term for the whole week"
    if week_date in person.away:
        return "unavailable", "is away"
    return None


def _rest(level: PlanLevel, assignments: Mapping[dt.date, int]) -> list[Breach]:
    """Two shifts of a person with fewer clear weeks between them than the policy wants."""
    last = {person.engineer_id: person.last_week for person in level.people}
    agreed = {each.week_date for each in level.agreed}
    held: dict[int, list[dt.date]] = {}
    for week_date, engineer_id in sorted({**assignments, **agreements.carriers(level)}.items()):
        held.setdefault(engineer_id, []).append(week_date)
    found = []
    for engineer_id, dates in held.items():
        before = last.get(engineer_id)
        row = dates if before is None else [before, *dates]
        for one, other in itertools.pairwise(row):
            clear = clear_weeks(one, other)
            is_agreed = other in agreed and (one in agreed or one == before)
            if clear < level.rest_weeks and not is_agreed:
                found.append(
                    Breach(
                        level=level.level,
                        week_date=other,
                        engineer_id=engineer_id,
                        code="rest",
                        why=f"would have {clear} clear weeks after the week of "
                        f"{wording.day(one, year=False)}, "
                        f"the policy wants {level.rest_weeks}",
                    )
                )
    return found
