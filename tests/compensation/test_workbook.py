"""Spreadsheets: numbers as numbers, text as text, nothing that computes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import tempfile
import tracemalloc
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation.domain.cells import Amount
from compensation.domain.money import format_amount
from compensation.rendering.month_files import Making, MonthFiles, RenderedFile
from compensation.rendering.workbook import Column, Workbook
from tests.compensation.test_layouts import LINE

if TYPE_CHECKING:
    import pathlib

    from openpyxl.worksheet.worksheet import Worksheet

    from compensation.domain.layouts import ExportLine

NOW = dt.datetime(2026, 6, 1, 8, 30, 15, tzinfo=dt.UTC)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MAKING = Making(month="2026-05", version=1, made_by="finn@example.com", made_at=NOW)


def rendered(*people: list[ExportLine], making: Making = MAKING) -> RenderedFile:
    """The workbook of these lines, each list those of one employee number."""
    files = MonthFiles(making)
    files.with_workbook()
    for lines in people:
        files.add(lines)
    return next(files.files())


def opened(file: RenderedFile) -> dict[str, Worksheet]:
    """Its sheets by title."""
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return {sheet.title: sheet for sheet in book.worksheets}


def in_money(currency: str, minor: int) -> ExportLine:
    return dataclasses.replace(LINE, currency=currency, amount_minor=minor)


def test_the_workbook_has_four_sheets_whose_header_stays_in_sight() -> None:
    sheets = opened(rendered([LINE]))

    assert list(sheets) == ["Detail", "Summary", "Totals", "Meta"]
    assert {sheet.freeze_panes for sheet in sheets.values()} == {"A2"}
    assert [cell.value for cell in sheets["Summary"][1]] == [
        "period", "employee_id", "cost_centre", "currency", "entries", "amount",
    ]  # fmt: skip


def test_numbers_are_numbers_dates_are_dates_and_an_employee_number_keeps_its_zeros() -> None:
    detail = opened(rendered([LINE]))["Detail"]
    heads = [cell.value for cell in detail[1]]
    row = dict(zip(heads, detail[2], strict=True))

    assert (row["amount"].value, row["amount"].data_type) == (600, "n")
    assert (row["seconds"].value, row["seconds"].data_type) == (451800, "n")
    assert (row["employee_id"].value, row["employee_id"].number_format) == ("00412", "@")
    assert row["earned_on"].value == dt.datetime(2026, 5, 31)  # noqa: DTZ001 - sheets know no zone
    assert row["earned_on"].number_format == "yyyy-mm-dd"
    assert row["segment_start"].value == dt.datetime(2026, 5, 24, 23)  # noqa: DTZ001 - UTC, says Meta
    assert row["segment_start"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert row["reverses"].value is None


@pytest.mark.parametrize(
    ("currency", "minor", "value", "shown"),
    [
        ("EUR", 9881, "98.81", "0.00"),
        ("EUR", -9881, "-98.81", "0.00"),
        ("JPY", 40001, "40001", "0"),
        ("KWD", 1250, "1.250", "0.000"),
        ("EUR", 99_999_999_999_99, "99999999999.99", "0.00"),
    ],
)
def test_an_amount_is_exact_and_shown_with_the_digits_of_its_currency(
    currency: str, minor: int, value: str, shown: str
) -> None:
    file = rendered([in_money(currency, minor)])
    cell = opened(file)["Detail"]["Q2"]

    assert Decimal(str(cell.value)) == Decimal(value)
    assert cell.number_format == shown
    assert f"<v>{value}</v>" in sheet_xml(file, 1)


def sheet_xml(file: RenderedFile, number: int) -> str:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", ';="x"', '"=1', "\uff1d1", "#N/A", "=", "true"]
)
def test_no_text_is_ever_a_formula(text: str) -> None:
    line = dataclasses.replace(LINE, name=text, employee_id=text, cost_centre=text)
    file = rendered([line])

    sheets = opened(file)
    cell = sheets["Detail"]["E2"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    assert sheets["Summary"]["B2"].value == text
    for number in (1, 2, 3, 4):
        assert "<f>" not in sheet_xml(file, number)


def test_what_xml_cannot_hold_is_written_as_its_escape() -> None:
    line = dataclasses.replace(LINE, name="Zoë\x01\r_x0041_ \U0001d518")

    assert (
        opened(rendered([line]))["Detail"]["E2"].value
        == "Zoë_x0001__x000D__x005F_x0041_ \U0001d518"
    )


def test_totals_stand_for_each_currency_by_itself() -> None:
    carla = dataclasses.replace(LINE, employee_id="7")
    sheet = opened(rendered([LINE, in_money("JPY", 40001), in_money("EUR", -10001)], [carla]))

    assert [[cell.value for cell in row] for row in sheet["Totals"].rows] == [
        ["currency", "entries", "people", "amount"],
        ["EUR", 3, 2, 1099.99],
        ["JPY", 1, 1, 40001],
    ]


@pytest.mark.parametrize(
    ("version", "state", "name"),
    [
        (2, "closed", "rota-2026-05-v2.xlsx"),
        (0, "PROVISIONAL, not for payroll", "rota-2026-05-PROVISIONAL.xlsx"),
    ],
)
def test_the_workbook_says_what_it_is(version: int, state: str, name: str) -> None:
    file = rendered([LINE], making=dataclasses.replace(MAKING, version=version))
    meta = {row[0].value: row[1].value for row in opened(file)["Meta"].iter_rows(min_row=2)}

    assert file.file_name == name
    assert (meta["period"], meta["state"], meta["version"]) == ("2026-05", state, version or None)
    assert meta["made at, UTC"] == NOW.replace(tzinfo=None)
    assert (meta["rows of Detail"], meta["rows of Summary"]) == (1, 1)


def test_a_finished_workbook_leaves_no_file_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    rendered([LINE])

    assert not list(tmp_path.iterdir())


def test_ten_times_the_rows_take_no_more_memory_than_their_packed_bytes() -> None:
    peaks = []
    for rows in (500, 5000):
        tracemalloc.start()
        sheet = Workbook(title="x", made_at=NOW).sheet("One", [Column(heading="a")])
        for _number in range(rows):
            sheet.add(("always the same hundred letters " * 3,))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 50_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.text(max_size=20), st.integers(-(10**15), 10**15)), max_size=8))
def test_every_text_and_amount_is_read_back_as_it_was(rows: list[tuple[str, int]]) -> None:
    book = Workbook(title="x", made_at=NOW)
    sheet = book.sheet("One", [Column(heading="text"), Column(heading="amount")])
    for text, minor in rows:
        sheet.add((text, Amount(minor=minor, currency="EUR")))
    content = book.content()

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - ours
    found = list(xml.iter(f"{MAIN}row"))[1:]
    for (text, minor), row in zip(rows, found, strict=True):
        cells = {cell.attrib["r"][0]: cell for cell in row}
        written = cells["A"].findtext(f"{MAIN}is/{MAIN}t") if "A" in cells else ""
        assert unescape(written or "") == text
        assert cells["B"].findtext(f"{MAIN}v") == format_amount(minor, "EUR")


def unescape(text: str) -> str:
    """As ECMA-376 has it."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
