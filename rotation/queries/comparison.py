"""Two drafts side by side, or one beside the published schedule: figures, loads, other weeks."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import slots
from rotation.models import DraftShift, LevelName, Shift
from rotation.queries import cells, draft_figures, draft_totals, patterns
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.models import Draft
    from rotation.queries.draft_figures import LevelFigures, PersonFigures
    from rotation.queries.draft_totals import Total
    from volunteers.domain import PersonMark

    Cells = Mapping[tuple[str, dt.date], int | None]

ORDER = {level.value: number for number, level in enumerate(LevelName)}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two: a draft, or the published schedule where `draft_id` is None.

    `changes` counts published weeks to come that it would give to somebody else.
    """

    draft_id: int | None
    number: int | None
    weeks: int
    changes: int
    total: Total | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FigureRow:
    """A figure of both as text, a dash where it is not known.

    `better` says how the first stands against the second: better, worse, equal or empty.
    """

    title: str
    one: str
    other: str
    better: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveRow:
    """An objective's value for a level in both, None where that one was not solved for it."""

    level: str
    name: str
    one: int | None
    other: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LoadRow:
    """One person at one level in both: shifts, load and fair share in hundredths; None: not in."""

    level: str
    mark: PersonMark
    one: PersonFigures | None
    other: PersonFigures | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekRow:
    """A week that both have and that they give to different people; a mark of None is a gap."""

    level: str
    week_date: dt.date
    one: PersonMark | None
    other: PersonMark | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Both sides; rows by level and name or week, primary first.

    `only_one` and `only_other` count weeks of a level that only one of them has.
    """

    one: Side
    other: Side
    figures: tuple[FigureRow, ...]
    objectives: tuple[ObjectiveRow, ...]
    loads: tuple[LoadRow, ...]
    weeks: tuple[WeekRow, ...]
    only_one: int
    only_other: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    side: Side
    cells: Cells
    objectives: Mapping[tuple[str, str], int]
    people: Mapping[tuple[str, int], PersonFigures]


def compare(one: Draft, other: Draft, *, now: dt.datetime) -> Comparison:
    """Two drafts of one rotation, read with it; weeks that have started are left out.

    A fixed number of queries.
    """
    standing = _standing(one, now)
    return _compared(one, _of_draft(one, standing, now), _of_draft(other, standing, now))


def compare_with_published(draft: Draft, *, now: dt.datetime) -> Comparison:
    """The published schedule, and a draft as the second; a fixed number of queries.

    The schedule's figures are those as of the draft's making, where all its weeks were published.
    """
    standing = _standing(draft, now)
    levels = draft_figures.levels_of(draft.figures)
    side = Side(
        draft_id=None,
        number=None,
        weeks=len({week_date for _level, week_date in standing}),
        changes=0,
        total=draft_totals.total_of(levels, draft_totals.PUBLISHED),
    )
    published = _Reading(
        side=side,
        cells=standing,
        objectives={
            (level.level, name): value
            for level in levels
            if level.published is not None
            for name, value in level.published.objectives.items()
        },
        people=_people(levels, draft_totals.PUBLISHED),
    )
    return _compared(draft, published, _of_draft(draft, standing, now))


def _standing(draft: Draft, now: dt.datetime) -> Cells:
    """The holders of the rotation's published weeks that have not started."""
    rows = Shift.objects.filter(
        level__rotation=draft.rotation_id, starts_at__gt=now, cancelled_at__isnull=True
    )
    return {
        (level, week_date): holder_id
        for level, week_date, holder_id in rows.order_by("week_date", "pk").values_list(
            "level__name", "week_date", "holder_id"
        )
    }


