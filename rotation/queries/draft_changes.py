"""What a draft would change in the published schedule, and why, as far as facts say it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import planning
from rotation.queries import cells
from rotation.queries.fairness import one_decimal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.planning import Plan, PlanLevel, PlanPerson
    from rotation.queries.draft_loads import PersonLoad
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRow:
    """A published week that would go to somebody else; a mark of None is a gap.

    `can_keep`: nothing forbids the published holder to keep it.
    """

    level: str
    week_date: dt.date
    number: int
    was: PersonMark | None
    becomes: PersonMark | None
    why: str
    detail: str
    can_keep: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    plan: Plan
    marks: Mapping[int, PersonMark]
    loads: Mapping[tuple[str, int], PersonLoad]


def change_rows(
    weeks: Sequence[ProposedWeek],
    *,
    plan: Plan,
    marks: Mapping[int, PersonMark],
    loads: Mapping[tuple[str, int], PersonLoad],
) -> list[ChangeRow]:
    """The changed weeks in order of time, primary first; `loads` by level and engineer."""
    facts = _Facts(plan=plan, marks=marks, loads=loads)
    return [_row(week, facts) for week in weeks if week.is_changed]


def _row(week: ProposedWeek, facts: _Facts) -> ChangeRow:
    before = week.published.holder_id if week.published is not None else None
    return ChangeRow(
        level=week.level,
        week_date=week.week_date,
        number=week.week_date.isocalendar().week,
        was=None if before is None else cells.mark_of(before, facts.marks),
        becomes=None if week.holder_id is None else cells.mark_of(week.holder_id, facts.marks),
        why=_why(week, before, facts),
        detail=_detail(week, before, facts),
        can_keep=before is not None and not _forbids(facts.plan, week, before),
    )


def _why(week: ProposedWeek, before: int | None, facts: _Facts) -> str:
    if before is None:
        return "Closes a gap."
    name = cells.mark_of(before, facts.marks).name
    forbids = _forbids(facts.plan, week, before)
    if forbids:
        return f"{name} {forbids}."
    return "Nobody is left who can." if week.holder_id is None else "Shares the load anew."


def _forbids(plan: Plan, week: ProposedWeek, engineer_id: int) -> str:
    """Why the published holder cannot keep the week, empty when they could."""
    person = _person(plan, week.level, engineer_id)
    if person is None or not planning.is_active(person.terms, week.week_date):
        return "is not in a term then"
    return "is away" if week.week_date in person.away else ""


def _person(plan: Plan, level: str, engineer_id: int) -> PlanPerson | None:
    found: PlanLevel | None = next((each for each in plan.levels if each.level == level), None)
    people = found.people if found is not None else ()
    return next((person for person in people if person.engineer_id == engineer_id), None)


def _detail(week: ProposedWeek, before: int | None, facts: _Facts) -> str:
    """The loads of those whom the change concerns, before and after."""
    told = []
    for engineer_id in (before, week.holder_id):
        load = None if engineer_id is None else facts.loads.get((week.level, engineer_id))
        if load is None or load.was is None or load.was == load.load:
            continue
        told.append(
            f"{cells.mark_of(load.engineer_id, facts.marks).name}: load {one_decimal(load.was)} "
            f"becomes {one_decimal(load.load)}, fair share {one_decimal(load.fair)}."
        )
    return " ".join(told)
