"""The files of one month, all written in one pass over its lines."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Protocol

from compensation.domain import layout_rows, layouts
from compensation.domain.cells import Amount
from compensation.rendering.csv_files import CsvFile
from compensation.rendering.workbook import Column, Workbook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from compensation.domain.cells import Row
    from compensation.domain.layout_rows import Layout
    from compensation.domain.layouts import ExportLine

CSV, XLSX = "csv", "xlsx"
DETAIL, SUMMARY = "detail", "summary"
_WIDTHS = {
    "name": 26,
    "office": 16,
    "rotation": 16,
    "segment_start": 20,
    "segment_end": 20,
    "rate_version": 24,
    "amount": 14,
    "key": 60,
}
_TOTALS = ("currency", "entries", "people", "amount")
_META = [Column(heading="what", width=24), Column(heading="value", width=44)]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """What a month's files say about themselves; version 0 is a provisional file's."""

    month: str
    version: int
    made_by: str
    made_at: dt.datetime

    @property
    def state(self) -> str:
        """The end of each file's name, `v1` or `PROVISIONAL`."""
        return f"v{self.version}" if self.version else "PROVISIONAL"

    @property
    def batch(self) -> str:
        """What all files of one making have in common, `rota-2026-11-v1`."""
        return f"rota-{self.month}-{self.state}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFile:
    """A file, with the figures by which payroll checks that all of it arrived."""

    layout: str
    format: str
    file_name: str
    content: bytes
    sha256: str
    row_count: int
    totals: dict[str, int]


@dataclasses.dataclass(kw_only=True, slots=True)
class ControlTotal:
    """What was written in one currency so far."""

    entries: int = 0
    people: int = 0
    minor: int = 0


class ControlTotals:
    """Sums by currency, of lines that come person by person."""

    def __init__(self) -> None:
        """Nothing so far."""
        self.by_currency: dict[str, ControlTotal] = {}
        self.entries = 0

    def add(self, lines: Iterable[ExportLine]) -> None:
        """The lines of one more person."""
        seen = set()
        for line in lines:
            person = line.currency, line.employee_id or line.name
            total = self.by_currency.setdefault(line.currency, ControlTotal())
            total.people += person not in seen
            total.entries += 1
            total.minor += line.amount_minor
            seen.add(person)
            self.entries += 1

    def minor(self) -> dict[str, int]:
        """Minor units by currency, in alphabetical order."""
        return {code: self.by_currency[code].minor for code in sorted(self.by_currency)}


class CsvLines:
    """The detail or the summary as CSV."""

    def __init__(self, layout: str, making: Making) -> None:
        """Begin with the header."""
        columns = layouts.DETAIL_COLUMNS if layout == DETAIL else layouts.SUMMARY_COLUMNS
        self._layout, self._making = layout, making
        self._file = CsvFile(columns)
        self._totals = ControlTotals()

    def add(self, lines: Sequence[ExportLine]) -> None:
        """The lines of one person, in order."""
        self._totals.add(lines)
        for row in _rows(self._layout, lines):
            self._file.add(row)

    def file(self) -> RenderedFile:
        """The finished file."""
        name = f"rota-{self._making.month}-{self._layout}-{self._making.state}.csv"
        return rendered(
            layout=self._layout,
            file_format=CSV,
            file_name=name,
            content=self._file.content(),
            totals=self._totals,
            rows=self._file.rows,
        )


class LayoutLines:
    """A file for a payroll system, as its layout says; lines of others are left out."""

    def __init__(self, layout: Layout, making: Making) -> None:
        """Begin with the header."""
        self._layout, self._making = layout, making
        self._file = CsvFile(layout.headings)
        self._totals = ControlTotals()

    def add(self, lines: Sequence[ExportLine]) -> None:
        """The lines of one person, in order."""
        own = layout_rows.lines_of(self._layout, lines)
        self._totals.add(own)
        for row in layout_rows.rows_of(self._layout, own, batch=self._making.batch):
            self._file.add(row)

    def file(self) -> RenderedFile:
        """The finished file."""
        making = self._making
        return rendered(
            layout=self._layout.slug,
            file_format=CSV,
            file_name=layout_rows.file_name(
                self._layout, month=making.month, version=making.version
            ),
            content=self._file.content(),
            totals=self._totals,
            rows=self._file.rows,
        )


