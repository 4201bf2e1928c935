"""Which events calendars shall show, and what that changes in those that they were told of.

An event keeps its identity while its person keeps that time: what moves is told as a change, and
what nobody carries any more is called off, never forgotten.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import intersection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from common.periods import Period
    from rotation.domain.stints import Stint

ON_CALL, SHADOW = "on_call", "shadow"
YEARS_BACK = 5
MONTHS_CALLED_OFF = 3
MONTHS_OF_A_YEAR = 12


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What one event says: its time, the on-call time in it, whose it is and beside whom."""

    period: Period
    hours: tuple[Period, ...]
    name: str
    beside: int | None
    beside_name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """An event that is wanted: of which shift, whose (None is nobody's) and of which kind."""

    shift_id: int
    person: int | None
    kind: str
    facts: Facts

    @property
    def key(self) -> tuple[int, int | None, str]:
        """What an event never changes."""
        return self.shift_id, self.person, self.kind


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event that was told, by the id of its row."""

    entry_id: int
    number: int
    is_cancelled: bool
    piece: Piece


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What is to be told: new events with their number, others by row, and rows called off."""

    new: tuple[tuple[int, Piece], ...]
    others: tuple[tuple[int, Piece], ...]
    off: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many events there are to tell of."""
        return len(self.new) + len(self.others) + len(self.off)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """From when on a calendar holds events, and from when on those that were called off.

    It moves with the month, so that an answer stays the same for as long as nothing changes.
    """

    since: dt.datetime
    called_off_since: dt.datetime


def reach(now: dt.datetime) -> Reach:
    """Five whole years back; what was called off until three months after its time."""
    months = now.year * MONTHS_OF_A_YEAR + now.month - 1 - MONTHS_CALLED_OFF
    year, month = divmod(months, MONTHS_OF_A_YEAR)
    return Reach(
        since=dt.datetime(now.year - YEARS_BACK, 1, 1, tzinfo=dt.UTC),
        called_off_since=dt.datetime(year, month + 1, 1, tzinfo=dt.UTC),
    )


def pieces_of(
    *,
    shift_id: int,
    holder: int | None,
    stints: Iterable[Stint],
    windows: Sequence[Period],
    names: Mapping[int, str],
    is_cancelled: bool,
) -> list[Piece]:
    """An event for each stint of a shift; nobody's time of a cancelled week is none."""
    return [
        Piece(
            shift_id=shift_id,
            person=stint.person,
            kind=ON_CALL,
            facts=_facts(stint.period, windows, names, stint.person, _covered(stint, holder)),
        )
        for stint in stints
        if stint.person is not None or not is_cancelled
    ]


def shadow_of(
    *,
    shift_id: int,
    person: int,
    beside: int | None,
    period: Period,
    windows: Sequence[Period],
    names: Mapping[int, str],
) -> Piece:
    """The event of somebody who goes along for a week."""
    facts = _facts(period, windows, names, person, beside)
    return Piece(shift_id=shift_id, person=person, kind=SHADOW, facts=facts)


def _covered(stint: Stint, holder: int | None) -> int | None:
    return holder if stint.person is not None and stint.person != holder else None


def _facts(
    period: Period,
    windows: Sequence[Period],
    names: Mapping[int, str],
    person: int | None,
    beside: int | None,
) -> Facts:
    return Facts(
        period=period,
        hours=tuple(intersection(windows, [period])),
        name="" if person is None else names[person],
        beside=beside,
        beside_name="" if beside is None else names[beside],
    )


def changes(told: Iterable[Told], wanted: Iterable[Piece]) -> Changes:
    """What makes the told events say what is wanted; nothing when they do."""
    before: dict[tuple[int, int | None, str], list[Told]] = {}
    for entry in sorted(told, key=lambda entry: entry.number):
        before.setdefault(entry.piece.key, []).append(entry)
    after: dict[tuple[int, int | None, str], list[Piece]] = {}
    for piece in sorted(wanted, key=lambda piece: piece.facts.period):
        after.setdefault(piece.key, []).append(piece)
    new: list[tuple[int, Piece]] = []
    others: list[tuple[int, Piece]] = []
    off: list[int] = []
    for key in sorted({*before, *after}, key=_in_order):
        entries = before.get(key, [])
        pairs = _paired(entries, after.get(key, []))
        kept = {entry.entry_id for entry, _piece in pairs if entry is not None}
        number = max((entry.number for entry in entries), default=0)
        for known, piece in pairs:
            if known is None:
                number += 1
                new.append((number, piece))
            elif known.is_cancelled or known.piece != piece:
                others.append((known.entry_id, piece))
        off += [
            one.entry_id for one in entries if not one.is_cancelled and one.entry_id not in kept
        ]
    return Changes(new=tuple(new), others=tuple(others), off=tuple(off))


def _in_order(key: tuple[int, int | None, str]) -> tuple[int, int, str]:
    shift_id, person, kind = key
    return shift_id, 0 if person is None else person, kind


def _paired(entries: Sequence[Told], pieces: Sequence[Piece]) -> list[tuple[Told | None, Piece]]:
    """Each piece with the event that tells it: the same time first, then the most shared time."""
    free = list(entries)
    found: dict[int, Told] = {}
    for place, piece in enumerate(pieces):
        same = [entry for entry in free if _is_live(entry) and _period(entry) == _wanted(piece)]
        if same:
            found[place] = same[0]
            free.remove(same[0])
    for place, piece in enumerate(pieces):
        if place not in found and free:
            best = min(free, key=lambda entry, piece=piece: _distance(entry, piece))  # type: ignore[misc]
            found[place] = best
            free.remove(best)
    return [(found.get(place), piece) for place, piece in enumerate(pieces)]


def _is_live(entry: Told) -> bool:
    return not entry.is_cancelled


def _period(entry: Told) -> Period:
    return entry.piece.facts.period


def _wanted(piece: Piece) -> Period:
    return piece.facts.period


def _distance(entry: Told, piece: Piece) -> tuple[bool, int, int]:
    """Live events before those called off, then by the time that both share, then by number."""
    shared = _period(entry).overlap(_wanted(piece))
    return entry.is_cancelled, -(shared.seconds if shared else 0), entry.number
