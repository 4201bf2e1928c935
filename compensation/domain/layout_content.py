"""What a file for a payroll system holds: columns, dates, pay codes, read from plain data."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from compensation.domain import keys, money
from compensation.domain.csv_text import neutralised

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRIES, SUMS = "entries", "sums"
ROWS = {
    ENTRIES: "A row for each entry",
    SUMS: "A row for each person, cost centre, office, currency and pay code",
}
DATE_FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
    "YYYYMMDD": "%Y%m%d",
}
KINDS = {keys.BASE: "A week", keys.HOLIDAY: "A public holiday", keys.ADJUSTMENT: "An adjustment"}
EVERY_OFFICE = ""
FIXED = "text"
EMPLOYEE, PAY_CODE, CURRENCY, AMOUNT = "employee_id", "pay_code", "currency", "amount"
MOST_COLUMNS = 40
LONGEST_HEADING, LONGEST_TEXT, LONGEST_CODE, LONGEST_FILE_NAME = 60, 120, 40, 60
_NAME_PARTS = re.compile(r"(?:[A-Za-z0-9_.-]|\{month\}|\{mm\}|\{version\})*", re.ASCII)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a column can show; one `of_entry` has no meaning in a sum."""

    label: str
    of_entry: bool = False


SOURCES = {
    EMPLOYEE: Source(label="Employee number"),
    "name": Source(label="Name"),
    "cost_centre": Source(label="Cost centre"),
    "office": Source(label="Office"),
    PAY_CODE: Source(label="Pay code"),
    AMOUNT: Source(label="Amount"),
    CURRENCY: Source(label="Currency"),
    "one": Source(label="The number 1, where amount is times hours times rate"),
    "hours": Source(label="Paid hours"),
    "seconds": Source(label="Paid seconds"),
    "entries": Source(label="How many entries"),
    "service_from": Source(label="First day of service"),
    "service_to": Source(label="Last day of service"),
    "period": Source(label="Pay period, 2026-11"),
    "period_start": Source(label="First day of the pay period"),
    "period_end": Source(label="Last day of the pay period"),
    "batch": Source(label="Name of the file’s batch"),
    "note": Source(label="Note: what was done and when"),
    FIXED: Source(label="The same text in every row"),
    "entry": Source(label="Number of the entry", of_entry=True),
    "earned_on": Source(label="Day earned", of_entry=True),
    "rotation": Source(label="Rotation", of_entry=True),
    "level": Source(label="Level", of_entry=True),
    "week": Source(label="First day of the week", of_entry=True),
    "kind": Source(label="Original or correction", of_entry=True),
    "corrects": Source(label="Number of the entry taken back", of_entry=True),
    "rate_version": Source(label="Version of the rate", of_entry=True),
    "key": Source(label="Key of the entry", of_entry=True),
}


class LayoutError(ValueError):
    """Something in the layout cannot be; `fields` says what, by name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Keep each message under its name, and all of them as one."""
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column; `text` is what stands in every row of a fixed one."""

    heading: str
    source: str
    text: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PayCode:
    """How the payroll system calls a kind of entry, in every office or in the one with the slug."""

    kind: str
    office: str
    code: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """A layout as it is at a moment.

    `currency` empty: every currency, told apart by a column. `file_name` empty: Rota's own.
    """

    rows: str
    columns: tuple[Column, ...]
    date_format: str = "YYYY-MM-DD"
    currency: str = ""
    pay_codes: tuple[PayCode, ...] = ()
    file_name: str = ""

    def code(self, *, kind: str, office: str) -> str:
        """The pay code of an entry's kind in an office; empty when there is none."""
        stem = kind.partition(":")[0]
        found = {one.office: one.code for one in self.pay_codes if one.kind == stem}
        return found.get(office) or found.get(EVERY_OFFICE, "")

    def as_data(self) -> dict[str, Any]:
        """The layout as plain data, as `read` takes it."""
        return dataclasses.asdict(self)


def read(data: Mapping[str, Any]) -> Content:
    """The layout that plain data describes, checked.

    Raises:
        LayoutError: a part is missing or unknown, or the file could not be understood.
    """
    content = unchecked(data)
    check(content)
    return content


