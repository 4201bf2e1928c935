"""Scheduling problems drawn at random, small enough to be tried out in full."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from rotation.domain import slots
from rotation.solver import grid, objectives, problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rotation.solver.grid import Rota
    from rotation.solver.solution import Assignment

# Where the clocks change: in both hemispheres, by an hour and by half an hour, and never.
ZONES = (
    "Europe/Dublin",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "UTC",
)
CHANGES = (dt.date(2027, 3, 8), dt.date(2027, 9, 20), dt.date(2027, 10, 18), dt.date(2026, 11, 30))
NAMES = ("anna", "ben", "carla", "dara", "eve", "finn", "gil")
LOADS = {0: (), 100: (), 150: ("Holiday",), 200: ("Holiday", "Another")}


def calendar_weeks(zone: str, first: dt.date, loads: Iterable[int]) -> tuple[problem.Week, ...]:
    """Weeks from Monday noon to Monday noon in a zone; loads above 100 are holiday weeks."""
    pattern = slots.WeekPattern(zone=zone, handover_weekday=0, handover_time=dt.time(12))
    wanted = list(loads)
    weeks = slots.weeks_from(pattern, first, len(wanted))
    return tuple(
        problem.Week(
            id=week.week_date.isoformat(),
            starts_at=week.period.starts_at,
            ends_at=week.period.ends_at,
            weight=load,
            holidays=LOADS[load],
        )
        for week, load in zip(weeks, wanted, strict=True)
    )


@st.composite
def problems(
    draw: st.DrawFn, *, most_weeks: int = 4, most_people: int = 3, most_levels: int = 2
) -> problem.Problem:
    """A problem with everything that an instance file can say, but without pins."""
    loads = draw(st.lists(st.sampled_from(sorted(LOADS)), min_size=1, max_size=most_weeks))
    weeks = calendar_weeks(draw(st.sampled_from(ZONES)), draw(st.sampled_from(CHANGES)), loads)
    ids = [week.id for week in weeks]
    levels = ("primary", "escalation")[: draw(st.integers(1, most_levels))]
    count = draw(st.integers(0, most_people))
    people = tuple(draw(_people(name, ids, levels)) for name in NAMES[:count])
    limit = draw(st.sampled_from([None, (0, 2), (1, 2), (1, 3), (2, 9)]))
    order = draw(st.permutations(sorted(set(problem.OBJECTIVES) - {"gaps"})))
    return problem.Problem(
        weeks=weeks,
        levels=tuple(problem.Level(id=level) for level in levels),
        rules=problem.Rules(
            min_rest_weeks=draw(st.integers(0, 2)),
            spacing_target=draw(st.integers(0, 4)),
            max_shifts=limit and problem.ShiftLimit(shifts=limit[0], window_weeks=limit[1]),
        ),
        people=people,
        published=draw(_published(ids, levels, count)),
        objectives=("gaps", *order),
    )


@st.composite
def _people(draw: st.DrawFn, name: str, ids: list[str], levels: tuple[str, ...]) -> problem.Person:
    serves = draw(st.sets(st.sampled_from(levels), min_size=1))
    weeks = st.sampled_from(ids)
    spans = [(), (problem.Span(),), (problem.Span(first=ids[-1]),), (problem.Span(last=ids[0]),)]
    return problem.Person(
        id=name,
        team=draw(st.sampled_from([None, "web", "data"])),
        roles=tuple(draw(_roles(level)) for level in sorted(serves)),
        active=draw(st.sampled_from(spans[:1] + spans[1:] * 3)),
        unavailable=tuple(sorted(draw(st.sets(weeks, max_size=2)))),
        wants=tuple(sorted(draw(st.sets(weeks, max_size=2)))),
        avoids=tuple(sorted(draw(st.sets(weeks, max_size=2)))),
    )


@st.composite
def _roles(draw: st.DrawFn, level: str) -> problem.Role:
    return problem.Role(
        level=level,
        max_shifts=draw(st.sampled_from([None, None, 0, 1, 2])),
        prior_load=draw(st.sampled_from([0, 100, 250])),
        prior_weeks=draw(st.integers(0, 6)),
        prior_holidays=draw(st.integers(0, 2)),
        last_week=draw(st.sampled_from([None, None, -1, -2, -4])),
    )


@st.composite
def _published(
    draw: st.DrawFn, ids: list[str], levels: tuple[str, ...], count: int
) -> tuple[problem.PublishedCell, ...] | None:
    who = st.sampled_from([None, *NAMES[:count], "somebody who left"])
    cells = [
        problem.PublishedCell(week=week, level=level, person=draw(who))
        for week in ids
        for level in levels
        if draw(st.booleans())
    ]
    return tuple(cells) or None


def rotas(instance: problem.Problem) -> Iterator[Rota]:
    """Every rota that obeys the hard rules, found by trying them all."""
    board = grid.grid_of(instance)
    cells = board.cells()
    pins = {
        (board.positions[pin.week], board.level_indices[pin.level]): board.member_indices[
            pin.person
        ]
        for pin in instance.pins
    }
    choices: list[list[int | None]] = [
        [pins[cell]] if cell in pins else [None, *_takers(board, cell)] for cell in cells
    ]
    for row in itertools.product(*choices):
        pairs = itertools.combinations(zip(cells, row, strict=True), 2)
        if not any(
            one is not None and one == other and abs(a[0] - b[0]) <= board.rest
            for (a, one), (b, other) in pairs
        ):
            yield dict(zip(cells, row, strict=True))


def _takers(board: grid.Grid, cell: grid.Cell) -> list[int]:
    return [member.index for member in board.members if board.own_reason(member, cell) is None]


def best_vector(instance: problem.Problem) -> tuple[int, ...]:
    """The least vector of objectives over every rota that obeys the hard rules."""
    board = grid.grid_of(instance)
    return min(
        tuple(values[name] for name in instance.objectives)
        for values in (objectives.rota_values(board, rota) for rota in rotas(instance))
    )


def pinned(instance: problem.Problem, assignments: Iterable[Assignment]) -> problem.Problem:
    """The same problem with these cells fixed; gaps are left open."""
    pins = tuple(
        problem.Pin(week=each.week, level=each.level, person=each.person)
        for each in assignments
        if each.person is not None
    )
    return dataclasses.replace(instance, pins=pins)


def published_as(
    instance: problem.Problem, assignments: Iterable[Assignment], *, order: tuple[str, ...]
) -> problem.Problem:
    """The same problem after these assignments were published, with another order."""
    cells = tuple(
        problem.PublishedCell(week=each.week, level=each.level, person=each.person)
        for each in assignments
    )
    return dataclasses.replace(instance, published=cells, objectives=order)


def vector(instance: problem.Problem, values: dict[str, int]) -> tuple[int, ...]:
    """The objectives in the problem's order."""
    return tuple(values[name] for name in instance.objectives)
