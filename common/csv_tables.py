"""Reading small tables from CSV files as offices write them."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from common.refusals import RefusedError

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
DELIMITERS = ",;"
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What a file must hold.

    `required` and `optional` give each column's name as it is said, by our own; `spellings` our
    name by the ways in which people write a heading. `rows` is what the lines are: people, weeks.
    """

    rows: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    spellings: Mapping[str, str]
    error: type[RefusedError]


def read_table(data: bytes, table: Table) -> list[tuple[int, dict[str, str]]]:
    """The rows in the file's order: the line that each starts on, and its values by column.

    UTF-8 with or without a byte order mark; commas or semicolons; any line ends. Values are as
    they were typed. Empty lines are left out.

    Raises:
        RefusedError: the table's own kind, naming the line: another encoding, no header, unknown or
            missing columns, a line with too many or too few cells, too large a file.
    """
    text = _decode(data, table)
    records = _records(text, table)
    line, header = next(records, (1, []))
    columns = _columns(line, header, table)
    rows = [(line, _values(line, cells, columns, table)) for line, cells in records]
    if not rows:
        raise table.error(f"The file has a header and no {table.rows}.")
    if len(rows) > MOST_ROWS:
        raise table.error(f"At most {MOST_ROWS} {table.rows} in one file; this has {len(rows)}.")
    return rows


def _decode(data: bytes, table: Table) -> str:
    if len(data) > MOST_BYTES:
        raise table.error(f"At most {MOST_BYTES // 1024**2} MB in one file.")
    if data.startswith(_OTHER_ENCODINGS) or b"\0" in data[:4]:
        raise table.error("Line 1: this is UTF-16; save the file as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        message = f"Line {line}: this is not UTF-8; save the file as CSV in UTF-8."
        raise table.error(message) from error


def _delimiter(text: str) -> str:
    """The one of the two that stands in the header more often; a comma when neither does."""
    header = text.lstrip("\r\n").splitlines()[:1]
    return max(DELIMITERS, key=lambda mark: header[0].count(mark) if header else 0)


def _records(text: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"Line {line}: {error}."
        raise table.error(message) from error


def _columns(line: int, header: list[str], table: Table) -> list[str]:
    """Our name of each column, in the file's order."""
    while header and not header[-1].strip():
        header = header[:-1]
    columns = [table.spellings.get(_spelling(cell), "") for cell in header]
    missing = [said for name, said in table.required.items() if name not in columns]
    if missing:
        raise table.error(f"Line {line}: no column {', '.join(missing)}. {_wanted(table)}")
    unknown = [cell.strip() for cell, name in zip(header, columns, strict=True) if not name]
    if unknown:
        raise table.error(f"Line {line}: unknown column {', '.join(map(repr, unknown))}.")
    if len(set(columns)) < len(columns):
        raise table.error(f"Line {line}: a column stands there twice.")
    return columns


def _wanted(table: Table) -> str:
    every = ", ".join([*table.required.values(), *table.optional.values()])
    if not table.optional:
        return f"The columns are {every}."
    return f"The columns are {every}; {', '.join(table.optional.values())} may be left out."


def _spelling(cell: str) -> str:
    return " ".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def _values(line: int, cells: list[str], columns: list[str], table: Table) -> dict[str, str]:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        raise table.error(f"Line {line}: {len(cells)} cells, and the header has {len(columns)}.")
    return dict(zip(columns, cells, strict=True))
