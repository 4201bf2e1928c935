"""Completed weeks become entries: each shift once, however often and wherever the sweep runs."""

from __future__ import annotations

import dataclasses
import enum
import logging
from typing import TYPE_CHECKING

from django.db import IntegrityError

from audit.operations import Area, record
from compensation.domain import pricing, shifts
from compensation.models import BlockedShift
from compensation.operations import batches
from compensation.operations.blocking import block_shift
from compensation.operations.posting import (
    KeyConflictError,
    PeriodMovedError,
    in_one_transaction,
    of_shift,
    post_entries,
)
from compensation.queries import pricing_terms
from compensation.queries.shifts import payable_shift
from rotation.operations import shifts as rotation_shifts
from rotation.queries import worked
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.queries.shifts import PayableShift

logger = logging.getLogger(__name__)
# What the rows of one shift can raise; a database that is gone stops the sweep.
_OF_ONE_SHIFT = (KeyConflictError, PeriodMovedError, IntegrityError, LookupError, ValueError)


class Outcome(enum.StrEnum):
    """What became of a shift: completed, blocked, or nothing to do here (yet, or any more)."""

    COMPLETED = "completed"
    BLOCKED = "blocked"
    UNTOUCHED = "untouched"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekResult:
    """What became of one shift, and the numbers of its new entries."""

    outcome: Outcome
    numbers: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SweepResult:
    """Weeks completed and entries posted by this run; weeks that stay blocked or failed."""

    completed: int = 0
    posted: int = 0
    blocked: int = 0
    failed: int = 0


def complete_weeks(*, actor: Actor, now: dt.datetime) -> SweepResult:
    """Complete every shift that has ended by `now`, in order of (end, id).

    In batches of one transaction each; a batch in which anything is odd is done again shift by
    shift. Any number may run at once: a shift that another run holds is left to it.
    """
    completed = posted = blocked = failed = 0
    shift_ids = worked.ended_shift_ids(now=now)
    for first in range(0, len(shift_ids), batches.SIZE):
        result = _complete_some(shift_ids[first : first + batches.SIZE], actor=actor, now=now)
        completed += result.completed
        posted += result.posted
        blocked += result.blocked
        failed += result.failed
    return SweepResult(completed=completed, posted=posted, blocked=blocked, failed=failed)


def _complete_some(shift_ids: list[int], *, actor: Actor, now: dt.datetime) -> SweepResult:
    try:
        found = batches.complete_batch(shift_ids=shift_ids, actor=actor, now=now)
    except _OF_ONE_SHIFT:
        logger.warning("some of %s shifts are odd: each by itself", len(shift_ids), exc_info=True)
        return _complete_each(shift_ids, actor=actor, now=now)
    return SweepResult(completed=found.completed, posted=found.posted, blocked=found.blocked)


def _complete_each(shift_ids: list[int], *, actor: Actor, now: dt.datetime) -> SweepResult:
    completed = posted = blocked = failed = 0
    for shift_id in shift_ids:
        try:
            result = complete_shift(shift_id=shift_id, actor=actor, now=now)
        except _OF_ONE_SHIFT:
            # A shift that cannot be paid as it stands waits for a person; the others go on.
            logger.exception("shift %s is not completed", shift_id)
            failed += 1
            continue
        completed += result.outcome is Outcome.COMPLETED
        blocked += result.outcome is Outcome.BLOCKED
        posted += len(result.numbers)
    return SweepResult(completed=completed, posted=posted, blocked=blocked, failed=failed)


def complete_shift(*, shift_id: int, actor: Actor, now: dt.datetime) -> WeekResult:
    """Price an ended shift, post its entries and mark it completed, all or nothing.

    A shift that no rate prices is noted as blocked and waits. One that has not ended, is completed
    or is held by another run stays untouched.

    Raises:
        KeyConflictError: the ledger has one of its entries with other content.
        PeriodMovedError: months were closed three times in between.
    """
    return in_one_transaction(lambda: _complete(shift_id, actor=actor, now=now))


def _complete(shift_id: int, *, actor: Actor, now: dt.datetime) -> WeekResult:
    payable = _held(shift_id)
    if payable is None or not shifts.is_completed(payable.shift, now=now):
        return WeekResult(outcome=Outcome.UNTOUCHED)
    terms, rate_ids = pricing_terms.terms_of(payable)
    priced = pricing.price(payable.shift, terms)
    if isinstance(priced, pricing.Blocked):
        block_shift(payable, priced, actor=actor, now=now)
        return WeekResult(outcome=Outcome.BLOCKED)
    if not rotation_shifts.complete_shift(shift_id=shift_id, now=now):
        return WeekResult(outcome=Outcome.UNTOUCHED)
    entries = [of_shift(entry, shift_id, rate_ids) for entry in priced.entries]
    numbers = post_entries(entries, earned=payable.earned_on, now=now)
    BlockedShift.objects.filter(shift_id=shift_id).delete()
    _record_completed(payable, numbers, actor=actor, now=now)
    return WeekResult(outcome=Outcome.COMPLETED, numbers=tuple(numbers))


def _held(shift_id: int) -> PayableShift | None:
    """The shift, which nobody else changes until the transaction ends; None if it is not ours."""
    if not rotation_shifts.hold_shift(shift_id=shift_id):
        return None
    return payable_shift(shift_id=shift_id)


def _record_completed(
    payable: PayableShift, numbers: list[int], *, actor: Actor, now: dt.datetime
) -> None:
    concerned = contacts.contacts(engineer_ids=payable.people)
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="completed",
        subject=payable.title,
        team=payable.team,
        concerned=[contact.email for contact in concerned.values()],
        after={"entries": numbers},
    )
