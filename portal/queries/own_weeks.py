"""A person's weeks with their pay, and their terms with their weeks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.queries import own_pay
from rotation.queries.own_shifts import WeekState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from compensation.models import Entry
    from compensation.queries.own_pay import Earned
    from rotation.queries.own_shifts import OwnWeek
    from volunteers.queries.terms import TermLine

OVER = {WeekState.COMPLETED, WeekState.ENDED}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShiftRow:
    """One of the person's weeks with what it has earned them, in each currency."""

    week: OwnWeek
    earned: tuple[Earned, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermCard:
    """A term with its published weeks: how many are done and how many are planned in all."""

    term: TermLine
    done: int
    planned: int

    @property
    def to_come(self) -> int:
        """Planned weeks that are not over."""
        return self.planned - self.done

    @property
    def steps(self) -> list[bool]:
        """One for each planned week, true where it is done."""
        return [number < self.done for number in range(self.planned)]


def rows(entries: QuerySet[Entry], weeks: Sequence[OwnWeek]) -> list[ShiftRow]:
    """The weeks in their order with what the person's `entries` of each add up to; one query."""
    earned = own_pay.earned_by_shift(
        entries=entries, shift_ids=[week.shift.shift_id for week in weeks]
    )
    return [
        ShiftRow(week=week, earned=tuple(earned.get(week.shift.shift_id, ()))) for week in weeks
    ]


def card(line: TermLine, weeks: Iterable[OwnWeek]) -> TermCard:
    """The term with those of the person's weeks that lie in it."""
    planned = [
        week
        for week in weeks
        if (week.shift.team_slug, week.shift.level) == (line.team_slug, line.level)
        and week.mine
        and week.state is not WeekState.CANCELLED
        and line.starts_on <= week.shift.week_date
        and (line.ends_on is None or week.shift.week_date < line.ends_on)
    ]
    done = sum(1 for week in planned if week.state in OVER)
    return TermCard(term=line, done=done, planned=len(planned))
