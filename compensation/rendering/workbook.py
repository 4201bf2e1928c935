"""A spreadsheet that is written row by row: numbers as numbers, text as text, no formula at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, Self

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from compensation.domain import money
from compensation.domain.cells import Amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell import Cell as SheetCell

    from compensation.domain.cells import Cell, Row

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_TEXT = "@"
AS_DATE = "yyyy-mm-dd"
AS_INSTANT = "yyyy-mm-dd hh:mm:ss"
AS_NUMBER = "0"
# What XML cannot hold, and what would be read as the escape of it (ECMA-376, 22.9.2.19).
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NARROWEST = 10


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """The head of a column and how wide it stands, in characters."""

    heading: str
    width: int = 0


class Sheet:
    """One sheet: its header stays in sight, its rows can be filtered by column."""

    def __init__(self, book: openpyxl.Workbook, title: str, columns: Sequence[Column]) -> None:
        """Begin with the header."""
        self._sheet: Any = book.create_sheet(title)
        self._cells: dict[str, SheetCell] = {}
        self._columns = len(columns)
        self.rows = 0
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(columns, start=1):
            width = max(column.width, len(column.heading) + 2, _NARROWEST)
            self._sheet.column_dimensions[get_column_letter(number)].width = width
        self._sheet.append([self._head(column.heading) for column in columns])

    def add(self, row: Row) -> None:
        """One more row."""
        # A styled cell is written at once and can be used again; within a row each one is new.
        self._sheet.append([self._cell(cell, number) for number, cell in enumerate(row)])
        self.rows += 1

    def close(self) -> None:
        """Write the end of the sheet."""
        if not self._sheet.closed:
            self._sheet.auto_filter.ref = f"A1:{get_column_letter(self._columns)}{self.rows + 1}"
            self._sheet.close()

    def discard(self) -> None:
        """Remove its temporary file, as openpyxl does once a workbook is saved."""
        self.close()
        self._sheet._writer.cleanup()  # noqa: SLF001 - openpyxl has no other way to it

    def _head(self, heading: str) -> SheetCell:
        cell = WriteOnlyCell(self._sheet)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top")
        return _as_text(cell, heading)

    def _cell(self, value: Cell, column: int) -> SheetCell | None:
        if value is None or value == "":
            return None
        kind = _format(value)
        place = f"{column} {kind}"
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = WriteOnlyCell(self._sheet)
            cell.number_format = kind
        return _filled(cell, value)


class Workbook:
    """The sheets in their order. Leave its `with` block and its temporary files are gone."""

    def __init__(self, *, title: str, made_at: dt.datetime) -> None:
        """An empty workbook with a name and the instant that it is of."""
        self._book = openpyxl.Workbook(write_only=True)
        self._book.properties.title = title
        self._book.properties.creator = "Rota"
        self._book.properties.created = _naive(made_at)
        self._sheets: list[Sheet] = []
        self._is_saved = False

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close what was not saved, and throw it away."""
        if not self._is_saved:
            for sheet in self._sheets:
                sheet.discard()

    def sheet(self, title: str, columns: Sequence[Column]) -> Sheet:
        """One more sheet, after those that there are."""
        sheet = Sheet(self._book, title, columns)
        self._sheets.append(sheet)
        return sheet

    def content(self) -> bytes:
        """The whole file; nothing can be added any more."""
        for sheet in self._sheets:
            sheet.close()
        stream = io.BytesIO()
        self._book.save(stream)
        self._is_saved = True
        return stream.getvalue()


def _as_text(cell: SheetCell, text: str) -> SheetCell:
    """The text as it is, whatever it begins with: openpyxl alone would take `=1+1` as a formula."""
    cell.value = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    cell.data_type = "s"
    return cell


def _format(value: Cell) -> str:
    if isinstance(value, str):
        return AS_TEXT
    if isinstance(value, Amount):
        digits = money.exponent(value.currency)
        return f"0.{'0' * digits}" if digits else AS_NUMBER
    if isinstance(value, dt.datetime):
        return AS_INSTANT
    return AS_DATE if isinstance(value, dt.date) else AS_NUMBER


def _filled(cell: SheetCell, value: str | int | dt.date | Amount) -> SheetCell:
    if isinstance(value, str):
        return _as_text(cell, value)
    if isinstance(value, Amount):
        # A number goes through a float in openpyxl; its digits as text are written as they are.
        cell.value = money.format_amount(value.minor, value.currency)
        cell.data_type = "n"
        return cell
    cell.value = _naive(value) if isinstance(value, dt.datetime) else value
    return cell


def _naive(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
