"""Ended weeks, some at a time: what they have in common is read once and posted together.

A batch is one transaction. Anything odd in it undoes the whole batch, and whoever called completes
its weeks one by one.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from audit.operations import Area, Happening, record_all
from common import fault_points
from compensation.domain import periods, pricing, shifts
from compensation.models import BlockedShift
from compensation.operations.blocking import block_shift
from compensation.operations.posting import NewEntry, in_one_transaction, of_shift, post_entries
from compensation.queries import pricing_terms
from compensation.queries.periods import last_closed_month
from compensation.queries.shifts import payable_shifts
from rotation.operations import shifts as rotation_shifts
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor
    from compensation.queries.shifts import PayableShift

SIZE = 100


class UnevenError(ValueError):
    """The ledger or a shift is not as the batch left it: complete its weeks one by one."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BatchResult:
    """Weeks completed and entries posted by the batch, and weeks that stay blocked."""

    completed: int = 0
    posted: int = 0
    blocked: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Week:
    payable: PayableShift
    entries: tuple[NewEntry, ...]


def complete_batch(*, shift_ids: Sequence[int], actor: Actor, now: dt.datetime) -> BatchResult:
    """Price ended shifts in their order, post their entries and mark them completed, all or none.

    As `weeks.complete_shift` for each of them; what another run holds is left to it.

    Raises:
        UnevenError: an entry was in the ledger already, or a shift is no longer as it was held.
        KeyConflictError, PeriodMovedError: as of one shift.
    """
    return in_one_transaction(lambda: _complete(shift_ids, actor=actor, now=now))


def _complete(shift_ids: Sequence[int], *, actor: Actor, now: dt.datetime) -> BatchResult:
    payables = _held(shift_ids, now=now)
    if not payables:
        return BatchResult()
    facts = pricing_terms.facts_of(payables)
    weeks: list[_Week] = []
    blocked = 0
    for payable in payables:
        priced = pricing.price(payable.shift, pricing_terms.terms_from(facts, payable))
        if isinstance(priced, pricing.Blocked):
            block_shift(payable, priced, actor=actor, now=now)
            blocked += 1
        else:
            entries = (of_shift(one, payable.shift_id, facts.rate_ids) for one in priced.entries)
            weeks.append(_Week(payable=payable, entries=tuple(entries)))
    fault_points.pass_by("weeks-priced")
    posted = _post(weeks, actor=actor, now=now) if weeks else 0
    fault_points.pass_by("weeks-posted")
    return BatchResult(completed=len(weeks), posted=posted, blocked=blocked)


def _held(shift_ids: Sequence[int], *, now: dt.datetime) -> list[PayableShift]:
    """Those of the shifts that are ours to complete, in the order given."""
    held = rotation_shifts.hold_shifts(shift_ids=shift_ids)
    found = payable_shifts(shift_ids=held)
    ours = (found[shift_id] for shift_id in shift_ids if shift_id in found)
    return [payable for payable in ours if shifts.is_completed(payable.shift, now=now)]


def _post(weeks: Sequence[_Week], *, actor: Actor, now: dt.datetime) -> int:
    ids = [week.payable.shift_id for week in weeks]
    if rotation_shifts.complete_shifts(shift_ids=ids, now=now) != len(ids):
        raise UnevenError("a shift was completed by somebody else")
    numbers: list[list[int]] = []
    last_closed = last_closed_month()
    for _month, some in itertools.groupby(
        weeks,
        key=lambda week: periods.posting_month(week.payable.earned_on, last_closed=last_closed),
    ):
        numbers += _posted(list(some), now=now)
    BlockedShift.objects.filter(shift_id__in=ids).delete()
    _record(weeks, numbers, actor=actor, now=now)
    return sum(len(some) for some in numbers)


def _posted(weeks: Sequence[_Week], *, now: dt.datetime) -> list[list[int]]:
    """The numbers of each week's entries; all go to one month."""
    entries = [entry for week in weeks for entry in week.entries]
    posted = post_entries(entries, earned=weeks[0].payable.earned_on, now=now)
    if len(posted) != len(entries):
        raise UnevenError("the ledger had one of the entries already")
    remaining = iter(posted)
    return [list(itertools.islice(remaining, len(week.entries))) for week in weeks]


def _record(
    weeks: Sequence[_Week], numbers: Sequence[list[int]], *, actor: Actor, now: dt.datetime
) -> None:
    people = contacts.contacts(engineer_ids=[one for week in weeks for one in week.payable.people])
    record_all(
        Happening(
            actor=actor,
            now=now,
            area=Area.MONEY,
            verb="completed",
            subject=week.payable.title,
            team=week.payable.team,
            concerned=[people[one].email for one in week.payable.people],
            after={"entries": of_week},
        )
        for week, of_week in zip(weeks, numbers, strict=True)
    )