class Sheets:
    """The workbook: detail, summary, totals by currency, and what the file is."""

    def __init__(self, making: Making, book: Workbook) -> None:
        """Begin both sheets that lines are written to."""
        self._making, self._book = making, book
        self._detail = book.sheet("Detail", _columns(layouts.DETAIL_COLUMNS))
        self._summary = book.sheet("Summary", _columns(layouts.SUMMARY_COLUMNS))
        self._totals = ControlTotals()

    def add(self, lines: Sequence[ExportLine]) -> None:
        """The lines of one person, in order."""
        self._totals.add(lines)
        for row in _rows(DETAIL, lines):
            self._detail.add(row)
        for row in _rows(SUMMARY, lines):
            self._summary.add(row)

    def file(self) -> RenderedFile:
        """The finished file."""
        self._add_totals()
        self._add_meta()
        return rendered(
            layout=DETAIL,
            file_format=XLSX,
            file_name=f"rota-{self._making.month}-{self._making.state}.xlsx",
            content=self._book.content(),
            totals=self._totals,
            rows=self._detail.rows,
        )

    def _add_totals(self) -> None:
        sheet = self._book.sheet("Totals", _columns(_TOTALS))
        for currency, total in sorted(self._totals.by_currency.items()):
            amount = Amount(minor=total.minor, currency=currency)
            sheet.add((currency, total.entries, total.people, amount))

    def _add_meta(self) -> None:
        making = self._making
        sheet = self._book.sheet("Meta", _META)
        sheet.add(("period", making.month))
        sheet.add(("state", "closed" if making.version else "PROVISIONAL, not for payroll"))
        sheet.add(("version", making.version or None))
        sheet.add(("made by", making.made_by))
        sheet.add(("made at, UTC", making.made_at))
        sheet.add(("instants are in", "UTC"))
        sheet.add(("rows of Detail", self._detail.rows))
        sheet.add(("rows of Summary", self._summary.rows))


class Lines(Protocol):
    """Something that takes a month's lines and becomes a file."""

    def add(self, lines: Sequence[ExportLine]) -> None:
        """The lines of one person, in order."""

    def file(self) -> RenderedFile:
        """The finished file."""


class MonthFiles:
    """Some of a month's files, or all of them."""

    def __init__(self, making: Making) -> None:
        """No file yet."""
        self.totals = ControlTotals()
        self._making = making
        self._writers: list[Lines] = []

    def with_csv(self, layout: str) -> None:
        """Make the detail or the summary as CSV."""
        self._writers.append(CsvLines(layout, self._making))

    def with_layout(self, layout: Layout) -> None:
        """Make a file for a payroll system."""
        self._writers.append(LayoutLines(layout, self._making))

    def with_workbook(self) -> None:
        """Make the workbook."""
        making = self._making
        book = Workbook(title=f"Rota, {making.month}", made_at=making.made_at)
        self._writers.append(Sheets(making, book))

    def add(self, lines: Sequence[ExportLine]) -> None:
        """The lines of one employee number, in order; numbers come in order."""
        self.totals.add(lines)
        for writer in self._writers:
            writer.add(lines)

    def files(self) -> Iterator[RenderedFile]:
        """Each file, finished when it is asked for, so that only one is held as bytes."""
        while self._writers:
            yield self._writers.pop(0).file()


def rendered(
    *,
    layout: str,
    file_format: str,
    file_name: str,
    content: bytes,
    totals: ControlTotals,
    rows: int,
) -> RenderedFile:
    """The file with the fingerprint of its bytes."""
    return RenderedFile(
        layout=layout,
        format=file_format,
        file_name=file_name,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        row_count=rows,
        totals=totals.minor(),
    )


def _rows(layout: str, ordered: Sequence[ExportLine]) -> Iterable[Row]:
    if layout == SUMMARY:
        return layouts.summary_rows(ordered)
    return (layouts.detail_row(line) for line in ordered)


def _columns(names: Sequence[str]) -> list[Column]:
    return [Column(heading=name, width=_WIDTHS.get(name, 0)) for name in names]
