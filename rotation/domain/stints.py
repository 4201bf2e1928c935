"""Who is on call from when to when: accepted covers folded over a shift."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoverSpan:
    """The time for which somebody has taken over; what lies outside the shift is ignored.

    `person` None says that nobody had it.
    """

    person: int | None
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Stint:
    """One person's unbroken time of a shift; nobody's when `person` is None."""

    person: int | None
    period: Period


def stints(
    holder: int | None,
    period: Period,
    covers: Iterable[CoverSpan],
    cancelled_at: dt.datetime | None = None,
) -> list[Stint]:
    """Who was or will be on call in a shift, in order of time; the stints tile the shift exactly.

    Covers come in order of acceptance, and the later wins. From `cancelled_at` on it is nobody.
    Neighbours of one person are one stint.
    """
    pieces = [Stint(person=holder, period=period)]
    for cover in covers:
        pieces = _laid_over(pieces, cover.person, cover.period.overlap(period))
    if cancelled_at is not None and cancelled_at < period.ends_at:
        starts_at = max(cancelled_at, period.starts_at)
        pieces = _laid_over(pieces, None, Period(starts_at=starts_at, ends_at=period.ends_at))
    return _joined(pieces)


def on_call_stints(stints: Iterable[Stint], windows: Iterable[Period]) -> list[Stint]:
    """The stints cut to the on-call windows, in order of time; nobody's time stays as nobody's."""
    on_call = list(windows)
    pieces = [
        Stint(person=stint.person, period=shared)
        for stint in stints
        for window in on_call
        if (shared := stint.period.overlap(window)) is not None
    ]
    return sorted(pieces, key=lambda piece: piece.period)


def _laid_over(pieces: list[Stint], person: int | None, over: Period | None) -> list[Stint]:
    if over is None:
        return pieces
    kept = [
        Stint(person=piece.person, period=rest)
        for piece in pieces
        for rest in _outside(piece.period, over)
    ]
    return sorted([*kept, Stint(person=person, period=over)], key=lambda piece: piece.period)


def _outside(period: Period, over: Period) -> list[Period]:
    ends = [
        (period.starts_at, min(period.ends_at, over.starts_at)),
        (max(period.starts_at, over.ends_at), period.ends_at),
    ]
    return [Period(starts_at=first, ends_at=last) for first, last in ends if first < last]


def _joined(pieces: list[Stint]) -> list[Stint]:
    joined: list[Stint] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.person == piece.person:
            whole = Period(starts_at=last.period.starts_at, ends_at=piece.period.ends_at)
            joined[-1] = Stint(person=piece.person, period=whole)
        else:
            joined.append(piece)
    return joined
