"""The files that payroll gets: one line for each entry, or one for each person and currency."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from compensation.domain.cells import Amount, Row, texts
from compensation.domain.csv_text import csv_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

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
    while nobody has entered it; an adjustment has no segment and no week; `reverses` is the number
    of the entry that this one cancels; `time_zone` is the rotation's.
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
    office_slug: str = ""
    time_zone: str = "UTC"
    week_date: dt.date | None = None


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
    rows = tuple(texts(detail_row(line)) for line in in_order(lines))
    return Table(columns=DETAIL_COLUMNS, rows=rows)


def summary_table(lines: Iterable[ExportLine]) -> Table:
    """One row for each period, employee, cost centre and currency, in this order."""
    rows = tuple(texts(row) for row in summary_rows(in_order(lines)))
    return Table(columns=SUMMARY_COLUMNS, rows=rows)


def totals(lines: Iterable[ExportLine]) -> dict[str, int]:
    """The sum in minor units by currency, in alphabetical order of currency."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.amount_minor
    return dict(sorted(sums.items()))


def in_order(lines: Iterable[ExportLine]) -> list[ExportLine]:
    """The lines as files have them: by period, employee, cost centre, currency and entry."""
    return sorted(lines, key=_order)


def detail_row(line: ExportLine) -> Row:
    """The line's cells, one for each of `DETAIL_COLUMNS`."""
    return (
        line.period,
        line.entry,
        line.earned_on,
        line.employee_id,
        line.name,
        line.cost_centre,
        line.office,
        line.rotation,
        line.level,
        line.shift,
        line.kind,
        line.segment_start,
        line.segment_end,
        line.seconds,
        line.rate_version,
        line.currency,
        Amount(minor=line.amount_minor, currency=line.currency),
        line.reverses,
        line.key,
    )


def summary_rows(ordered: Iterable[ExportLine]) -> Iterator[Row]:
    """Lines that are `in_order` as rows of `SUMMARY_COLUMNS`."""
    for _, lines in itertools.groupby(ordered, key=_group):
        yield _summary_row(list(lines))


def _group(line: ExportLine) -> tuple[str, str, str, str]:
    return line.period, line.employee_id, line.cost_centre, line.currency


def _order(line: ExportLine) -> tuple[tuple[str, str, str, str], int]:
    return _group(line), line.entry


def _summary_row(group: Sequence[ExportLine]) -> Row:
    first = group[0]
    return (
        first.period,
        first.employee_id,
        first.cost_centre,
        first.currency,
        len(group),
        Amount(minor=sum(line.amount_minor for line in group), currency=first.currency),
    )
