"""Who is on call for two rotations at once is paid once, where a rotation's policy wants that."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period, difference, intersection, merged
from compensation.domain import segments
from compensation.domain.shifts import Shift, Stint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compensation.domain.rates import Rate


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PaidBeside:
    """Time of one person that another shift pays, and what a whole week there is worth to them."""

    person: str
    pieces: tuple[Period, ...]
    rate: Rate


def paid_time(shift: Shift, person: str) -> tuple[Period, ...]:
    """The person's paid time in a shift, in order."""
    own = [run.pieces for run in segments.segments(shift) if run.person == person]
    return tuple(piece for pieces in own for piece in pieces)


def paid_once(shift: Shift, rates: Mapping[str, Rate], beside: Iterable[PaidBeside]) -> Shift:
    """The shift with what counts as a gap: time that is paid beside it at as much or more a week.

    `rates` are what a week of the shift is worth, by person. Amounts of two currencies do not
    compare: both are paid.
    """
    taken: dict[str, list[Period]] = {}
    for one in beside:
        own = rates.get(one.person)
        if own is not None and _pays_as_much(one.rate, own):
            taken.setdefault(one.person, []).extend(one.pieces)
    if not taken:
        return shift
    cut = {person: merged(sorted(pieces)) for person, pieces in taken.items()}
    stints = [piece for stint in shift.stints for piece in _cut(stint, cut)]
    return dataclasses.replace(shift, stints=tuple(stints))


def _pays_as_much(other: Rate, own: Rate) -> bool:
    return other.currency == own.currency and other.weekly_minor >= own.weekly_minor


def _cut(stint: Stint, taken: Mapping[str, Sequence[Period]]) -> Iterator[Stint]:
    """The stint, its taken time as nobody's; the pieces tile it."""
    gaps = intersection([stint.period], taken.get(stint.person or "", ()))
    rest = difference([stint.period], gaps)
    pieces = [*((period, stint.person) for period in rest), *((period, None) for period in gaps)]
    for period, person in sorted(pieces, key=lambda piece: piece[0]):
        yield Stint(person=person, period=period)
