"""A spreadsheet that is written row by row: numbers as numbers, text as text, no formula at all.

openpyxl makes the workbook with its styles and headers. Rows are written here, because openpyxl
takes a formula for every text that begins with `=`, a float for every amount, and ten times as
long; until the file is wanted they wait in memory, compressed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from compensation.domain import money
from compensation.domain.cells import Amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compensation.domain.cells import Cell, Row

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_TEXT = "@"
AS_DATE = "yyyy-mm-dd"
AS_INSTANT = "yyyy-mm-dd hh:mm:ss"
AS_NUMBER = "0"
AS_IT_IS = "General"
# The first that fits counts: an instant is a date, too.
_FORMATS: dict[type, str] = {
    str: AS_TEXT,
    int: AS_NUMBER,
    decimal.Decimal: AS_IT_IS,
    dt.datetime: AS_INSTANT,
    dt.date: AS_DATE,
}
# What XML cannot hold, and what would be read as the escape of it (ECMA-376, 22.9.2.19).
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_DAY_NOUGHT = dt.date(1899, 12, 30)
_DAY_SECONDS = 86_400
_PARTS_OF_DAY = 10**10
_NARROWEST = 10
_ROWS_END = b"</sheetData>"
_CHUNK = 2**16


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """The head of a column and how wide it stands, in characters."""

    heading: str
    width: int = 0


class Sheet:
    """One sheet: its header stays in sight, its rows can be filtered by column."""

    def __init__(self, worksheet: Any, columns: Sequence[Column]) -> None:
        """No row yet."""
        self.rows = 0
        self._sheet = worksheet
        self._columns = tuple(columns)
        self._letters = [get_column_letter(number) for number in range(1, len(columns) + 1)]
        self._styles: dict[str, int] = {}
        self._packer = zlib.compressobj(1)
        self._packed = io.BytesIO()

    def add(self, row: Row) -> None:
        """One more row."""
        self.rows += 1
        number = self.rows + 1
        cells = [
            self._cell(cell, f"{letter}{number}")
            for letter, cell in zip(self._letters, row, strict=True)
            if cell is not None and cell != ""
        ]
        text = f'<row r="{number}">{"".join(cells)}</row>'
        self._packed.write(self._packer.compress(text.encode()))

    def add_header(self) -> None:
        """Let openpyxl write everything but the rows."""
        self._sheet.freeze_panes = "A2"
        self._sheet.auto_filter.ref = f"A1:{self._letters[-1]}{self.rows + 1}"
        for letter, column in zip(self._letters, self._columns, strict=True):
            width = max(column.width, len(column.heading) + 2, _NARROWEST)
            self._sheet.column_dimensions[letter].width = width
        self._sheet.append([self._head(column.heading) for column in self._columns])

    def xml_of_rows(self) -> Iterator[bytes]:
        """The rows, a piece at a time; none can be added any more."""
        self._packed.write(self._packer.flush())
        self._packed.seek(0)
        unpacker = zlib.decompressobj()
        while piece := self._packed.read(_CHUNK):
            yield unpacker.decompress(piece)
        yield unpacker.flush()

    def _head(self, heading: str) -> Any:
        cell = WriteOnlyCell(self._sheet)
        cell.font = Font(bold=True)
        cell.number_format = AS_TEXT
        cell.value = _writable(heading)
        cell.data_type = "s"
        return cell

    def _cell(self, value: Cell, place: str) -> str:
        style = self._style(_format(value))
        if not isinstance(value, str):
            return f'<c r="{place}" s="{style}"><v>{_number(value)}</v></c>'
        space = ' xml:space="preserve"' if value != value.strip() else ""
        text = escape(_writable(value))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'

    def _style(self, number_format: str) -> int:
        """The number by which the workbook knows the format."""
        style = self._styles.get(number_format)
        if style is None:
            cell = WriteOnlyCell(self._sheet)
            cell.number_format = number_format
            style = self._styles[number_format] = int(cell.style_id)
        return style


class Workbook:
    """Sheets in their order."""

    def __init__(self, *, title: str, made_at: dt.datetime) -> None:
        """An empty workbook with a name and the instant that it is of."""
        self._book = openpyxl.Workbook(write_only=True)
        self._book.properties.title = title
        self._book.properties.creator = "Rota"
        self._book.properties.created = made_at.astimezone(dt.UTC).replace(tzinfo=None)
        self._sheets: list[Sheet] = []

    def sheet(self, title: str, columns: Sequence[Column]) -> Sheet:
        """One more sheet, after those that there are."""
        sheet = Sheet(self._book.create_sheet(title), columns)
        self._sheets.append(sheet)
        return sheet

    def content(self) -> bytes:
        """The whole file; nothing can be added any more."""
        for sheet in self._sheets:
            sheet.add_header()
        empty, full = io.BytesIO(), io.BytesIO()
        self._book.save(empty)
        names = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(self._sheets, 1)}
        with (
            zipfile.ZipFile(empty) as source,
            zipfile.ZipFile(full, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name in names:
                    _write_sheet(archive, name, content, names[name])
                else:
                    archive.writestr(name, content)
        return full.getvalue()


def _write_sheet(archive: zipfile.ZipFile, name: str, empty: bytes, sheet: Sheet) -> None:
    before, end, after = empty.partition(_ROWS_END)
    with archive.open(name, "w") as stream:
        stream.write(before)
        for piece in sheet.xml_of_rows():
            stream.write(piece)
        stream.write(end + after)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _format(value: Cell) -> str:
    if isinstance(value, Amount):
        digits = money.exponent(value.currency)
        return f"0.{'0' * digits}" if digits else AS_NUMBER
    return next(shown for kind, shown in _FORMATS.items() if isinstance(value, kind))


def _number(value: Cell) -> str:
    """The value's digits as a sheet has them; days are counted, and instants are in UTC."""
    if isinstance(value, Amount):
        return money.format_amount(value.minor, value.currency)
    if isinstance(value, dt.datetime):
        utc = value.astimezone(dt.UTC)
        second = (utc.hour * 60 + utc.minute) * 60 + utc.second
        part = money.half_up(second * _PARTS_OF_DAY, _DAY_SECONDS)
        return f"{(utc.date() - _DAY_NOUGHT).days}.{part:010d}"
    if isinstance(value, dt.date):
        return str((value - _DAY_NOUGHT).days)
    return str(value)
