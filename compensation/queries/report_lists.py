"""Reports that list entries: the ledger line by line, and what was corrected with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from compensation.domain import keys, layouts
from compensation.domain.cells import Amount
from compensation.domain.reports import Column, Kind, Line
from compensation.models import Adjustment, Correction, Entry
from compensation.queries.exporting import lines_of
from compensation.queries.report_filters import corrections_wanted, entries_wanted
from compensation.queries.report_sums import total_label
from compensation.queries.report_tables import LedgerTable
from compensation.queries.shifts import shift_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

    from compensation.domain.cells import Cell
    from compensation.domain.reports import Wanted

_SHOWN = {
    "entry": Column(name="entry", heading="No.", kind=Kind.COUNT),
    "period": Column(name="period", heading="Month", kind=Kind.MONTH, always=False),
    "earned_on": Column(name="earned_on", heading="Earned", kind=Kind.DAY, always=False),
    "employee_id": Column(name="employee_id", heading="Employee", kind=Kind.TEXT, always=False),
    "name": Column(name="name", heading="Name", kind=Kind.TEXT),
    "kind": Column(name="kind", heading="What for", kind=Kind.TEXT, always=False),
    "seconds": Column(name="seconds", heading="Hours", kind=Kind.HOURS, always=False),
    "amount": Column(name="amount", heading="Amount", kind=Kind.AMOUNT),
    "reverses": Column(name="reverses", heading="Reverses", kind=Kind.COUNT, always=False),
}
_MOMENTS = {"segment_start", "segment_end"}
ENTRIES = tuple(
    _SHOWN.get(name, Column(name=name, kind=Kind.MOMENT if name in _MOMENTS else Kind.TEXT))
    for name in layouts.DETAIL_COLUMNS
)
CORRECTIONS = (
    Column(name="entry", heading="No.", kind=Kind.COUNT),
    Column(name="period", heading="Month", kind=Kind.MONTH, always=False),
    Column(name="earned_on", kind=Kind.DAY),
    Column(name="employee_id", kind=Kind.TEXT),
    Column(name="name", heading="Name", kind=Kind.TEXT),
    Column(name="what", heading="What", kind=Kind.TEXT),
    Column(name="week", heading="Of", kind=Kind.TEXT, always=False),
    Column(name="reverses", kind=Kind.COUNT),
    Column(name="reason", heading="Why", kind=Kind.TEXT, always=False),
    Column(name="proposed_by", kind=Kind.TEXT),
    Column(name="approved_by", heading="Approved by", kind=Kind.TEXT, always=False),
    Column(name="currency", kind=Kind.TEXT),
    Column(name="amount", heading="Amount", kind=Kind.AMOUNT),
)
PRICED_ANEW = "A rate or a calendar changed for weeks that had ended."


def entries_report(wanted: Wanted) -> LedgerTable:
    """Every entry in order of number, with the columns of the detail file."""
    entries = entries_wanted(wanted)
    return _listed(entries, ENTRIES, _entry_lines)


def corrections_report(wanted: Wanted) -> LedgerTable:
    """Every entry that corrects, in order of number, with why and who approved it."""
    entries = corrections_wanted(wanted)
    return _listed(entries, CORRECTIONS, _correction_lines)


def _listed(
    entries: QuerySet[Entry],
    columns: tuple[Column, ...],
    read: Callable[[Sequence[Entry]], list[Line]],
) -> LedgerTable:
    """The table with its totals; two queries before any row is read."""
    totals = [
        _total(columns, currency, seconds or 0, amount)
        for currency, seconds, amount, _count in _sums(entries)
    ]
    return LedgerTable(
        columns=columns,
        totals=tuple(totals),
        count=entries.count(),
        entries=entries.select_related(
            "period", "engineer", "rate", "reverses", "shift__level__rotation"
        ),
        read=read,
    )


def _sums(entries: QuerySet[Entry]) -> list[tuple[str, int | None, int, int]]:
    rows = entries.values_list("currency").annotate(
        seconds=Sum("seconds", filter=Q(kind=keys.BASE)),
        amount=Sum("amount_minor"),
        count=Count("pk"),
    )
    return list(rows.order_by("currency"))


def _total(columns: Sequence[Column], currency: str, seconds: int, amount: int) -> Line:
    known: dict[str, Cell] = {
        columns[0].name: total_label(currency),
        "seconds": seconds,
        "currency": currency,
        "amount": Amount(minor=amount, currency=currency),
    }
    return Line(currency=currency, cells=tuple(known.get(column.name) for column in columns))


def _entry_lines(entries: Sequence[Entry]) -> list[Line]:
    return [
        Line(
            currency=line.currency,
            cells=tuple(layouts.detail_row(line)),
            weight=line.amount_minor,
        )
        for line in lines_of(entries)
    ]


def _correction_lines(entries: Sequence[Entry]) -> list[Line]:
    """The lines with their reasons; two queries more, however many there are."""
    causes = _Causes(entries)
    return [_correction_line(entry, causes) for entry in entries]


def _correction_line(entry: Entry, causes: _Causes) -> Line:
    reason, proposed_by, approved_by = causes.of(entry)
    return Line(
        currency=entry.currency,
        cells=(
            entry.number,
            entry.period.month,
            entry.earned_on,
            entry.engineer.employee_id or "",
            entry.engineer.name,
            _what(entry),
            _week(entry),
            entry.reverses.number if entry.reverses else None,
            reason,
            proposed_by,
            approved_by,
            entry.currency,
            Amount(minor=entry.amount_minor, currency=entry.currency),
        ),
        weight=entry.amount_minor,
    )


def _what(entry: Entry) -> str:
    if entry.reverses:
        return f"reverses {entry.reverses.number}"
    return "adjustment" if entry.kind == keys.ADJUSTMENT else "in its place"


def _week(entry: Entry) -> str:
    if entry.shift is None:
        return ""
    return shift_title(
        rotation=entry.shift.level.rotation.name,
        level=entry.shift.level.name,
        week_date=entry.shift.week_date,
    )


class _Causes:
    """Why some entries were posted: the request, who proposed it, who approved it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        shifts = {entry.shift_id for entry in entries if entry.shift_id is not None}
        people = ("proposed_by", "decided_by")
        self._corrections = list(
            Correction.objects.filter(shift_id__in=shifts, posted_from__isnull=False)
            .select_related(*people)
            .order_by("pk")
        )
        adjustments = Adjustment.objects.filter(entry__in=[entry.pk for entry in entries])
        self._adjustments = {row.entry_id: row for row in adjustments.select_related(*people)}

    def of(self, entry: Entry) -> tuple[str, str, str]:
        """The reason and both names; empty names where a sweep posted it."""
        request = self._adjustments.get(entry.pk) or self._correction(entry)
        if request is None:
            return "" if entry.kind == keys.ADJUSTMENT else PRICED_ANEW, "", ""
        decided_by = request.decided_by.name if request.decided_by else ""
        return request.reason, request.proposed_by.name, decided_by

    def _correction(self, entry: Entry) -> Correction | None:
        mine = (row for row in self._corrections if row.shift_id == entry.shift_id)
        return next((row for row in mine if _posted(row, entry.number)), None)


def _posted(row: Correction, number: int) -> bool:
    if row.posted_from is None or row.posted_to is None:
        return False
    return row.posted_from <= number <= row.posted_to
