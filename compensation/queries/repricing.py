"""What the rules give for shifts now, beside what the ledger says of them; nothing is written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import correcting, pricing
from compensation.queries import pricing_terms
from compensation.queries.corrected import shift_ledgers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from compensation.queries.corrected import ShiftLedger
    from compensation.queries.pricing_terms import Facts
    from compensation.queries.shifts import PayableShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Repriced:
    """A shift and what its live entries lack to be what the rules give.

    `blocked` says for whom no rate or office is known; then `changes` are none.
    """

    payable: PayableShift
    changes: correcting.Changes
    rate_ids: dict[str, int]
    blocked: pricing.Blocked | None = None


def repriced(
    payables: Sequence[PayableShift],
    *,
    facts: Facts | None = None,
    also: Collection[int] = (),
) -> list[Repriced]:
    """The shifts priced by the facts (as they are, unless given), in their order.

    `also` are changes of a calendar that count as well. A fixed number of queries.
    """
    if not payables:
        return []
    known = facts or pricing_terms.facts_of(payables)
    ledgers = shift_ledgers(shift_ids=[one.shift_id for one in payables])
    return [_repriced(one, known, ledgers[one.shift_id], also) for one in payables]


def _repriced(
    payable: PayableShift, facts: Facts, ledger: ShiftLedger, also: Collection[int]
) -> Repriced:
    terms = pricing_terms.terms_from(facts, payable, also=also)
    priced = pricing.price(payable.shift, terms)
    if isinstance(priced, pricing.Blocked):
        nothing = correcting.Changes(taken_back=(), added=())
        return Repriced(payable=payable, changes=nothing, rate_ids=facts.rate_ids, blocked=priced)
    changes = correcting.changes(ledger.live, priced.entries, last_revision=ledger.last_revision)
    return Repriced(payable=payable, changes=changes, rate_ids=facts.rate_ids)
