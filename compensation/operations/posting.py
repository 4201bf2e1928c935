"""The one way into the ledger: entries get their period, number and fingerprint under its lock."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from django.db import IntegrityError, connection, transaction

from compensation.domain import chain, keys, periods
from compensation.models import Entry, LedgerHead, PayPeriod
from compensation.queries.periods import last_closed_month

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from common.periods import Period
    from compensation.domain.correcting import LiveEntry
    from compensation.domain.pricing import PricedEntry

HEAD_ID = 1
ResultT = TypeVar("ResultT")
_TRIES = 3


class KeyConflictError(Exception):
    """An entry with this key is in the ledger with other content; nothing was overwritten."""


class PeriodMovedError(Exception):
    """The period was closed between choosing and locking it: do the whole transaction again."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The entry that a reversal takes back."""

    entry_id: int
    number: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """One line for the ledger, complete except for what posting gives it.

    An adjustment has no shift, segment and rate; only a reversal has an original.
    """

    engineer_id: int
    shift_id: int | None = None
    kind: str
    segment: Period | None = None
    seconds: int
    rate_id: int | None = None
    rate_version: str | None = None
    amount_minor: int
    currency: str
    earned_on: dt.date
    key: str
    original: Original | None = None


def of_shift(entry: PricedEntry, shift_id: int, rate_ids: Mapping[str, int]) -> NewEntry:
    """A priced line as one for the ledger."""
    return NewEntry(
        engineer_id=int(entry.person),
        shift_id=shift_id,
        kind=entry.kind,
        segment=entry.segment,
        seconds=entry.seconds,
        rate_id=rate_ids[entry.rate_version],
        rate_version=entry.rate_version,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        earned_on=entry.earned_on,
        key=entry.key,
    )


def reversal_of(entry: LiveEntry, shift_id: int) -> NewEntry:
    """The exact opposite of an entry of the shift."""
    return NewEntry(
        engineer_id=int(entry.person),
        shift_id=shift_id,
        kind=entry.kind,
        segment=entry.segment,
        seconds=-entry.seconds,
        rate_id=entry.rate_id,
        rate_version=entry.rate_version,
        amount_minor=-entry.amount_minor,
        currency=entry.currency,
        earned_on=entry.earned_on,
        key=keys.reversal_key(entry.key),
        original=Original(entry_id=entry.entry_id, number=entry.number),
    )


def in_one_transaction(write: Callable[[], ResultT]) -> ResultT:
    """What `write` gives, all of it or nothing; done again when a close came in between.

    Raises:
        PeriodMovedError: months were closed three times in between.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return write()
        except PeriodMovedError:
            if not tries_left:
                raise
    raise AssertionError("the last try raises")


def post_entries(entries: Sequence[NewEntry], *, earned: dt.date, now: dt.datetime) -> list[int]:
    """Append the entries, in their order, and return their numbers.

    All are earned on one date and go to its month, or to the first open one after. Runs in the
    caller's transaction and holds the period's row, then the ledger's head, until its commit. An
    entry that the ledger has already, with the same content, is left out.

    Raises:
        KeyConflictError: an entry with the same key has other content.
        PeriodMovedError: a close came between; start the transaction again.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("entries are posted in the transaction of what they pay for")
    if not entries:
        return []
    period = _held_period(earned)
    head = _held_head()
    if periods.posting_month(earned, last_closed=last_closed_month()) != period.month:
        raise PeriodMovedError(period.month)
    rows = _sealed(_not_posted(entries), period=period, head=head, now=now)
    if rows:
        Entry.objects.bulk_create(rows)
        head.last_number, head.last_hash = rows[-1].number, rows[-1].hash
        head.save(update_fields=["last_number", "last_hash"])
    return [row.number for row in rows]


def hold_period(month: str) -> PayPeriod:
    """The month's row, made if it is missing, held until the caller's transaction ends."""
    PayPeriod.objects.get_or_create(month=month)
    return PayPeriod.objects.select_for_update().get(month=month)


def hold_ledger() -> None:
    """Let nobody post until the caller's transaction ends; take it after the period's row."""
    _held_head()


def _held_period(earned: dt.date) -> PayPeriod:
    month = periods.posting_month(earned, last_closed=last_closed_month())
    try:
        return hold_period(month)
    except IntegrityError as error:  # a later month closed before this one had a row
        raise PeriodMovedError(month) from error


def _held_head() -> LedgerHead:
    LedgerHead.objects.get_or_create(pk=HEAD_ID, defaults={"last_hash": chain.FIRST_HASH})
    return LedgerHead.objects.select_for_update().get(pk=HEAD_ID)


def _not_posted(entries: Iterable[NewEntry]) -> list[NewEntry]:
    """The entries that the ledger lacks.

    Raises:
        KeyConflictError: it has one with the same key and other content.
    """
    wanted = list(entries)
    present = {
        entry.key: entry for entry in Entry.objects.filter(key__in=[new.key for new in wanted])
    }
    for new in wanted:
        if new.key in present and not _same(new, present[new.key]):
            raise KeyConflictError(f"{present[new.key]} has the key {new.key} and other content")
    return [new for new in wanted if new.key not in present]


def _same(new: NewEntry, entry: Entry) -> bool:
    return (
        (new.engineer_id, new.shift_id, new.kind, new.seconds, new.rate_id)
        == (entry.engineer_id, entry.shift_id, entry.kind, entry.seconds, entry.rate_id)
        and _ends(new) == (entry.segment_start, entry.segment_end)
        and (new.amount_minor, new.currency, new.earned_on, _original_id(new))
        == (entry.amount_minor, entry.currency, entry.earned_on, entry.reverses_id)
    )


def _ends(new: NewEntry) -> tuple[dt.datetime | None, dt.datetime | None]:
    return (new.segment.starts_at, new.segment.ends_at) if new.segment else (None, None)


def _original_id(new: NewEntry) -> int | None:
    return new.original.entry_id if new.original else None


def _sealed(
    entries: Iterable[NewEntry], *, period: PayPeriod, head: LedgerHead, now: dt.datetime
) -> list[Entry]:
    rows: list[Entry] = []
    previous = head.last_hash
    for number, new in enumerate(entries, start=head.last_number + 1):
        row = _row(new, number=number, period=period, now=now)
        row.previous_hash = previous
        row.hash = chain.fingerprint(_fields(new, row), previous=previous)
        previous = row.hash
        rows.append(row)
    return rows


def _row(new: NewEntry, *, number: int, period: PayPeriod, now: dt.datetime) -> Entry:
    starts_at, ends_at = _ends(new)
    return Entry(
        number=number,
        period=period,
        engineer_id=new.engineer_id,
        shift_id=new.shift_id,
        kind=new.kind,
        segment_start=starts_at,
        segment_end=ends_at,
        seconds=new.seconds,
        rate_id=new.rate_id,
        amount_minor=new.amount_minor,
        currency=new.currency,
        earned_on=new.earned_on,
        key=new.key,
        reverses_id=_original_id(new),
        posted_at=now,
    )


def _fields(new: NewEntry, row: Entry) -> chain.Sealed:
    return chain.Sealed(
        number=row.number,
        period=row.period.month,
        engineer_id=new.engineer_id,
        shift_id=new.shift_id,
        kind=new.kind,
        segment_start=row.segment_start,
        segment_end=row.segment_end,
        seconds=new.seconds,
        rate_version=new.rate_version,
        amount_minor=new.amount_minor,
        currency=new.currency,
        earned_on=new.earned_on,
        key=new.key,
        reverses=new.original.number if new.original else None,
        posted_at=row.posted_at,
    )
