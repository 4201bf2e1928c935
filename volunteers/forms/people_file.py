"""Reading a list of people from a CSV file as offices write them."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

from common.refusals import RefusedError
from volunteers.queries.people_import import ImportRow

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
DELIMITERS = ",;"
REQUIRED = {"name": "name", "email": "e-mail", "office": "office"}
OPTIONAL = {
    "team": "team",
    "employee_number": "employee number",
    "cost_centre": "cost centre",
}
_SPELLINGS = {
    "name": "name",
    "full name": "name",
    "email": "email",
    "e mail": "email",
    "email address": "email",
    "e mail address": "email",
    "office": "office",
    "team": "team",
    "home team": "team",
    "employee number": "employee_number",
    "employee id": "employee_number",
    "employee no": "employee_number",
    "cost centre": "cost_centre",
    "cost center": "cost_centre",
}
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class PeopleFileError(RefusedError):
    """The file cannot be read as a list of people; the message names the line."""

    code = "PEOPLE_FILE_INVALID"


def read_people(data: bytes) -> list[ImportRow]:
    """The people of a CSV file, in its order, with the number of the line that each starts on.

    UTF-8 with or without a byte order mark; commas or semicolons; any line ends. Values are as
    they were typed. Empty lines are left out.

    Raises:
        PeopleFileError: another encoding, no header, unknown or missing columns, a line with too
            many or too few cells, too large a file.
    """
    text = _decode(data)
    records = _records(text, _delimiter(text))
    line, header = next(records, (1, []))
    columns = _columns(line, header)
    rows = [_row(line, cells, columns) for line, cells in records]
    if not rows:
        raise PeopleFileError("The file has a header and no people.")
    if len(rows) > MOST_ROWS:
        raise PeopleFileError(f"At most {MOST_ROWS} people in one file; this has {len(rows)}.")
    return rows


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise PeopleFileError(f"At most {MOST_BYTES // 1024**2} MB in one file.")
    if data.startswith(_OTHER_ENCODINGS) or b"\0" in data[:4]:
        raise PeopleFileError("Line 1: this is UTF-16; save the file as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        raise PeopleFileError(
            f"Line {line}: this is not UTF-8; save the file as CSV in UTF-8."
        ) from error


def _delimiter(text: str) -> str:
    """The one of the two that stands in the header more often; a comma when neither does."""
    header = text.lstrip("\r\n").splitlines()[:1]
    return max(DELIMITERS, key=lambda mark: header[0].count(mark) if header else 0)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise PeopleFileError(f"Line {line}: {error}.") from error


def _columns(line: int, header: list[str]) -> list[str]:
    """Our name of each column, in the file's order."""
    while header and not header[-1].strip():
        header = header[:-1]
    columns = [_SPELLINGS.get(_spelling(cell), "") for cell in header]
    missing = [said for name, said in REQUIRED.items() if name not in columns]
    if missing:
        wanted = ", ".join([*REQUIRED.values(), *OPTIONAL.values()])
        raise PeopleFileError(
            f"Line {line}: no column {', '.join(missing)}. The columns are {wanted}; "
            f"{', '.join(OPTIONAL.values())} may be left out."
        )
    unknown = [cell.strip() for cell, name in zip(header, columns, strict=True) if not name]
    if unknown:
        raise PeopleFileError(f"Line {line}: unknown column {', '.join(map(repr, unknown))}.")
    if len(set(columns)) < len(columns):
        raise PeopleFileError(f"Line {line}: a column stands there twice.")
    return columns


def _spelling(cell: str) -> str:
    return " ".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def _row(line: int, cells: list[str], columns: list[str]) -> ImportRow:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        raise PeopleFileError(
            f"Line {line}: {len(cells)} cells, and the header has {len(columns)}."
        )
    values = dict(zip(columns, cells, strict=True))
    return ImportRow(
        line=line,
        name=values["name"],
        email=values["email"],
        office=values["office"],
        team=values.get("team"),
        employee_number=values.get("employee_number"),
        cost_centre=values.get("cost_centre"),
    )
