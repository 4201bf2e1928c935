"""Workbooks opened by LibreOffice: each figure is that of the CSV beside it and of the ledger.

`make acceptance` runs this; it is not among the tests, for LibreOffice is not part of Rota.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from django.db.models import Count, Sum

from compensation.domain.money import format_amount
from compensation.exports import export_file
from compensation.models import Entry
from compensation.operations import periods, weeks
from tests.acceptance import libreoffice
from tests.compensation.ledgers import NOW, make_ledger
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money
from volunteers.models import Engineer

if TYPE_CHECKING:
    import datetime as dt
    import pathlib

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(libreoffice.program() is None, reason=libreoffice.MISSING),
]
ODD_NAMES = ("=1+1", "+44", "-5", "@SUM(A1)", '"1,5"')
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z")
DISARMED = re.compile(r"'(?=[=+\-@])")


def test_a_closed_months_workbook_shows_what_its_csv_says(tmp_path: pathlib.Path) -> None:
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    cells = _compared("2026-10", AFTER_OCTOBER, tmp_path)

    assert cells == 3 * 19 + 6


def test_every_currency_reversal_and_odd_name_is_shown_as_it_is(
    tmp_path: pathlib.Path,
) -> None:
    make_ledger(7)
    for name, person in zip(ODD_NAMES, Engineer.objects.order_by("pk"), strict=True):
        person.name = name
        person.save(update_fields=["name"])
    months = Entry.objects.filter(period__state="open").values_list("period__month", flat=True)

    cells = sum(_compared(month, NOW, tmp_path) for month in sorted(set(months)))

    assert cells > Entry.objects.filter(period__state="open").count() * 19


def _compared(month: str, now: dt.datetime, folder: pathlib.Path) -> int:
    """How many cells of the month's detail and summary are the same, which is all of them."""
    file = export_file(month=month, file_format="xlsx", now=now)
    path = folder / f"{month}.xlsx"
    path.write_bytes(file.content)
    shown = libreoffice.sheets_as_shown(path, folder)

    assert set(shown) == {"Detail", "Summary", "Totals", "Meta"}
    for layout, title in (("detail", "Detail"), ("summary", "Summary")):
        content = export_file(month=month, layout=layout, now=now).content.decode()
        wanted = list(csv.reader(io.StringIO(content, newline="")))
        assert shown[title] == [[_as_shown(cell) for cell in row] for row in wanted], month
    assert [row[:2] + row[3:] for row in shown["Totals"][1:]] == _totals(month)
    return sum(len(row) for title in ("Detail", "Summary") for row in shown[title][1:])


def _as_shown(cell: str) -> str:
    """A cell of the CSV as a sheet shows it: instants without letters, text without the quote."""
    return DISARMED.sub("", INSTANT.sub(r"\1 \2", cell) if INSTANT.fullmatch(cell) else cell, 1)


def _totals(month: str) -> list[list[str]]:
    """Currency, entries and sum, as the ledger itself has them."""
    rows = (
        Entry.objects.filter(period__month=month)
        .values_list("currency")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"))
        .order_by("currency")
    )
    return [[code, str(count), format_amount(minor, code)] for code, count, minor in rows]
