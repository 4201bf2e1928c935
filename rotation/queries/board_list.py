"""The board's weeks as a list: what a phone shows, and everybody who asks for it."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from common import wording
from rotation.domain.planning import WEEK
from rotation.models import LevelName
from rotation.queries.board_people import shadow_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.cells import Cell
    from rotation.queries.columns import Column


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekLine:
    """One week of the list: who on each level (None: not published), and what to know of it."""

    column: Column
    primary: Cell | None
    escalation: Cell | None
    badge: str
    notes: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthLines:
    """The list's weeks of one month."""

    first: dt.date
    weeks: tuple[WeekLine, ...]


def month_lines(facts: BoardFacts, found: Mapping[tuple[str, dt.date], Cell]) -> list[MonthLines]:
    """The weeks shown, by month, in order of time."""
    grouped = itertools.groupby(facts.columns, key=lambda week: week.week_date.replace(day=1))
    return [
        MonthLines(first=first, weeks=tuple(_line(week, facts, found) for week in weeks))
        for first, weeks in grouped
    ]


def _line(week: Column, facts: BoardFacts, found: Mapping[tuple[str, dt.date], Cell]) -> WeekLine:
    primary = found.get((LevelName.PRIMARY, week.week_date))
    escalation = found.get((LevelName.ESCALATION, week.week_date))
    published = [cell for cell in (primary, escalation) if cell is not None]
    return WeekLine(
        column=week,
        primary=primary,
        escalation=escalation,
        badge=_badge(week, published),
        notes=tuple(_notes(week, published, facts)),
    )


def _badge(week: Column, published: Sequence[Cell]) -> str:
    """The one word for the week: gap, asks, now, done, or nothing."""
    states = {cell.state for cell in published}
    if any(cell.mark is None and cell.state not in {"done", "off"} for cell in published):
        return "gap"
    if "ask" in states:
        return "ask"
    if week.is_now:
        return "now"
    return "done" if states == {"done"} else ""


def _notes(week: Column, published: Sequence[Cell], facts: BoardFacts) -> list[str]:
    """Holidays, covers, and terms that start in the week or end with it."""
    notes = [
        f"{day.name}, {wording.day(day.date, year=False)}: {', '.join(day.offices)}"
        for day in facts.calendar.weeks[week.week_date].days
    ]
    notes += [cell.note[0].upper() + cell.note[1:] for cell in published if cell.note]
    for line in facts.services:
        if line.level != LevelName.PRIMARY:
            continue
        if line.joins_on == week.week_date:
            notes.append(f"{line.name}’s term starts")
        if line.joins_on <= week.week_date < line.starts_on:
            notes.append(f"{line.name} {shadow_words(week.week_date, facts)}")
        if line.ends_on == week.week_date + WEEK:
            notes.append(f"{line.name}’s term ends {wording.day(line.ends_on, year=False)}")
    return notes
