"""The published schedule between two days, as plain facts for programs."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.domain.stints import on_call_stints
from rotation.models import Shift
from rotation.queries import cells, reasons, worked
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from rotation.domain.stints import Stint
    from rotation.queries.reasons import Reason
    from rotation.queries.worked import WorkedShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Somebody:
    """An engineer by id and name."""

    engineer_id: int
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Time of one person; nobody's when `engineer` is None."""

    engineer: Somebody | None
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PublishedShift:
    """One week of one level.

    `stints` tile the shift, `on_call` are the stints cut to the on-call windows: what PagerDuty
    must show and what is paid. `gap_reasons` say of each person why they cannot take a gap.
    """

    shift_id: int
    level: str
    week_date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str
    holder: Somebody | None
    stints: tuple[Piece, ...]
    on_call: tuple[Piece, ...]
    load_hundredths: int
    holidays: tuple[str, ...]
    gap_reasons: tuple[Reason, ...]
    version: int
    cancelled_at: dt.datetime | None
    completed_at: dt.datetime | None


def published_shifts(*, shifts: QuerySet[Shift]) -> list[PublishedShift]:
    """Those shifts by start, then level; four queries however many there are."""
    lines = worked.worked_shifts(shifts=shifts)
    stored = {
        pk: (version, gap_reasons)
        for pk, version, gap_reasons in Shift.objects.filter(
            pk__in=[line.shift_id for line in lines]
        ).values_list("pk", "version", "gap_reasons")
    }
    people = _people(lines, [each for _version, each in stored.values()])
    held = _held(lines)
    return [_shift(line, *stored[line.shift_id], people=people, held=held) for line in lines]


def _people(
    lines: Iterable[WorkedShift], stored: Iterable[Sequence[Mapping[str, Any]]]
) -> dict[int, Somebody]:
    lines = list(lines)
    named = {stint.person for line in lines for stint in line.stints}
    named |= {line.holder_id for line in lines}
    named |= {each.get("engineer") for why in stored for each in why}
    found = contacts.contacts(engineer_ids={who for who in named if who is not None})
    return {pk: Somebody(engineer_id=pk, name=contact.name) for pk, contact in found.items()}


def _held(lines: Iterable[WorkedShift]) -> dict[int, list[dt.date]]:
    held: dict[int, list[dt.date]] = collections.defaultdict(list)
    for line in lines:
        if line.holder_id is not None:
            held[line.holder_id].append(line.week_date)
    return held


def _shift(
    line: WorkedShift,
    version: int,
    stored: Sequence[Mapping[str, Any]],
    *,
    people: Mapping[int, Somebody],
    held: Mapping[int, Sequence[dt.date]],
) -> PublishedShift:
    names = {pk: person.name for pk, person in people.items()}
    why = stored if cells.is_gap(line) else ()
    return PublishedShift(
        shift_id=line.shift_id,
        level=line.level,
        week_date=line.week_date,
        starts_at=line.period.starts_at,
        ends_at=line.period.ends_at,
        time_zone=line.zone,
        holder=None if line.holder_id is None else people[line.holder_id],
        stints=_pieces(line.stints, people),
        on_call=_pieces(on_call_stints(line.stints, line.windows), people),
        load_hundredths=line.load_hundredths,
        holidays=line.holidays,
        gap_reasons=tuple(reasons.reasons(why, week_date=line.week_date, names=names, held=held)),
        version=version,
        cancelled_at=line.cancelled_at,
        completed_at=line.completed_at,
    )


def _pieces(stints: Iterable[Stint], people: Mapping[int, Somebody]) -> tuple[Piece, ...]:
    return tuple(
        Piece(
            engineer=None if stint.person is None else people[stint.person],
            starts_at=stint.period.starts_at,
            ends_at=stint.period.ends_at,
        )
        for stint in stints
    )
