"""The files that payroll gets: one line for each entry, or one for each person and currency."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from compensation.domain import keys, money
from compensation.domain.csv_text import csv_text, neutralised

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

DETAIL_COLUMNS = (
    "period",
    "entry",
    "earned_on",
    "employee_id",
    "name",
    "cost_centre",
    "office",
    "rotation",
    "level",
    "shift",
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
SUMMARY_COLUMNS = ("period", "employee_id", "cost_centre", "currency", "entries", "amount")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ExportLine:
    """One entry with what payroll needs to know about it; `entry` is its number in the ledger.

    Office and cost centre are those of the shift's start, empty if unknown; `employee_id` is empty
    while nobody has entered it; an adjustment has no segment; `reverses` is the number of the entry
    that this one cancels.
    """

    period: str
    entry: int
    earned_on: dt.date
    employee_id: str
    name: str
    cost_centre: str
    office: str
    rotation: str
    level: str
    shift: str
    kind: str
    segment_start: dt.datetime | None
    segment_end: dt.datetime | None
    seconds: int
    rate_version: str
    currency: str
    amount_minor: int
    reverses: int | None
    key: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The cells of a file, as text; `rows` leave the header out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_csv(self) -> str:
        """The file's text."""
        return csv_text(self.columns, self.rows)


def detail_table(lines: Iterable[ExportLine]) -> Table:
    """One row for each entry, sorted by period, employee, cost centre, currency and entry."""
    rows = tuple(_detail_row(line) for line in sorted(lines, key=_order))
    return Table(columns=DETAIL_COLUMNS, rows=rows)


def summary_table(lines: Iterable[ExportLine]) -> Table:
    """One row for each period, employee, cost centre and currency, in this order."""
    groups = itertools.groupby(sorted(lines, key=_order), key=_group)
    rows = tuple(_summary_row(list(group)) for _, group in groups)
    return Table(columns=SUMMARY_COLUMNS, rows=rows)


def totals(lines: Iterable[ExportLine]) -> dict[str, int]:
    """The sum in minor units by currency, in alphabetical order of currency."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.amount_minor
    return dict(sorted(sums.items()))


def _group(line: ExportLine) -> tuple[str, str, str, str]:
    return line.period, line.employee_id, line.cost_centre, line.currency


def _order(line: ExportLine) -> tuple[tuple[str, str, str, str], int]:
    return _group(line), line.entry


def _detail_row(line: ExportLine) -> tuple[str, ...]:
    return (
        line.period,
        str(line.entry),
        line.earned_on.isoformat(),
        neutralised(line.employee_id),
        neutralised(line.name),
        neutralised(line.cost_centre),
        neutralised(line.office),
        neutralised(line.rotation),
        neutralised(line.level),
        neutralised(line.shift),
        neutralised(line.kind),
        keys.instant_text(line.segment_start) if line.segment_start else "",
        keys.instant_text(line.segment_end) if line.segment_end else "",
        str(line.seconds),
        neutralised(line.rate_version),
        line.currency,
        money.format_amount(line.amount_minor, line.currency),
        "" if line.reverses is None else str(line.reverses),
        neutralised(line.key),
    )


def _summary_row(group: list[ExportLine]) -> tuple[str, ...]:
    first = group[0]
    amount = sum(line.amount_minor for line in group)
    return (
        first.period,
        neutralised(first.employee_id),
        neutralised(first.cost_centre),
        first.currency,
        str(len(group)),
        money.format_amount(amount, first.currency),
    )