def _of_draft(draft: Draft, standing: Cells, now: dt.datetime) -> _Reading:
    rows = DraftShift.objects.filter(draft=draft)
    pattern = patterns.pattern_of(draft.rotation)
    found: dict[tuple[str, dt.date], int | None] = {
        (level, week_date): holder_id
        for level, week_date, holder_id in rows.order_by("week_date", "pk").values_list(
            "level__name", "week_date", "holder_id"
        )
        if slots.week_of(pattern, week_date).period.starts_at > now
    }
    levels = draft_figures.levels_of(draft.figures)
    return _Reading(
        side=Side(
            draft_id=draft.pk,
            number=draft.number,
            weeks=len({week_date for _level, week_date in found}),
            changes=sum(1 for cell, who in found.items() if standing.get(cell, who) != who),
            total=draft_totals.total_of(levels, draft_totals.DRAFT),
        ),
        cells=found,
        objectives={
            (level.level, name): value
            for level in levels
            for name, value in level.objectives.items()
        },
        people=_people(levels, draft_totals.DRAFT),
    )


def _people(levels: Sequence[LevelFigures], name: str) -> dict[tuple[str, int], PersonFigures]:
    found = {}
    for level in levels:
        people = level.people
        if name == draft_totals.PUBLISHED:
            people = level.published.people if level.published is not None else ()
        found.update({(level.level, person.engineer_id): person for person in people})
    return found


def _compared(draft: Draft, one: _Reading, other: _Reading) -> Comparison:
    known = _marks(draft, one, other)
    shared = one.cells.keys() & other.cells.keys()
    return Comparison(
        one=one.side,
        other=other.side,
        figures=tuple(_figures(one.side.total, other.side.total)),
        objectives=tuple(_objectives(one, other)),
        loads=tuple(
            LoadRow(
                level=level,
                mark=cells.mark_of(engineer_id, known),
                one=one.people.get((level, engineer_id)),
                other=other.people.get((level, engineer_id)),
            )
            for level, engineer_id in sorted(
                one.people.keys() | other.people.keys(),
                key=lambda key: (ORDER[key[0]], cells.mark_of(key[1], known).name, key[1]),
            )
        ),
        weeks=tuple(
            WeekRow(
                level=level,
                week_date=week_date,
                one=_mark(one.cells[level, week_date], known),
                other=_mark(other.cells[level, week_date], known),
            )
            for level, week_date in sorted(shared, key=lambda key: (key[1], ORDER[key[0]]))
            if one.cells[level, week_date] != other.cells[level, week_date]
        ),
        only_one=len(one.cells.keys() - shared),
        only_other=len(other.cells.keys() - shared),
    )


def _figures(one: Total | None, other: Total | None) -> list[FigureRow]:
    """The figures that either of them has, in the order of the draft's own page."""
    return [
        FigureRow(
            title=line.title,
            one=draft_totals.written(line, one) if one is not None else "–",
            other=draft_totals.written(line, other) if other is not None else "–",
            better=draft_totals.standing(line, one, other) if one and other else "",
        )
        for line in draft_totals.LINES
        if any(total is not None and line.value(total) is not None for total in (one, other))
    ]


def _objectives(one: _Reading, other: _Reading) -> list[ObjectiveRow]:
    """By level; in the order of the first, then what only the second was solved for."""
    names: dict[str, list[str]] = collections.defaultdict(list)
    for level, name in dict.fromkeys([*one.objectives, *other.objectives]):
        names[level].append(name)
    return [
        ObjectiveRow(
            level=level,
            name=name,
            one=one.objectives.get((level, name)),
            other=other.objectives.get((level, name)),
        )
        for level in sorted(names, key=ORDER.__getitem__)
        for name in names[level]
    ]


def _marks(draft: Draft, one: _Reading, other: _Reading) -> dict[int, PersonMark]:
    named = {who for reading in (one, other) for who in reading.cells.values()}
    named |= {key[1] for reading in (one, other) for key in reading.people}
    return marks.with_others(
        marks.team_marks(team_id=draft.rotation.team_id),
        engineer_ids={who for who in named if who is not None},
    )


def _mark(engineer_id: int | None, known: Mapping[int, PersonMark]) -> PersonMark | None:
    return None if engineer_id is None else cells.mark_of(engineer_id, known)
