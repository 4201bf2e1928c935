"""Ended weeks that wait to be priced anew: some at a time, each once, wherever the sweep runs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.db import IntegrityError

from compensation.models import Rate, RateProposal, Recalculation
from compensation.operations.posting import (
    KeyConflictError,
    PeriodMovedError,
    in_one_transaction,
)
from compensation.operations.rate_proposals import queue_recalculations
from compensation.operations.recomputing import CannotPriceError, recompute_shift, recompute_shifts
from compensation.queries.rate_requests import in_question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.operations import Actor

logger = logging.getLogger(__name__)
BATCH = 100
LOOK_BACK = dt.timedelta(days=2)
_OF_ONE_SHIFT = (
    *(CannotPriceError, KeyConflictError, PeriodMovedError, IntegrityError),
    *(LookupError, ValueError),
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Recalculated:
    """Weeks dealt with by this run, entries posted for them, weeks that failed and wait on."""

    done: int = 0
    posted: int = 0
    failed: int = 0


def recalculate_weeks(*, actor: Actor, now: dt.datetime) -> Recalculated:
    """Price every week anew that waits for it, in order of being asked.

    One transaction for each hundred; any number may run at once, each row is dealt with by one. A
    run that is killed leaves what it had not committed to the next, and a second run posts nothing.
    """
    _find_late(now)
    done = posted = failed = last = 0
    while ids := _waiting_after(last):
        last = ids[-1]
        try:
            some = _batch(ids, actor=actor, now=now)
        except _OF_ONE_SHIFT:
            some = _one_by_one(ids, actor=actor, now=now)
        done, posted, failed = done + some.done, posted + some.posted, failed + some.failed
    return Recalculated(done=done, posted=posted, failed=failed)


def _find_late(now: dt.datetime) -> None:
    """Weeks that another run completed by the old rates while a retroactive one was approved."""
    fresh = RateProposal.objects.filter(
        state=RateProposal.State.APPROVED, decided_at__gte=now - LOOK_BACK
    )
    for row in fresh.select_related("office").order_by("pk"):
        queue_recalculations(rate=in_question(row), now=now)


def _waiting_after(last: int) -> list[int]:
    waiting = Recalculation.objects.filter(
        state=Recalculation.State.WAITING, pk__gt=last, shift__completed_at__isnull=False
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _batch(ids: Sequence[int], *, actor: Actor, now: dt.datetime) -> Recalculated:
    """All of these that nobody else holds, or none."""

    def write() -> Recalculated:
        rows = _held(ids)
        numbers: list[int] = []
        for cause in sorted({_cause(row) for row in rows}):
            shift_ids = [row.shift_id for row in rows if _cause(row) == cause]
            numbers += recompute_shifts(shift_ids=shift_ids, cause=cause, actor=actor, now=now)
        _mark_done([row.pk for row in rows], now)
        return Recalculated(done=len(rows), posted=len(numbers))

    return in_one_transaction(write)


def _one_by_one(ids: Sequence[int], *, actor: Actor, now: dt.datetime) -> Recalculated:
    """The same week by week, so that one that cannot be priced keeps none of the others waiting."""
    done = posted = failed = 0
    for row_id in ids:
        try:
            some = _single(row_id, actor=actor, now=now)
        except _OF_ONE_SHIFT as error:
            _note_failure(row_id, str(error)[:500])
            failed += 1
            continue
        done, posted = done + some.done, posted + some.posted
    return Recalculated(done=done, posted=posted, failed=failed)


def _note_failure(row_id: int, failure: str) -> None:
    """Keep what went wrong; it is logged when it is news, not each time that it is tried again."""
    waiting = Recalculation.objects.filter(pk=row_id, state=Recalculation.State.WAITING)
    if waiting.exclude(failure=failure).update(failure=failure):
        logger.error("recalculation %s failed: %s", row_id, failure)


def _single(row_id: int, *, actor: Actor, now: dt.datetime) -> Recalculated:
    def write() -> Recalculated:
        rows = _held([row_id])
        numbers = [
            number
            for row in rows
            for number in recompute_shift(shift_id=row.shift_id, actor=actor, now=now)
        ]
        _mark_done([row.pk for row in rows], now)
        return Recalculated(done=len(rows), posted=len(numbers))

    return in_one_transaction(write)


def _held(ids: Sequence[int]) -> list[Recalculation]:
    """Those that wait and that no other run holds, held until the transaction ends."""
    rows = Recalculation.objects.filter(pk__in=ids, state=Recalculation.State.WAITING)
    held = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    return list(held.select_related("rate", "calendar__office"))


def _mark_done(ids: Sequence[int], now: dt.datetime) -> None:
    Recalculation.objects.filter(pk__in=ids).update(
        state=Recalculation.State.DONE, done_at=now, failure=""
    )


def _cause(row: Recalculation) -> str:
    if isinstance(row.rate, Rate):
        return f"rate {row.rate.version}"
    assert row.calendar is not None  # noqa: S101 - the database keeps one of the two
    return f"calendar of {row.calendar.office.name}, version {row.calendar.number}"
