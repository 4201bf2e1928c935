"""Everything that a manager needs to decide about a draft."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import slots
from rotation.models import LevelName
from rotation.queries import (
    board,
    cells,
    columns,
    draft_changes,
    draft_checks,
    draft_closings,
    draft_loads,
    draft_shifts,
    patterns,
    planning,
    reasons,
    uncalled,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.planning import Plan
    from rotation.models import Draft
    from rotation.queries.board import LevelRow
    from rotation.queries.cells import Cell
    from rotation.queries.columns import Column, Month
    from rotation.queries.draft_changes import ChangeRow
    from rotation.queries.draft_checks import Check
    from rotation.queries.draft_shifts import ProposedWeek
    from rotation.queries.fairness import LevelLoads
    from rotation.queries.reasons import ReasonGroup
    from volunteers.domain import PersonMark

MOST_NAMES = 6


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class GapRow:
    """A week that nobody can take: what keeps the people of the level from it, and what helps.

    `ways` are the smallest changes that close it, as sentences.
    """

    level: str
    week_date: dt.date
    reasons: tuple[ReasonGroup, ...]
    ways: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DraftWeek:
    """One week of the draft, for the list: both levels' cells."""

    column: Column
    primary: Cell | None
    escalation: Cell | None
    is_changed: bool
    is_new: bool
    holidays: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A solved draft.

    Counts are of shifts that publishing would write; old figures are None or empty when
    nothing is published to compare with. `gaps_new` are those in weeks that are not published.
    `escalation_unknown` are weeks of level 2 whose holder PagerDuty does not know.
    """

    weeks: tuple[DraftWeek, ...]
    months: tuple[Month, ...]
    levels: tuple[LevelRow, ...]
    shifts: int
    new: int
    changed: int
    kept: int
    started: tuple[dt.date, ...]
    first_change: dt.date | None
    gaps_before: int | None
    gaps_new: int
    gaps: tuple[GapRow, ...]
    escalation_unknown: int
    loads: tuple[LevelLoads, ...]
    furthest_before: str
    furthest: str

    @property
    def escalation_gaps(self) -> int:
        """Weeks without anybody on level 2."""
        return sum(1 for gap in self.gaps if gap.level == LevelName.ESCALATION)

    @property
    def to_confirm(self) -> int:
        """Weeks in which PagerDuty calls nobody on level 2: they are confirmed by name."""
        return self.escalation_gaps + self.escalation_unknown

    @property
    def touched_weeks(self) -> tuple[DraftWeek, ...]:
        """The weeks that publishing would change or add."""
        return tuple(week for week in self.weeks if week.is_changed or week.is_new)

    @property
    def kept_weeks(self) -> tuple[DraftWeek, ...]:
        """The weeks that stay as published."""
        return tuple(week for week in self.weeks if not (week.is_changed or week.is_new))

    @property
    def gaps_standing(self) -> int:
        """Gaps in weeks that are published already."""
        return len(self.gaps) - self.gaps_new

    @property
    def compares(self) -> bool:
        """Whether there is a published schedule in these weeks."""
        return self.changed + self.kept > 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What else stands beside the button: changes with their why, checks, and who is told."""

    changes: tuple[ChangeRow, ...]
    checks: tuple[Check, ...]
    told: tuple[str, ...]

    @property
    def told_words(self) -> str:
        """Whom publishing writes to: names, or how many people when they are many."""
        if len(self.told) > MOST_NAMES:
            return wording.counted(len(self.told), "person", "people")
        return " and ".join(filter(None, [", ".join(self.told[:-1]), *self.told[-1:]]))

    @property
    def can_keep(self) -> bool:
        """Whether a changed week could stay with whom it is published for."""
        return any(change.can_keep for change in self.changes)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Solved:
    """A draft's cells with the people they name, read once."""

    draft: Draft
    weeks: tuple[ProposedWeek, ...]
    marks: Mapping[int, PersonMark]


def solved(*, draft: Draft, now: dt.datetime) -> Solved:
    """The cells of a draft that has been solved."""
    weeks = draft_shifts.proposed_weeks(draft=draft, now=now)
    marks = draft_shifts.people_of(draft=draft, weeks=weeks)
    return Solved(draft=draft, weeks=tuple(weeks), marks=marks)


def current_plan(*, draft: Draft) -> Plan:
    """The facts for the draft's weeks as they are now, by the policy that it was made with."""
    return planning.plan_of_draft(draft)


