"""A completed shift priced anew: reversals of what no longer holds, and entries for what does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.operations import Area, record
from common.refusals import RefusedError
from compensation.domain import periods
from compensation.operations import blocking
from compensation.operations.posting import (
    in_one_transaction,
    of_shift,
    post_entries,
    reversal_of,
)
from compensation.queries.periods import last_closed_month
from compensation.queries.repricing import repriced
from compensation.queries.shifts import dependent_shift_ids, payable_shift, payable_shifts
from rotation.operations import shifts as rotation_shifts
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from compensation.operations.posting import NewEntry
    from compensation.queries.repricing import Repriced
    from compensation.queries.shifts import PayableShift


class CannotPriceError(RefusedError):
    """Somebody who worked has no office or no rate on the day of the shift's start."""

    code = "CANNOT_PRICE"
    status = 409


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
    return in_one_transaction(lambda: _recompute_it(shift_id, actor=actor, now=now))


def recompute_shifts(
    *, shift_ids: Iterable[int], cause: str, actor: Actor, now: dt.datetime
) -> list[int]:
    """Make the live entries of many completed shifts what the rules give now; the posted numbers.

    All of them or none, with one record that names the cause; as `recompute_shift` otherwise.

    Raises:
        CannotPriceError, KeyConflictError, PeriodMovedError: as of one shift; nothing was posted.
    """
    wanted = set(shift_ids)
    wanted.update(dependent_shift_ids(shift_ids=wanted))
    return in_one_transaction(lambda: _recompute_all(sorted(wanted), cause, actor=actor, now=now))


def recompute_dependents(*, shift_id: int, actor: Actor, now: dt.datetime) -> list[int]:
    """Price anew the weeks that pay less for what this one pays, in the caller's transaction.

    The posted numbers, in order; none while every policy pays both of two rotations.

    Raises:
        CannotPriceError, KeyConflictError, PeriodMovedError: as of one shift.
    """
    found = dependent_shift_ids(shift_ids=[shift_id])
    return [number for one in found for number in _recompute(one, actor=actor, now=now)]


def recomputed(payable: PayableShift) -> Repriced:
    """What pricing the shift as it is described there would change; writes nothing.

    Raises:
        CannotPriceError: somebody has no rate.
    """
    found = repriced([payable])[0]
    _refuse_blocked(found)
    return found


def _refuse_blocked(found: Repriced) -> None:
    if found.blocked is not None:
        raise CannotPriceError(blocking.reason(found.blocked))


def _recompute_all(
    shift_ids: list[int], cause: str, *, actor: Actor, now: dt.datetime
) -> list[int]:
    held = rotation_shifts.hold_completed_shifts(shift_ids=shift_ids)
    payables = payable_shifts(shift_ids=held)
    changed = [one for one in repriced([payables[shift_id] for shift_id in held]) if _is_news(one)]
    last_closed = last_closed_month()
    numbers: list[int] = []
    months: dict[str, list[Repriced]] = {}
    for one in changed:
        month = periods.posting_month(one.payable.earned_on, last_closed=last_closed)
        months.setdefault(month, []).append(one)
    for _month, some in sorted(months.items()):
        entries = [entry for one in some for entry in _entries(one)]
        numbers += post_entries(entries, earned=some[0].payable.earned_on, now=now)
    if numbers:
        _record_all(changed, numbers, cause, actor=actor, now=now)
    return numbers


def _is_news(found: Repriced) -> bool:
    _refuse_blocked(found)
    return not found.changes.is_nothing


def _entries(found: Repriced) -> list[NewEntry]:
    """The reversals of a shift, then its new entries."""
    shift_id = found.payable.shift_id
    return [
        *(reversal_of(entry, shift_id) for entry in found.changes.taken_back),
        *(of_shift(entry, shift_id, found.rate_ids) for entry in found.changes.added),
    ]


def _recompute_it(shift_id: int, *, actor: Actor, now: dt.datetime) -> list[int]:
    numbers = _recompute(shift_id, actor=actor, now=now)
    return numbers + recompute_dependents(shift_id=shift_id, actor=actor, now=now)


def _recompute(shift_id: int, *, actor: Actor, now: dt.datetime) -> list[int]:
    if not rotation_shifts.hold_completed_shift(shift_id=shift_id):
        return []
    return post_changes(recomputed(payable_shift(shift_id=shift_id)), actor=actor, now=now)


def post_changes(found: Repriced, *, actor: Actor, now: dt.datetime) -> list[int]:
    """Post them in the caller's transaction, which holds the shift; the numbers in order.

    Raises:
        KeyConflictError: the ledger has one of the entries with other content.
        PeriodMovedError: a close came between; start the transaction again.
    """
    if found.changes.is_nothing:
        return []
    numbers = post_entries(_entries(found), earned=found.payable.earned_on, now=now)
    _record_recomputed(found, numbers, actor=actor, now=now)
    return numbers


def _record_recomputed(
    found: Repriced, numbers: list[int], *, actor: Actor, now: dt.datetime
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


def _record_all(
    changed: list[Repriced], numbers: list[int], cause: str, *, actor: Actor, now: dt.datetime
) -> None:
    concerned = {int(person) for one in changed for person, _currency in one.changes.differences}
    people = contacts.contacts(engineer_ids=sorted(concerned))
    weeks = "1 week" if len(changed) == 1 else f"{len(changed)} weeks"
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="priced anew",
        subject=f"{weeks} by {cause}",
        concerned=[person.email for person in people.values()],
        before={"entries": [entry.number for one in changed for entry in one.changes.taken_back]},
        after={"entries": numbers},
    )