def unchecked(data: Mapping[str, Any]) -> Content:
    """The layout that plain data describes, as far as it does."""
    return Content(
        rows=str(data.get("rows", "")),
        columns=tuple(
            Column(
                heading=str(one.get("heading", "")).strip(),
                source=str(one.get("source", "")),
                text=str(one.get("text", "")).strip(),
            )
            for one in data.get("columns", ())
        ),
        date_format=str(data.get("date_format", "")),
        currency=str(data.get("currency", "")),
        pay_codes=tuple(
            PayCode(kind=str(one["kind"]), office=str(one.get("office", "")), code=code)
            for one in data.get("pay_codes", ())
            if (code := str(one.get("code", "")).strip())
        ),
        file_name=str(data.get("file_name", "")).strip(),
    )


def check(content: Content) -> None:
    """Refuse a layout that makes no file, or one that payroll could misread.

    Raises:
        LayoutError: with a message for each part.
    """
    fields: dict[str, str] = {}
    if content.rows not in ROWS:
        fields["rows"] = "Say what a row is: an entry or a sum."
    if content.date_format not in DATE_FORMATS:
        fields["date_format"] = f"A date is written as {', '.join(DATE_FORMATS)}."
    if message := _about_columns(content):
        fields["columns"] = message
    if message := _about_currency(content):
        fields["currency"] = message
    if message := _about_codes(content):
        fields["pay_codes"] = message
    if message := _about_file_name(content.file_name):
        fields["file_name"] = message
    if fields:
        raise LayoutError(fields)


def _about_columns(content: Content) -> str:
    columns = content.columns
    sources = {column.source for column in columns}
    by_column = (
        f"Column {number}: {message}"
        for number, column in enumerate(columns, start=1)
        if (message := _about_column(column, content.rows))
    )
    return _first(
        {
            f"A file has 1 to {MOST_COLUMNS} columns.": not 1 <= len(columns) <= MOST_COLUMNS,
            next(by_column, ""): True,
            "Two columns have the same heading.": len({one.heading for one in columns})
            < len(columns),
            "Without a column for the employee number nobody knows whose a row is.": EMPLOYEE
            not in sources,
            "There is no column for the amount.": AMOUNT not in sources,
        }
    )


def _about_column(column: Column, rows: str) -> str:
    source = SOURCES.get(column.source)
    if source is None:
        return "choose what it shows."
    return _first(
        {
            f"the heading is {_words(LONGEST_HEADING)}": not _is_plain(
                column.heading, LONGEST_HEADING
            ),
            "only “The same text in every row” has a text.": bool(column.text)
            and column.source != FIXED,
            f"the text is {_words(LONGEST_TEXT)}": bool(column.text)
            and not _is_plain(column.text, LONGEST_TEXT),
            f"“{source.label}” needs a row for each entry.": source.of_entry and rows == SUMS,
        }
    )


def _about_currency(content: Content) -> str:
    if content.currency and content.currency not in money.currencies():
        return f"{content.currency} is no currency of ISO 4217."
    shown = any(column.source == CURRENCY for column in content.columns)
    if not content.currency and not shown:
        return "Name one currency, or add a column for it: amounts of two are never mixed."
    return ""


def _about_codes(content: Content) -> str:
    codes = content.pay_codes
    places = [(one.kind, one.office) for one in codes]
    is_used = any(column.source == PAY_CODE for column in content.columns)
    missing = [label.lower() for kind, label in KINDS.items() if (kind, EVERY_OFFICE) not in places]
    return _first(
        {
            f"A pay code is for {', '.join(KINDS)}.": any(one.kind not in KINDS for one in codes),
            f"A pay code is {_words(LONGEST_CODE)}": not all(
                _is_plain(one.code, LONGEST_CODE) for one in codes
            ),
            "A kind has two pay codes in the same office.": len(set(places)) < len(places),
            f"Say the pay code in every office for {' and '.join(missing)}.": is_used
            and bool(missing),
        }
    )


def _about_file_name(name: str) -> str:
    if len(name) <= LONGEST_FILE_NAME and _NAME_PARTS.fullmatch(name) and not name.startswith("."):
        return ""
    return (
        f"The name has at most {LONGEST_FILE_NAME} letters, digits, hyphens, points and "
        "{month}, {mm} or {version}."
    )


def _first(messages: Mapping[str, bool]) -> str:
    """The first message that holds and says something; empty when none does."""
    return next((message for message, holds in messages.items() if holds and message), "")


def _words(longest: int) -> str:
    return f"1 to {longest} characters and begins with none of = + - @."


def _is_plain(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable() and neutralised(text) == text
