"""What a cover would change in one person's own pay of a week, by the rules that pay it later."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import difference, intersection, seconds
from compensation.domain import pricing, segments
from compensation.domain.shifts import Stint
from compensation.queries import pricing_terms
from compensation.queries.shifts import payable_shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from common.periods import Period
    from compensation.queries.shifts import PayableShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnChange:
    """A person's own pay of the week without the cover and with it, in minor units.

    `part_seconds` of the `paid_seconds` of the week are in the part.
    """

    currency: str
    before_minor: int
    after_minor: int
    part_seconds: int
    paid_seconds: int

    @property
    def change_minor(self) -> int:
        """More or less than before."""
        return self.after_minor - self.before_minor


def own_change(
    *, shift_id: int, period: Period, engineer_id: int, taker_id: int | None
) -> OwnChange | None:
    """What `engineer_id` would earn if `taker_id` (None: anybody else) carried that time.

    None where the level is not paid, or no rate says yet what the week is worth to them. A fixed
    number of queries.
    """
    now = payable_shift(shift_id=shift_id)
    me = str(engineer_id)
    then = _covered(now, period, None if taker_id is None else str(taker_id))
    terms, _ids = pricing_terms.terms_of(_with_stints(now, now.shift.stints + then.shift.stints))
    if not now.is_paid or me not in terms.people:
        return None
    before, after = (_earned(one, terms, me) for one in (now, then))
    currency = next((each.currency for each in (*(before or ()), *(after or ()))), None)
    if before is None or after is None or currency is None:
        return None
    paid = segments.paid_windows(now.shift)
    return OwnChange(
        currency=currency,
        before_minor=sum(each.amount_minor for each in before),
        after_minor=sum(each.amount_minor for each in after),
        part_seconds=seconds(intersection(paid, [period])),
        paid_seconds=seconds(paid),
    )


def _with_stints(payable: PayableShift, stints: Iterable[Stint]) -> PayableShift:
    shift = dataclasses.replace(payable.shift, stints=tuple(stints))
    return dataclasses.replace(payable, shift=shift)


def _covered(payable: PayableShift, period: Period, taker: str | None) -> PayableShift:
    pieces = [
        Stint(person=stint.person, period=rest)
        for stint in payable.shift.stints
        for rest in difference([stint.period], [period])
    ]
    pieces.append(Stint(person=taker, period=period))
    return _with_stints(payable, sorted(pieces, key=lambda stint: stint.period))


def _earned(
    payable: PayableShift, terms: pricing.Terms, person: str
) -> list[pricing.PricedEntry] | None:
    """The person's entries; others without a rate keep nobody's own figure waiting."""
    priced = pricing.price(payable.shift, terms)
    if isinstance(priced, pricing.Blocked):
        if any(each.person == person for each in priced.missing):
            return None
        unknown = {each.person for each in priced.missing}
        stints = [
            dataclasses.replace(stint, person=None) if stint.person in unknown else stint
            for stint in payable.shift.stints
        ]
        priced = pricing.price(_with_stints(payable, stints).shift, terms)
        if isinstance(priced, pricing.Blocked):
            return None
    return [each for each in priced.entries if each.person == person]
