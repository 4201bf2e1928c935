"""One week of one level in a draft: who, instead of whom, and why nobody does."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain.planning import WEEK
from rotation.models import LevelName
from rotation.queries import cells, draft_page

if TYPE_CHECKING:
    import datetime as dt

    from rotation.queries.draft_page import GapRow, Solved
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DraftWeekPage:
    """A cell of a draft; marks of None are gaps.

    `is_published` says that the week has a published holder or gap (`was`) to compare with,
    `shift_id` names its shift. `before` and `after` are neighbouring weeks of the draft.
    """

    level: str
    week_date: dt.date
    number: int
    holder: PersonMark | None
    was: PersonMark | None
    is_published: bool
    is_changed: bool
    has_started: bool
    load: int
    holidays: tuple[str, ...]
    gap: GapRow | None
    before: dt.date | None
    after: dt.date | None

    @property
    def until(self) -> dt.date:
        """The day of the next handover."""
        return self.week_date + WEEK

    @property
    def other_level(self) -> str:
        """The level beside this one."""
        is_primary = self.level == LevelName.PRIMARY
        return LevelName.ESCALATION if is_primary else LevelName.PRIMARY


def draft_week(found: Solved, *, level: str, week_date: dt.date) -> DraftWeekPage | None:
    """The week as the draft has it, None when it has no such week."""
    by_place = {(week.level, week.week_date): week for week in found.weeks}
    week = by_place.get((level, week_date))
    if week is None:
        return None
    before = week.published.holder_id if week.published is not None else None
    gaps = draft_page.gap_rows(found)
    return DraftWeekPage(
        level=level,
        week_date=week_date,
        number=week_date.isocalendar().week,
        holder=_mark(_holder(week), found),
        was=_mark(before, found),
        is_published=week.published is not None,
        is_changed=week.is_changed,
        has_started=week.has_started,
        load=week.load,
        holidays=week.holidays,
        gap=next((gap for gap in gaps if (gap.level, gap.week_date) == (level, week_date)), None),
        before=week_date - WEEK if (level, week_date - WEEK) in by_place else None,
        after=week_date + WEEK if (level, week_date + WEEK) in by_place else None,
    )


def _holder(week: ProposedWeek) -> int | None:
    if week.has_started:
        return week.published.holder_id if week.published is not None else None
    return week.holder_id


def _mark(engineer_id: int | None, found: Solved) -> PersonMark | None:
    return None if engineer_id is None else cells.mark_of(engineer_id, found.marks)