def proposal(found: Solved, *, now: dt.datetime) -> Proposal:
    """The draft as the page shows it in every state after solving."""
    written = [week for week in found.weeks if not week.has_started]
    changed = [week for week in written if week.is_changed]
    touched = [week.week_date for week in written if week.is_changed or week.is_new]
    loads = draft_loads.person_loads(found.draft, found.weeks)
    pattern = patterns.pattern_of(found.draft.rotation)
    weeks = columns.columns(pattern, found.draft.first_week_date, found.draft.weeks, now)
    cell_by = _cells(found)
    standing = [week for week in written if week.published is not None]
    grows = len(standing) < len(written)
    return Proposal(
        weeks=tuple(_weeks(weeks, cell_by, found.weeks)),
        months=tuple(columns.months(weeks)),
        levels=tuple(board.level_row(level, weeks, cell_by) for level in LevelName),
        shifts=len(written),
        new=sum(1 for week in written if week.is_new),
        changed=len(changed),
        kept=len(standing) - len(changed),
        started=tuple(dict.fromkeys(week.week_date for week in found.weeks if week.has_started)),
        first_change=min(touched, default=None),
        gaps_before=sum(1 for week in standing if week.was_gap) if standing else None,
        gaps_new=sum(1 for week in written if week.is_gap and week.is_new),
        gaps=tuple(gap_rows(found)),
        escalation_unknown=_escalation_unknown(written),
        loads=tuple(draft_loads.level_loads(loads, found.marks)),
        furthest_before="" if grows else draft_loads.furthest_now(loads),
        furthest=draft_loads.furthest_then(loads),
    )


def _escalation_unknown(written: Sequence[ProposedWeek]) -> int:
    holders = [
        week.holder_id
        for week in written
        if week.level == LevelName.ESCALATION and week.holder_id is not None
    ]
    unknown = uncalled.unknown_in_pagerduty(engineer_ids=holders)
    return sum(holder_id in unknown for holder_id in holders)


def decision(found: Solved, *, plan: Plan, now: dt.datetime) -> Decision:
    """What a manager weighs, with the facts as they are now."""
    loads = draft_loads.person_loads(found.draft, found.weeks)
    changes = draft_changes.change_rows(found.weeks, plan=plan, marks=found.marks, loads=loads)
    return Decision(
        changes=tuple(changes),
        checks=tuple(draft_checks.checks(found.weeks, plan=plan, marks=found.marks, now=now)),
        told=tuple(draft_checks.told(found.weeks)),
    )


def _cells(found: Solved) -> dict[tuple[str, dt.date], Cell]:
    compares = any(week.published is not None for week in found.weeks)
    return {
        (week.level, week.week_date): _cell(week, found.marks, compares=compares)
        for week in found.weeks
    }


def _cell(week: ProposedWeek, marks: Mapping[int, PersonMark], *, compares: bool) -> Cell:
    holder_id, note, small = week.holder_id, "", ""
    before = week.published.holder_id if week.published is not None else None
    if week.has_started:
        holder_id, note = before, "has started and stays as published"
    elif week.is_changed:
        name = cells.mark_of(before, marks).name if before is not None else "a gap"
        note = f"published: {name}"
        small = f"←{cells.mark_of(before, marks).initials}" if before is not None else "←gap"
    elif week.is_new and compares:
        note, small = "not published yet", "new"
    mark = None if holder_id is None else cells.mark_of(holder_id, marks)
    who = mark.name if mark else "nobody"
    said = [LevelName(week.level).label, who, f"week of {wording.day(week.week_date)}", note]
    return cells.Cell(
        shift_id=0,
        level=week.level,
        week_date=week.week_date,
        mark=mark,
        state="plan" if mark and (week.is_changed or (week.is_new and compares)) else "",
        small=small,
        note=note,
        sentence=", ".join(filter(None, said)),
    )


def _weeks(
    weeks: Sequence[Column],
    cell_by: Mapping[tuple[str, dt.date], Cell],
    proposed: Sequence[ProposedWeek],
) -> list[DraftWeek]:
    holidays = {week.week_date: week.holidays for week in proposed}
    changed = {week.week_date for week in proposed if week.is_changed}
    new = {week.week_date for week in proposed if week.is_new}
    return [
        DraftWeek(
            column=week,
            primary=cell_by.get((LevelName.PRIMARY, week.week_date)),
            escalation=cell_by.get((LevelName.ESCALATION, week.week_date)),
            is_changed=week.week_date in changed,
            is_new=week.week_date in new,
            holidays=holidays.get(week.week_date, ()),
        )
        for week in weeks
    ]


def gap_rows(found: Solved) -> list[GapRow]:
    """The weeks that nobody would carry, with the reasons and the changes that close them."""
    names = {engineer_id: mark.name for engineer_id, mark in found.marks.items()}
    held = draft_shifts.held_weeks(found.weeks)
    ways = draft_closings.closings_of(found.draft.figures, marks=found.marks)
    return [
        GapRow(
            level=week.level,
            week_date=week.week_date,
            reasons=reasons.grouped(
                reasons.reasons(week.reasons, week_date=week.week_date, names=names, held=held)
            ),
            ways=ways.get((week.level, week.week_date.isoformat()), ()),
        )
        for week in found.weeks
        if week.is_gap
    ]


def publishable_weeks(*, draft: Draft, now: dt.datetime) -> int:
    """How many of the draft's weeks have not started."""
    pattern = patterns.pattern_of(draft.rotation)
    weeks = slots.weeks_from(pattern, draft.first_week_date, draft.weeks)
    return sum(1 for week in weeks if week.period.starts_at > now)
