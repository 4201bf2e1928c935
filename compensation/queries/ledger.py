"""The proof that nobody altered an entry or a stored file."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from compensation.domain import chain
from compensation.models import Entry, Export, LedgerHead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What the check of the whole ledger found; `fault` is empty when nothing was altered."""

    entries: int
    exports: int
    fault: str

    @property
    def is_intact(self) -> bool:
        """Whether every fingerprint is right."""
        return not self.fault


def verified_ledger() -> Verification:
    """Follow the chain from the first entry to the head, then the stored files.

    The fault names the first entry or file that does not fit; entries are read once, in order.
    """
    previous, number = chain.FIRST_HASH, 0
    for entry in _in_order():
        fault = _fault(entry, expected=number + 1, previous=previous)
        if fault:
            return Verification(entries=number, exports=0, fault=fault)
        previous, number = entry.hash, entry.number
    head = LedgerHead.objects.first()
    at_end = (head.last_number, head.last_hash) if head else (0, chain.FIRST_HASH)
    if at_end != (number, previous):
        fault = f"The ledger's head is at entry {at_end[0]}, its last entry is {number}."
        return Verification(entries=number, exports=0, fault=fault)
    return _verified_exports(entries=number)


def _in_order() -> Iterator[Entry]:
    entries: QuerySet[Entry] = Entry.objects.select_related("period", "rate", "reverses")
    return entries.order_by("number").iterator(chunk_size=2000)


def _fault(entry: Entry, *, expected: int, previous: str) -> str:
    if entry.number != expected:
        return f"Entry {expected} is missing."
    if entry.previous_hash != previous:
        return f"Entry {entry.number} does not follow the entry before it."
    if entry.hash != chain.fingerprint(_sealed(entry), previous=previous):
        return f"Entry {entry.number} was altered."
    return ""


def _verified_exports(*, entries: int) -> Verification:
    count = 0
    for export in Export.objects.order_by("period__month", "version", "pk").iterator(chunk_size=10):
        if hashlib.sha256(bytes(export.content)).hexdigest() != export.sha256:
            return Verification(
                entries=entries, exports=count, fault=f"{export.file_name} was altered."
            )
        count += 1
    return Verification(entries=entries, exports=count, fault="")


def _sealed(entry: Entry) -> chain.Sealed:
    return chain.Sealed(
        number=entry.number,
        period=entry.period.month,
        engineer_id=entry.engineer_id,
        shift_id=entry.shift_id,
        kind=entry.kind,
        segment_start=entry.segment_start,
        segment_end=entry.segment_end,
        seconds=entry.seconds,
        rate_version=entry.rate.version if entry.rate else None,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        earned_on=entry.earned_on,
        key=entry.key,
        reverses=entry.reverses.number if entry.reverses else None,
        posted_at=entry.posted_at,
    )
