"""Stored files against what else says what they are: their fingerprint, its record, the ledger."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from typing import TYPE_CHECKING

from audit.models import AuditEvent
from compensation.domain.cells import Amount, as_text
from compensation.models import Entry, Export, PayPeriod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compensation.domain.cells import Cell

AT_ONCE = 2000
_CHECKED = (
    "entry",
    "period",
    "earned_on",
    "kind",
    "segment_start",
    "segment_end",
    "seconds",
    "rate_version",
    "currency",
    "amount",
    "reverses",
    "key",
)


def verified() -> tuple[int, str]:
    """How many stored files are intact, and what is wrong with the first that is not.

    One file is held at a time. Each has the fingerprint that the close put on record, every entry
    of a detail is in the ledger as the file has it, and a closed month has no other entries.
    """
    known = _recorded()
    in_order = Export.objects.order_by("period__month", "version", "pk")
    count = 0
    for export_id in in_order.values_list("pk", flat=True):
        export = Export.objects.select_related("period").get(pk=export_id)
        fault = _fault(export, known)
        if fault:
            return count, fault
        count += 1
    return count, ""


def _recorded() -> dict[str, str]:
    """The fingerprint of each file, by name, as the records of the closes have it."""
    closes = AuditEvent.objects.filter(area=AuditEvent.Area.MONEY, verb="closed")
    found: dict[str, str] = {}
    for after in closes.order_by("pk").values_list("after", flat=True):
        found |= (after or {}).get("files", {})
    return found


def _fault(export: Export, known: dict[str, str]) -> str:
    content = bytes(export.content)
    if hashlib.sha256(content).hexdigest() != export.sha256:
        return f"{export.file_name} was altered."
    if known.get(export.file_name) != export.sha256:
        return f"{export.file_name} is not the file that the record of the close names."
    if (export.layout, export.format) != (Export.Layout.DETAIL.value, "csv"):
        return ""
    return _other_entry(export, content) or _other_number(export)


def _other_entry(export: Export, content: bytes) -> str:
    rows = csv.DictReader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""))
    while some := list(itertools.islice(rows, AT_ONCE)):
        numbers = [int(row["entry"]) for row in some]
        posted = {row[0]: row for row in _as_in_files(numbers)}
        for number, row in zip(numbers, some, strict=True):
            if posted.get(str(number)) != tuple(row[name] for name in _CHECKED):
                return f"Entry {number} is not as {export.file_name} has it."
    return ""


def _as_in_files(numbers: list[int]) -> Iterator[tuple[str, ...]]:
    """The cells of `_CHECKED` of these entries."""
    rows = Entry.objects.filter(number__in=numbers).values_list(
        *("number", "period__month", "earned_on", "kind", "segment_start", "segment_end"),
        *("seconds", "rate__version", "currency", "amount_minor", "reverses__number", "key"),
    )
    for *first, currency, minor, reverses, key in rows:
        cells: list[Cell] = [*first, currency, Amount(minor=minor, currency=currency)]
        yield tuple(as_text(cell) for cell in (*cells, reverses, key))


def _other_number(export: Export) -> str:
    """A closed month whose newest file does not have all of its entries."""
    period = export.period
    later = Export.objects.filter(period=period, version__gt=export.version)
    if period.state != PayPeriod.State.CLOSED or later.exists():
        return ""
    entries = Entry.objects.filter(period=period).count()
    if entries != export.row_count:
        return f"{period.month} has {entries} entries, its file {export.row_count}."
    return ""
