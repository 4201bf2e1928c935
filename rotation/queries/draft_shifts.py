"""A draft beside the published schedule: every week of both levels, old and new."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.domain import slots
from rotation.models import Draft, DraftShift, LevelName, Shift
from rotation.queries import patterns
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What stands now: the holder (None: a gap) and the load in hundredths."""

    holder_id: int | None
    load: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ProposedWeek:
    """One cell of a draft: the proposed holder, and what is published for it, if anything is.

    A week that has started stays as published, whatever the draft says.
    """

    level: str
    week_date: dt.date
    holder_id: int | None
    load: int
    holidays: tuple[str, ...]
    reasons: tuple[Mapping[str, Any], ...]
    published: Published | None
    has_started: bool

    @property
    def is_new(self) -> bool:
        """Whether publishing would add the week."""
        return self.published is None and not self.has_started

    @property
    def is_changed(self) -> bool:
        """Whether publishing would give a published week to somebody else."""
        return (
            self.published is not None
            and not self.has_started
            and self.published.holder_id != self.holder_id
        )

    @property
    def is_gap(self) -> bool:
        """Whether it would have nobody after publishing."""
        return not self.has_started and self.holder_id is None

    @property
    def was_gap(self) -> bool:
        """Whether it has nobody as published."""
        return (
            not self.has_started and self.published is not None and self.published.holder_id is None
        )


def proposed_weeks(*, draft: Draft, now: dt.datetime) -> list[ProposedWeek]:
    """The draft's cells by week, primary first; two queries.

    Only one that waits for a decision is held against the schedule; others stand by themselves.
    """
    pattern = patterns.pattern_of(draft.rotation)
    rows = DraftShift.objects.filter(draft=draft).select_related("level")
    is_open = draft.state == Draft.State.READY
    standing = _published(draft) if is_open else {}
    found = [
        ProposedWeek(
            level=row.level.name,
            week_date=row.week_date,
            holder_id=row.holder_id,
            load=row.load_hundredths,
            holidays=tuple(row.holidays),
            reasons=tuple(row.reasons),
            published=standing.get((row.level_id, row.week_date)),
            has_started=is_open and slots.week_of(pattern, row.week_date).period.starts_at <= now,
        )
        for row in rows
    ]
    order = {level.value: number for number, level in enumerate(LevelName)}
    return sorted(found, key=lambda week: (week.week_date, order[week.level]))


def people_of(*, draft: Draft, weeks: Sequence[ProposedWeek]) -> dict[int, PersonMark]:
    """The marks of everybody whom the draft or the schedule names."""
    named = {week.holder_id for week in weeks}
    named |= {week.published.holder_id for week in weeks if week.published is not None}
    return marks.with_others(
        marks.team_marks(team_id=draft.rotation.team_id),
        engineer_ids={who for who in named if who is not None},
    )


def held_weeks(weeks: Sequence[ProposedWeek]) -> dict[int, list[dt.date]]:
    """The weeks that each person would carry on either level."""
    held: dict[int, list[dt.date]] = collections.defaultdict(list)
    for week in weeks:
        holder_id = week.holder_id
        if week.has_started and week.published is not None:
            holder_id = week.published.holder_id
        if holder_id is not None:
            held[holder_id].append(week.week_date)
    return held


def _published(draft: Draft) -> dict[tuple[int, dt.date], Published]:
    rows = Shift.objects.filter(
        level__rotation=draft.rotation, week_date__gte=draft.first_week_date
    ).values_list("level_id", "week_date", "holder_id", "load_hundredths")
    return {
        (level_id, week_date): Published(holder_id=holder_id, load=load)
        for level_id, week_date, holder_id, load in rows
    }
