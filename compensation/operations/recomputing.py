"""A completed shift priced anew: reversals of what no longer holds, and entries for what does."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from audit.operations import Area, record
from common.refusals import RefusedError
from compensation.domain import correcting, pricing
from compensation.operations import blocking
from compensation.operations.posting import (
    in_one_transaction,
    of_shift,
    post_entries,
    reversal_of,
)
from compensation.queries import pricing_terms
from compensation.queries.corrected import shift_ledger
from compensation.queries.shifts import payable_shift
from rotation.operations import shifts as rotation_shifts
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.queries.shifts import PayableShift


class CannotPriceError(RefusedError):
    """Somebody who worked has no office or no rate on the day of the shift's start."""

    code = "CANNOT_PRICE"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Recomputed:
    """What a shift needs for its live entries to be what the rules give."""

    payable: PayableShift
    changes: correcting.Changes
    rate_ids: dict[str, int]


def recompute_shift(*, shift_id: int, actor: Actor, now: dt.datetime) -> list[int]:
    """Make the shift's live entries what the rules give now; the posted numbers, in order.

    First the reversals, then the new entries; what is equal stays, so that a second run posts
    nothing, as for a shift that is not completed. May be called inside the transaction of what made
    it necessary.

    Raises:
        CannotPriceError: somebody has no rate; nothing was posted.
        KeyConflictError: the ledger has one of the entries with other content.
        PeriodMovedError: months were closed three times in between.
    """
    return in_one_transaction(lambda: _recompute(shift_id, actor=actor, now=now))


def recomputed(payable: PayableShift) -> Recomputed:
    """What pricing the shift as it is described there would change; writes nothing.

    Raises:
        CannotPriceError: somebody has no rate.
    """
    terms, rate_ids = pricing_terms.terms_of(payable)
    priced = pricing.price(payable.shift, terms)
    if isinstance(priced, pricing.Blocked):
        raise CannotPriceError(blocking.reason(priced))
    ledger = shift_ledger(shift_id=payable.shift_id)
    return Recomputed(
        payable=payable,
        changes=correcting.changes(ledger.live, priced.entries, last_revision=ledger.last_revision),
        rate_ids=rate_ids,
    )


def _recompute(shift_id: int, *, actor: Actor, now: dt.datetime) -> list[int]:
    if not rotation_shifts.hold_completed_shift(shift_id=shift_id):
        return []
    found = recomputed(payable_shift(shift_id=shift_id))
    if found.changes.is_nothing:
        return []
    reversals = [reversal_of(entry, shift_id) for entry in found.changes.taken_back]
    entries = [of_shift(entry, shift_id, found.rate_ids) for entry in found.changes.added]
    earned = found.payable.earned_on
    numbers = post_entries([*reversals, *entries], earned=earned, now=now)
    _record_recomputed(found, numbers, actor=actor, now=now)
    return numbers


def _record_recomputed(
    found: Recomputed, numbers: list[int], *, actor: Actor, now: dt.datetime
) -> None:
    """The numbers say which entries; an amount stands in the ledger alone."""
    concerned = [int(person) for person, _currency in found.changes.differences]
    people = contacts.contacts(engineer_ids=concerned)
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="priced anew",
        subject=found.payable.title,
        team=found.payable.team,
        concerned=[person.email for person in people.values()],
        before={"entries": [entry.number for entry in found.changes.taken_back]},
        after={"entries": numbers},
    )
