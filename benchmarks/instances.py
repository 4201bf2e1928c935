"""Scheduling problems of the kinds that the solver is measured on, the same on every machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

from rotation.solver import problem, solve

WEEKLY = ("gaps", "overload", "unfairness", "holidays", "spread", "preferences", "adjacency")
REPAIR = ("gaps", "changes", "overload", "unfairness", "spread", "preferences")
FAIR_THEN_STEADY = ("gaps", "overload", "unfairness", "changes", "spread", "preferences")
TEAMS = ("web", "data", "infra", "mobile", "pay", "search", "identity", "growth")
START = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How a problem is drawn: how many people and weeks, which rules, how much trouble."""

    people: int
    weeks: int
    days: int = 7
    rest: int = 2
    spacing: int = 5
    levels: tuple[str, ...] = ("primary",)
    shared: int = 0
    most_shifts: int | None = None
    limit: tuple[int, int] | None = None
    teams: int = 4
    away: int = 2
    long_absences: float = 0.0
    part_time: float = 0.0
    objectives: tuple[str, ...] = WEEKLY


KINDS = {
    "seven_by_26": Kind(people=7, weeks=26, most_shifts=5),
    "two_levels_shared": Kind(
        people=12, weeks=26, rest=1, levels=("primary", "escalation"), shared=3, most_shifts=6
    ),
    "twenty_by_52": Kind(people=20, weeks=52, rest=3, spacing=8, most_shifts=4, teams=6),
    "holidays_joins_leaves": Kind(
        people=12,
        weeks=39,
        most_shifts=6,
        part_time=0.4,
        long_absences=0.3,
        objectives=("gaps", "overload", "holidays", "unfairness", "spread", "preferences"),
    ),
    "tight_rest": Kind(people=5, weeks=26, rest=3, spacing=6, away=4, long_absences=0.5),
    "daily_182": Kind(people=9, weeks=182, days=1, rest=2, spacing=6, limit=(6, 28)),
    "sixty_by_104": Kind(
        people=60, weeks=104, rest=4, spacing=16, most_shifts=3, teams=8, part_time=0.3
    ),
}


def drawn(name: str, *, seed: int = 0) -> problem.Problem:
    """The problem of that kind and number."""
    kind = KINDS[name]
    dice = random.Random(f"{name} {seed}")
    weeks = tuple(_week(number, kind, dice) for number in range(kind.weeks))
    limit = kind.limit and problem.ShiftLimit(shifts=kind.limit[0], window_weeks=kind.limit[1])
    return problem.Problem(
        name=f"{name}_{seed}",
        timezone="UTC",
        weeks=weeks,
        levels=tuple(problem.Level(id=level) for level in kind.levels),
        rules=problem.Rules(
            min_rest_weeks=kind.rest, spacing_target=kind.spacing, max_shifts=limit or None
        ),
        people=tuple(_person(number, kind, weeks, dice) for number in range(kind.people)),
        objectives=kind.objectives,
    )


def repair(name: str, order: tuple[str, ...], *, seed: int = 0) -> problem.Problem:
    """The same after publication: a quarter is worked, and the second person leaves half way."""
    before = drawn(name, seed=seed)
    published = solve.solve(before).assignments
    ids = [week.id for week in before.weeks]
    worked, left_at = len(ids) // 4, len(ids) // 2
    leaver = dataclasses.replace(
        before.people[1], active=(problem.Span(first=None, last=ids[left_at]),)
    )
    return dataclasses.replace(
        before,
        name=f"{name}_{seed}_{order[1]}",
        people=(before.people[0], leaver, *before.people[2:]),
        pins=tuple(
            problem.Pin(week=each.week, level=each.level, person=each.person)
            for each in published
            if each.person is not None and each.week in ids[:worked]
        ),
        published=tuple(
            problem.PublishedCell(week=each.week, level=each.level, person=each.person)
            for each in published
        ),
        objectives=order,
    )


def _week(number: int, kind: Kind, dice: random.Random) -> problem.Week:
    starts_at = START + number * dt.timedelta(days=kind.days)
    if kind.days == 1:
        is_holiday = dice.random() < 0.03
        weight = 200 if is_holiday else 150 if starts_at.weekday() >= 5 else 100
    else:
        is_holiday = dice.random() < 0.12
        weight = 150 if is_holiday else 100
    return problem.Week(
        id=starts_at.date().isoformat(),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(days=kind.days),
        weight=weight,
        holidays=("Public holiday",) if is_holiday else (),
    )


def _person(
    number: int, kind: Kind, weeks: tuple[problem.Week, ...], dice: random.Random
) -> problem.Person:
    ids = [week.id for week in weeks]
    each = max(1, len(ids) * (1 if kind.days > 1 else 7) // 26)
    away = set(dice.sample(ids, min(len(ids), kind.away * each // (1 if kind.days > 1 else 3))))
    if dice.random() < kind.long_absences:
        first = dice.randrange(len(ids))
        away |= set(ids[first : first + len(ids) // 5])
    return problem.Person(
        id=f"p{number:02d}",
        team=dice.choice(TEAMS[: kind.teams]),
        roles=tuple(_role(level, kind, dice) for level in _levels(number, kind)),
        active=(_span(ids, kind, dice),),
        unavailable=tuple(sorted(away)),
        wants=tuple(sorted(dice.sample(ids, min(len(ids), 2 * each)))),
        avoids=tuple(sorted(dice.sample(ids, min(len(ids), 2 * each)))),
    )


def _levels(number: int, kind: Kind) -> tuple[str, ...]:
    return kind.levels if number < kind.shared else (kind.levels[number % len(kind.levels)],)


def _role(level: str, kind: Kind, dice: random.Random) -> problem.Role:
    before = dice.choice((0, 13, 26))
    return problem.Role(
        level=level,
        max_shifts=kind.most_shifts,
        prior_load=50 * dice.randrange(before // 3 + 1),
        prior_weeks=before,
        prior_holidays=dice.randrange(3) if before else 0,
        last_week=-dice.randrange(1, 9) if before else None,
    )


def _span(ids: list[str], kind: Kind, dice: random.Random) -> problem.Span:
    if dice.random() >= kind.part_time:
        return problem.Span()
    week = dice.choice(ids)
    return problem.Span(first=week) if dice.random() < 0.5 else problem.Span(last=week)
