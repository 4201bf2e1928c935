"""What a manager may want of a week by hand: why somebody cannot be fixed there."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import agreements, rules

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from rotation.domain.planning import HandRule, Plan, PlanLevel, PlanPerson

PIN = "pin"
FORBID = "forbid"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Objection:
    """Why a rule cannot be: the field that is wrong, and a sentence's end after the name."""

    field: str
    why: str


def objection(plan: Plan, rule: HandRule) -> Objection | None:
    """Why the rule cannot be, None when it can; the plan has the other rules by hand in it.

    The rule's week is one of the plan's.
    """
    level = next(each for each in plan.levels if each.level == rule.level)
    if any(each.week_date == rule.week_date for each in level.agreed):
        return Objection(
            field="week_date",
            why="has to wait: people have agreed on who carries this week. Undo the cover first",
        )
    person = _person(level, rule.engineer_id)
    if person is None:
        return Objection(field="engineer", why="has no term at this level in these weeks")
    if rule.kind == FORBID:
        return None
    own = _own(person, rule.week_date) or _resting(plan, level, rule)
    return None if own is None else Objection(field="engineer", why=own)


def _person(level: PlanLevel, engineer_id: int) -> PlanPerson | None:
    return next((each for each in level.people if each.engineer_id == engineer_id), None)


def _own(person: PlanPerson, week_date: dt.date) -> str | None:
    if not person.is_active_in(week_date):
        return f"is not in a term for the whole week of {wording.day(week_date)}"
    if week_date in person.away:
        return f"is away in the week of {wording.day(week_date)}"
    return None


def _resting(plan: Plan, level: PlanLevel, rule: HandRule) -> str | None:
    """A week of theirs that stands and is too near, at either level if somebody serves at both."""
    joined = _are_joined(plan)
    levels = plan.levels if joined else (level,)
    wanted = max(each.rest_weeks for each in levels)
    for each in levels:
        for week_date, why in _standing(each, rule.engineer_id):
            clear = rules.clear_weeks(week_date, rule.week_date)
            is_same = each is level and week_date == rule.week_date
            if clear < wanted and not is_same:
                return (
                    f"would have {wording.counted(max(clear, 0), 'clear week')} between this week "
                    f"and the week of {wording.day(week_date)}, {why}; the policy wants {wanted}"
                )
    return None


def _standing(level: PlanLevel, engineer_id: int) -> Iterator[tuple[dt.date, str]]:
    """Weeks that are the person's whatever the search does, in order, with what makes them so."""
    person = _person(level, engineer_id)
    if person is not None and person.last_week is not None:
        yield person.last_week, "which is theirs already"
    agreed = {each.week_date for each in level.agreed}
    carried = {(week, who) for week, who in agreements.carriers(level).items()}
    for week_date, who in sorted({*agreements.solver_pins(level), *carried}):
        if who == engineer_id:
            yield week_date, "agreed by a cover" if week_date in agreed else "fixed by hand"


def _are_joined(plan: Plan) -> bool:
    """Whether somebody serves at both levels, so that rest counts across them."""
    people = [{person.engineer_id for person in level.people} for level in plan.levels]
    return len(people) > 1 and bool(set.intersection(*people))
