"""Shifts beside others in time, in other rotations: what of a shift they pay already.

Only a shift whose policy wants it is compared, with those that come before it in order of (end,
id), whenever either is processed: late processing gives what punctual processing gives.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import intersection
from compensation.domain import deduplication, pricing, shifts
from compensation.domain.rates import rate_in_force
from compensation.queries import pricing_terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from compensation.domain.rates import Rate
    from compensation.queries.pricing_terms import Facts
    from compensation.queries.shifts import PayableShift


def paid_once(
    payables: Sequence[PayableShift], beside: Sequence[PayableShift]
) -> list[PayableShift]:
    """The shifts in their order, with what those beside them pay already as a gap; five queries.

    Where nothing says what the other shift is worth, that is kept with the shift as `undecided`.
    """
    asking = [one for one in payables if is_compared(one)]
    if not asking or not beside:
        return list(payables)
    facts = pricing_terms.facts_of([*asking, *beside])
    return [_paid_once(one, beside, facts) if is_compared(one) else one for one in payables]


def is_compared(payable: PayableShift) -> bool:
    """Whether the policy that the shift was published with wants its people paid once."""
    return payable.deduplicates and payable.is_paid


def comes_before(one: PayableShift, other: PayableShift) -> bool:
    """Whether it is paid before the other one that runs beside it for another rotation."""
    return (
        one.rotation_id != other.rotation_id
        and order(one) < order(other)
        and one.shift.period.overlap(other.shift.period) is not None
    )


def depends_on_any(payable: PayableShift, others: Iterable[PayableShift]) -> bool:
    """Whether what it pays may change with what any of the others pays."""
    return is_compared(payable) and any(
        other.is_paid and comes_before(other, payable) for other in others
    )


def order(payable: PayableShift) -> tuple[dt.datetime, int]:
    """The place in the order of processing."""
    return shifts.completed_at(payable.shift), payable.shift_id


def _paid_once(payable: PayableShift, beside: Sequence[PayableShift], facts: Facts) -> PayableShift:
    rates = {str(one): _rate(payable, one, facts) for one in payable.people}
    known = {person: rate for person, rate in rates.items() if rate is not None}
    before = [one for one in beside if one.is_paid and comes_before(one, payable)]
    found = [each for one in before for each in _paid_by(one, payable, facts)]
    paid = [each for each in found if isinstance(each, deduplication.PaidBeside)]
    missing = [each for each in found if isinstance(each, pricing.MissingRate)]
    return dataclasses.replace(
        payable,
        shift=deduplication.paid_once(payable.shift, known, paid),
        undecided=tuple(missing),
    )


def _paid_by(
    other: PayableShift, payable: PayableShift, facts: Facts
) -> Iterator[deduplication.PaidBeside | pricing.MissingRate]:
    """What the other shift pays of the shift's time, by person; who has no rate there."""
    for engineer_id in other.people:
        person = str(engineer_id)
        pieces = deduplication.paid_time(other.shift, person)
        mine = deduplication.paid_time(payable.shift, person)
        if not intersection(mine, pieces):
            continue
        rate = _rate(other, engineer_id, facts)
        if rate is not None:
            yield deduplication.PaidBeside(person=person, pieces=pieces, rate=rate)
        else:
            place = facts.belonged.place(engineer_id, other.shift.starts_on)
            yield pricing.MissingRate(
                person=person,
                office=place.office_slug if place else None,
                level=other.shift.level,
                on=other.shift.starts_on,
            )


def _rate(payable: PayableShift, engineer_id: int, facts: Facts) -> Rate | None:
    shift = payable.shift
    place = facts.belonged.place(engineer_id, shift.starts_on)
    if place is None:
        return None
    rates = facts.rates.get((place.office_slug, shift.level), ())
    return rate_in_force(rates, office=place.office_slug, level=shift.level, on=shift.starts_on)
