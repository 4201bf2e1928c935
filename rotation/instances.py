"""A plan's facts as instances of the scheduling problem."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import agreements
from rotation.solver import problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from rotation.domain import planning


def split(plan: planning.Plan) -> list[tuple[planning.PlanLevel, ...]]:
    """The levels that are solved together: each by itself, unless somebody serves at both."""
    seen: set[int] = set()
    for level in plan.levels:
        ids = {person.engineer_id for person in level.people}
        if seen & ids:
            return [plan.levels]
        seen |= ids
    return [(level,) for level in plan.levels]


def problem_of(plan: planning.Plan, levels: tuple[planning.PlanLevel, ...]) -> problem.Problem:
    """The neutral instance for these levels of a plan.

    Covered weeks stand for whoever carries them; `holders_of` gives their holders back.
    """
    rest = max(level.rest_weeks for level in levels)
    levels = tuple(dataclasses.replace(level, rest_weeks=rest) for level in levels)
    return problem.Problem(
        name="+".join(level.level for level in levels),
        timezone=plan.zone,
        weeks=tuple(
            problem.Week(
                id=week.week_date.isoformat(),
                starts_at=week.period.starts_at,
                ends_at=week.period.ends_at,
                weight=week.load,
                holidays=week.holidays,
            )
            for week in plan.weeks
        ),
        levels=tuple(problem.Level(id=level.level) for level in levels),
        rules=problem.Rules(
            min_rest_weeks=rest,
            spacing_target=plan.spacing_weeks,
        ),
        people=_people(plan, levels),
        pins=tuple(pin for level in levels for pin in _pins(level, agreements.solver_pins(level))),
        forbidden=tuple(
            pin for level in levels for pin in _pins(level, _forbidden(plan, levels, level))
        ),
        published=tuple(
            problem.PublishedCell(
                week=week.isoformat(),
                level=level.level,
                person=None if engineer_id is None else str(engineer_id),
            )
            for level in levels
            for week, engineer_id in agreements.published_as(level)
        ),
        objectives=plan.objectives,
    )


def _pins(level: planning.PlanLevel, found: Iterable[tuple[dt.date, int]]) -> Iterator[problem.Pin]:
    for week, engineer_id in found:
        yield problem.Pin(week=week.isoformat(), level=level.level, person=str(engineer_id))


def holders_of(plan: planning.Plan) -> dict[tuple[str, dt.date], int]:
    """The holders of covered weeks by level and week: whatever solving gives, they stay."""
    return {
        (level.level, week): engineer_id
        for level in plan.levels
        for week, engineer_id in agreements.holders(level).items()
    }


def reason_code(
    plan: planning.Plan, *, level: str, week_date: dt.date, engineer_id: int, code: str
) -> str:
    """What keeps somebody from a week, in the plan's terms: `forbidden` is by hand alone.

    The solver's word stands for rest around a cover (`cover_rest`) and for days away that count at
    one level (`unavailable`) too.
    """
    if code != "forbidden":
        return code
    [found] = [each for each in plan.levels if each.level == level]
    if (week_date, engineer_id) in found.forbidden:
        return code
    away = {person.engineer_id: person.away for person in found.people}
    return "unavailable" if week_date in away.get(engineer_id, ()) else "cover_rest"


def _forbidden(
    plan: planning.Plan, levels: tuple[planning.PlanLevel, ...], level: planning.PlanLevel
) -> list[tuple[dt.date, int]]:
    """By hand, by rest around a cover, and by days away that count at this level alone."""
    weeks = {week.week_date for week in plan.weeks}
    people = {person.engineer_id for each in levels for person in each.people}
    rests = [
        (week, who) for week, who in agreements.resting(level) if week in weeks and who in people
    ]
    away = [
        (week, person.engineer_id)
        for person in level.people
        for week in person.away
        if week not in _away(levels, person.engineer_id)
    ]
    return sorted({*level.forbidden, *rests, *away})


def _away(levels: tuple[planning.PlanLevel, ...], engineer_id: int) -> list[dt.date]:
    """The weeks in which the person is away at every level that they serve at, in order."""
    served = [
        set(person.away)
        for level in levels
        for person in level.people
        if person.engineer_id == engineer_id
    ]
    return sorted(set.intersection(*served))


def _people(
    plan: planning.Plan, levels: tuple[planning.PlanLevel, ...]
) -> tuple[problem.Person, ...]:
    roles: dict[int, list[problem.Role]] = {}
    people: dict[int, planning.PlanPerson] = {}
    active: dict[int, set[dt.date]] = {}
    for level in levels:
        for person in level.people:
            people[person.engineer_id] = person
            roles.setdefault(person.engineer_id, []).append(_role(plan, level, person))
            weeks = {w.week_date for w in plan.weeks if person.is_active_in(w.week_date)}
            active.setdefault(person.engineer_id, set()).update(weeks)
    return tuple(
        problem.Person(
            id=str(engineer_id),
            team=person.home_team,
            roles=tuple(roles[engineer_id]),
            active=_spans(plan, active[engineer_id]),
            unavailable=tuple(week.isoformat() for week in _away(levels, engineer_id)),
            wants=tuple(week.isoformat() for week in person.wants),
            avoids=tuple(week.isoformat() for week in person.avoids),
        )
        for engineer_id, person in sorted(people.items())
    )


def _role(
    plan: planning.Plan, level: planning.PlanLevel, person: planning.PlanPerson
) -> problem.Role:
    first = plan.weeks[0].week_date
    last = agreements.last_week(level, person)
    return problem.Role(
        level=level.level,
        max_shifts=level.shifts_per_term if person.shifts_left is None else person.shifts_left,
        prior_load=person.prior_load,
        prior_weeks=person.prior_weeks,
        prior_holidays=person.prior_holidays,
        last_week=None if last is None else (last - first).days // 7,
    )


def _spans(plan: planning.Plan, active: set[dt.date]) -> tuple[problem.Span, ...]:
    """Runs of neighbouring weeks as spans, both ends included."""
    spans: list[problem.Span] = []
    run: list[str] = []
    for week in plan.weeks:
        if week.week_date in active:
            run.append(week.week_date.isoformat())
        elif run:
            spans.append(problem.Span(first=run[0], last=run[-1]))
            run = []
    if run:
        spans.append(problem.Span(first=run[0], last=run[-1]))
    return tuple(spans)
