"""Entries as files and pages need them, and the proof that nobody altered them."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from compensation.domain import chain, shifts
from compensation.domain.layouts import ExportLine
from compensation.models import Entry, Export, LedgerHead
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from volunteers.queries.postings import Postings


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


def export_lines(*, month: str) -> list[ExportLine]:
    """Every entry of a month in order of its number, with office and cost centre as they were."""
    entries = list(
        Entry.objects.filter(period__month=month)
        .select_related("period", "engineer", "rate", "reverses", "shift__level__rotation")
        .order_by("number")
    )
    postings = postings_of(engineer_ids=[entry.engineer_id for entry in entries])
    return [_line(entry, postings) for entry in entries]


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


def _line(entry: Entry, postings: Postings) -> ExportLine:
    shift = entry.shift
    start = shifts.local_date(shift.starts_at, shift.time_zone) if shift else entry.earned_on
    place = postings.place(entry.engineer_id, start)
    return ExportLine(
        period=entry.period.month,
        entry=entry.number,
        earned_on=entry.earned_on,
        employee_id=entry.engineer.employee_id or "",
        name=entry.engineer.name,
        cost_centre=place.cost_centre if place else "",
        office=place.office_name if place else "",
        rotation=shift.level.rotation.slug if shift else "",
        level=shift.level.name if shift else "",
        shift=str(shift.pk) if shift else "",
        kind=entry.kind,
        segment_start=entry.segment_start,
        segment_end=entry.segment_end,
        seconds=entry.seconds,
        rate_version=entry.rate.version if entry.rate else "",
        currency=entry.currency,
        amount_minor=entry.amount_minor,
        reverses=entry.reverses.number if entry.reverses else None,
        key=entry.key,
    )
