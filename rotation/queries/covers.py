"""Agreed covers of a shift: who took which time of whom, and what undoing one would do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period
from rotation.domain.stints import CoverSpan, Stint, on_call_stints
from rotation.domain.stints import stints as stints_of
from rotation.models import Cover
from rotation.queries import cells, cover_people, worked
from volunteers.queries import contacts, marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark

AGREED = [Cover.State.ACCEPTED, Cover.State.UNDONE]
CUT = "cut"
OVER = "over"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoverLine:
    """One cover; `relieved` is None where nobody was on call.

    `state` is accepted, cut (ended early), over or undone; `rests_on_it` says whether a later
    cover has to go first. `by` is who entered it, or
    asked for it where it `was_asked` for and taken later.
    """

    cover_id: int
    shift_id: int
    taker: PersonMark
    relieved: PersonMark | None
    period: Period
    state: str
    rests_on_it: bool
    by: str
    was_asked: bool
    at: dt.datetime
    closed_at: dt.datetime | None

    @property
    def is_open_to_undo(self) -> bool:
        """Whether it can be undone now."""
        return self.state == Cover.State.ACCEPTED and not self.rests_on_it


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class GivenBack:
    """Time that somebody carries again (None: nobody), and what stands against it, if anything."""

    mark: PersonMark | None
    period: Period
    against: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Undoing:
    """What undoing a cover does: `period` is the time it gives back, None when it cannot be."""

    cover: CoverLine
    is_running: bool
    period: Period | None
    back: tuple[GivenBack, ...]


def cover_lines(
    *, covers: QuerySet[Cover], team_id: int, now: dt.datetime
) -> tuple[CoverLine, ...]:
    """Those covers in order of agreement; a fixed number of queries."""
    rows = list(covers.order_by("shift_id", "acceptance_number", "pk"))
    people = {row.to_engineer_id for row in rows} | {row.from_engineer_id for row in rows}
    known = marks.with_others(
        marks.team_marks(team_id=team_id) if rows else {},
        engineer_ids={who for who in people if who is not None},
    )
    names = contacts.names_of(emails={row.asked_by for row in rows}) if rows else {}
    return tuple(
        CoverLine(
            cover_id=row.pk,
            shift_id=row.shift_id,
            taker=cells.mark_of(row.to_engineer_id or 0, known),
            relieved=None
            if row.from_engineer_id is None
            else cells.mark_of(row.from_engineer_id, known),
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            state=_state(row, now),
            rests_on_it=_rests_on(row, rows, now),
            by=names.get(row.asked_by, row.asked_by),
            was_asked=row.accepted_at is not None and row.asked_at < row.accepted_at,
            at=row.accepted_at or row.asked_at,
            closed_at=row.closed_at,
        )
        for row in rows
    )


def undoing(*, cover: Cover, now: dt.datetime) -> Undoing:
    """What undoing the cover does at `now`; a fixed number of queries."""
    shift = worked.worked_shift(shift_id=cover.shift_id)
    rotation = cover.shift.level.rotation
    lines = cover_lines(
        covers=Cover.objects.filter(shift_id=cover.shift_id, state__in=AGREED),
        team_id=rotation.team_id,
        now=now,
    )
    line = next(each for each in lines if each.cover_id == cover.pk)
    starts_at = max(cover.starts_at, now.replace(microsecond=0))
    is_running = cover.starts_at < starts_at
    if not line.is_open_to_undo or shift.completed_at is not None or shift.cancelled_at is not None:
        return Undoing(cover=line, is_running=is_running, period=None, back=())
    period = Period(starts_at=starts_at, ends_at=cover.ends_at)
    pieces = _stints_without(shift, cover.pk, period)
    known = marks.with_others(
        marks.team_marks(team_id=rotation.team_id),
        engineer_ids={piece.person for piece in pieces if piece.person is not None},
    )
    judged = cover_people.candidates(
        shift=shift,
        rotation=rotation,
        part=cover_people.part_of(shift=shift, rotation=rotation, period=period, now=now),
        now=now,
    )
    against = {each.engineer_id: each.why for each in judged}
    back = [
        GivenBack(
            mark=None if piece.person is None else cells.mark_of(piece.person, known),
            period=piece.period,
            against="" if piece.person is None else against.get(piece.person, ""),
        )
        for piece in pieces
    ]
    return Undoing(cover=line, is_running=is_running, period=period, back=tuple(back))


def _stints_without(shift: WorkedShift, cover_id: int, period: Period) -> list[Stint]:
    rows = Cover.objects.filter(shift_id=shift.shift_id, state=Cover.State.ACCEPTED)
    spans = [
        CoverSpan(
            person=row.to_engineer_id, period=Period(starts_at=row.starts_at, ends_at=row.ends_at)
        )
        for row in rows.exclude(pk=cover_id).order_by("acceptance_number", "pk")
        if row.to_engineer_id is not None
    ]
    found = stints_of(shift.holder_id, shift.period, spans, shift.cancelled_at)
    return on_call_stints(found, [period])


def _state(row: Cover, now: dt.datetime) -> str:
    if row.state == Cover.State.ACCEPTED and row.ends_at <= now:
        return CUT if row.closed_at is not None else OVER
    return str(row.state)


def _rests_on(row: Cover, rows: Sequence[Cover], now: dt.datetime) -> bool:
    return any(
        other.shift_id == row.shift_id
        and other.state == Cover.State.ACCEPTED
        and (other.acceptance_number or 0) > (row.acceptance_number or 0)
        and other.starts_at < row.ends_at
        and other.ends_at > max(row.starts_at, now)
        for other in rows
    )
