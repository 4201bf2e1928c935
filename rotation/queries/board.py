"""The coverage board: levels and people by week, and the same weeks as a list."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.models import LevelName
from rotation.queries import cells, columns
from rotation.queries.board_list import month_lines
from rotation.queries.board_people import people_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.board_list import MonthLines
    from rotation.queries.board_people import PersonRow
    from rotation.queries.cells import Cell
    from rotation.queries.columns import Calendar, Column, Month, WeekHolidays
    from rotation.queries.drift import DriftMark
    from volunteers.domain import PersonMark
    from volunteers.queries.service import Service

PEOPLE_OF = {LevelName.PRIMARY: "volunteers", LevelName.ESCALATION: "managers"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One cell of a level's row; without a shift nothing is published for that week."""

    classes: str
    cell: Cell | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelRow:
    """One level over all weeks shown."""

    level: str
    people: str
    places: tuple[Place, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """Everything that the page draws; `states` are those that occur, for the legend.

    `others` are the people in the levels' cells who have no row of their own, for the legend, too.
    """

    columns: tuple[Column, ...]
    months: tuple[Month, ...]
    calendar: Calendar
    holidays: tuple[tuple[Column, WeekHolidays], ...]
    levels: tuple[LevelRow, ...]
    people: tuple[PersonRow, ...]
    lines: tuple[MonthLines, ...]
    states: frozenset[str]
    others: tuple[PersonMark, ...]


def board(facts: BoardFacts, drifts: Sequence[DriftMark] = ()) -> Board:
    """The board of these facts; `drifts` are where PagerDuty shows somebody else."""
    found = {
        (shift.level, shift.week_date): cells.cell_of(
            shift,
            marks=facts.marks,
            asks=facts.asks.get(shift.shift_id, ()),
            away=facts.away_in(shift.week_date),
            now=facts.now,
            drift=cells.drift_of(shift, drifts),
        )
        for shift in facts.shown
    }
    rows = people_rows(facts)
    return Board(
        columns=facts.columns,
        months=tuple(columns.months(facts.columns)),
        calendar=facts.calendar,
        holidays=tuple((week, facts.calendar.weeks[week.week_date]) for week in facts.columns),
        levels=tuple(level_row(level, facts.columns, found) for level in LevelName),
        people=tuple(rows),
        lines=tuple(month_lines(facts, found)),
        states=_states(facts, found),
        others=_others(found.values(), rows),
    )


def level_row(
    level: LevelName, weeks: Sequence[Column], found: Mapping[tuple[str, dt.date], Cell]
) -> LevelRow:
    """A level's cells in the order of the weeks."""
    return LevelRow(
        level=level.value,
        people=PEOPLE_OF[level],
        places=tuple(
            Place(classes=week.classes, cell=found.get((level.value, week.week_date)))
            for week in weeks
        ),
    )


def _others(found: Iterable[Cell], rows: Iterable[PersonRow]) -> tuple[PersonMark, ...]:
    named = {row.mark.engineer_id for row in rows}
    marks = {cell.mark.engineer_id: cell.mark for cell in found if cell.mark is not None}
    return tuple(mark for engineer_id, mark in marks.items() if engineer_id not in named)


def _states(facts: BoardFacts, found: Mapping[tuple[str, dt.date], Cell]) -> frozenset[str]:
    states = {cell.state for cell in found.values()}
    states |= {"drift" for cell in found.values() if cell.is_drifted}
    states |= {"gap" for cell in found.values() if cell.mark is None}
    states |= {"part" for cell in found.values() if cell.small.startswith("+")}
    states |= {"whole" for cell in found.values() if cell.small.startswith("for ")}
    shown = {week.week_date for week in facts.columns}
    states |= {"shadow" for line in facts.services if _shadows(line, facts)}
    states |= {"away" for weeks in facts.away.values() if weeks & shown}
    return frozenset(states - {""})


def _shadows(line: Service, facts: BoardFacts) -> bool:
    """Whether they look on in a week shown."""
    return any(line.joins_on <= week.week_date < line.starts_on for week in facts.columns)
