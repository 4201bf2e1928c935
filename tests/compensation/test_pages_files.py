"""A month's files, as they are downloaded."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
import time_machine

from compensation.models import Export
from compensation.operations import periods, weeks
from tests import builders
from tests.compensation.rows import (
    AFTER_OCTOBER,
    FINN,
    SWEEP,
    make_money,
)
from tests.rotation.pages import page_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
CSV = "/finance/periods/2026-10/export.csv"
XLSX = "/finance/periods/2026-10/export.xlsx"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    """Finn of finance, who works in no office of the tests."""
    return builders.make_finance()


def swept() -> None:
    """Ben's weeks of October, paid."""
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def close() -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)


def test_a_closed_months_file_is_handed_out_byte_for_byte(finn: Engineer) -> None:
    swept()
    close()
    client = signed_in(finn)

    first, second = client.get(CSV), client.get(f"{CSV}?layout=detail&version=1")

    digest = hashlib.sha256(first.content).hexdigest()
    assert first.content == second.content
    assert (
        first.headers["Content-Disposition"] == 'attachment; filename="rota-2026-10-detail-v1.csv"'
    )
    assert first.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["ETag"] == f'"{digest}"'
    assert first.headers["X-Checksum-SHA256"] == digest


def test_the_file_for_excel_has_three_bytes_more_and_its_own_fingerprint(finn: Engineer) -> None:
    swept()
    close()
    client = signed_in(finn)

    plain = client.get(f"{CSV}?layout=summary").content
    marked = client.get(f"{CSV}?layout=summary&bom=1")

    assert marked.content == b"\xef\xbb\xbf" + plain
    assert marked.headers["X-Checksum-SHA256"] == hashlib.sha256(marked.content).hexdigest()


def test_a_closed_months_workbook_is_handed_out_byte_for_byte(finn: Engineer) -> None:
    swept()
    close()
    client = signed_in(finn)

    first, second = client.get(XLSX), client.get(f"{XLSX}?version=1&bom=1")

    assert first.content == second.content == bytes(Export.objects.get(format="xlsx").content)
    assert first.headers["Content-Disposition"] == 'attachment; filename="rota-2026-10-v1.xlsx"'
    assert first.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert first.headers["X-Checksum-SHA256"] == hashlib.sha256(first.content).hexdigest()
    assert client.get(f"{XLSX}?version=2").status_code == 404


def test_an_open_months_workbook_says_that_it_is_provisional(finn: Engineer) -> None:
    swept()

    answer = signed_in(finn).get(XLSX)

    assert 'filename="rota-2026-10-PROVISIONAL.xlsx"' in answer.headers["Content-Disposition"]
    meta = openpyxl.load_workbook(io.BytesIO(answer.content))["Meta"]
    assert meta["B3"].value == "PROVISIONAL, not for payroll"
    assert not Export.objects.exists()


@pytest.mark.parametrize("language", ["de", "ar", "zz"])
def test_a_readers_language_changes_no_byte_of_a_file(finn: Engineer, language: str) -> None:
    swept()
    client = signed_in(finn)

    plain = client.get(CSV).content
    other = client.get(CSV, headers={"Accept-Language": language}).content

    assert other == plain


def test_an_open_months_file_is_provisional_by_name(finn: Engineer) -> None:
    swept()

    answer = signed_in(finn).get(f"{CSV}?layout=summary")

    assert (
        'filename="rota-2026-10-summary-PROVISIONAL.csv"' in answer.headers["Content-Disposition"]
    )
    assert answer.content.endswith(b"2026-10,00412,ENG-110,EUR,3,1800.00\r\n")


def test_a_file_that_the_reader_has_already_is_not_sent_again(finn: Engineer) -> None:
    swept()
    close()
    client = signed_in(finn)
    tag = client.get(CSV).headers["ETag"]

    answer = client.get(CSV, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("layout=wide", 400),
        ("version=zero", 400),
        ("version=0", 400),
        ("version=2", 404),
        ("layout=detail&version=1", 200),
    ],
)
def test_what_there_is_no_file_of_is_refused_in_words(
    finn: Engineer, asked: str, status: int
) -> None:
    swept()
    close()

    assert signed_in(finn).get(f"{CSV}?{asked}").status_code == status


def test_a_month_without_entries_has_no_file(finn: Engineer) -> None:
    page = page_of(finn, "/finance/periods/2026-11/export.csv", status=404)

    assert "Nothing is posted to 2026-11." in page
