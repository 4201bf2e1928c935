from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.domain import chain, csv_text, keys, layouts
from compensation.domain.layouts import ExportLine

START = dt.datetime(2026, 5, 24, 23, tzinfo=dt.UTC)
LINE = ExportLine(
    period="2026-05",
    entry=7,
    earned_on=dt.date(2026, 5, 31),
    employee_id="00412",
    name="Ben Byrne",
    cost_centre="ENG-110",
    office="Dublin",
    rotation="platform",
    level="primary",
    shift="12",
    kind="BASE",
    segment_start=START,
    segment_end=dt.datetime(2026, 5, 31, 23, tzinfo=dt.UTC),
    seconds=451800,
    rate_version="dublin-primary-v1",
    currency="EUR",
    amount_minor=60000,
    reverses=None,
    key="12|3|2026-05-24T23:00:00Z|dublin-primary-v1|BASE|r1",
)


def test_the_detail_has_each_field_in_its_column() -> None:
    header, row, end = layouts.detail_table([LINE]).as_csv().split("\r\n")

    assert header == (
        "period,entry,earned_on,employee_id,name,cost_centre,office,rotation,level,shift,kind,"
        "segment_start,segment_end,seconds,rate_version,currency,amount,reverses,key"
    )
    assert row == (
        "2026-05,7,2026-05-31,00412,Ben Byrne,ENG-110,Dublin,platform,primary,12,BASE,"
        "2026-05-24T23:00:00Z,2026-05-31T23:00:00Z,451800,dublin-primary-v1,EUR,600.00,,"
        "12|3|2026-05-24T23:00:00Z|dublin-primary-v1|BASE|r1"
    )
    assert end == ""


def test_lines_are_sorted_by_employee_cost_centre_currency_and_entry() -> None:
    lines = [
        dataclasses.replace(LINE, entry=4, employee_id="9"),
        dataclasses.replace(LINE, entry=3, currency="GBP"),
        dataclasses.replace(LINE, entry=12),
        dataclasses.replace(LINE, entry=2, cost_centre="ENG-120"),
        dataclasses.replace(LINE, entry=9),
    ]

    rows = list(csv.DictReader(io.StringIO(layouts.detail_table(lines).as_csv(), newline="")))

    assert [row["entry"] for row in rows] == ["9", "12", "3", "2", "4"]


def test_the_summary_never_adds_two_currencies() -> None:
    lines = [
        LINE,
        dataclasses.replace(LINE, entry=8, amount_minor=-12345, reverses=7),
        dataclasses.replace(LINE, entry=9, currency="JPY", amount_minor=40001),
    ]

    assert layouts.summary_table(lines).as_csv().split("\r\n") == [
        "period,employee_id,cost_centre,currency,entries,amount",
        "2026-05,00412,ENG-110,EUR,2,476.55",
        "2026-05,00412,ENG-110,JPY,1,40001",
        "",
    ]
    assert layouts.totals(lines) == {"EUR": 47655, "JPY": 40001}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_a_text_that_a_spreadsheet_would_compute_is_neutralised(start: str) -> None:
    line = dataclasses.replace(LINE, name=f"{start}1+1", cost_centre=f"{start}X", amount_minor=-5)

    row = next(csv.DictReader(io.StringIO(layouts.detail_table([line]).as_csv(), newline="")))

    assert (row["name"], row["cost_centre"]) == (f"'{start}1+1", f"'{start}X")
    assert row["amount"] == "-0.05"


@given(st.lists(st.lists(st.text(min_size=1), min_size=2, max_size=4), max_size=5))
def test_csv_reads_back_as_it_was_written(rows: list[list[str]]) -> None:
    text = csv_text.csv_text(["a", "b"], rows)

    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == rows


def test_quotes_stand_only_where_they_are_needed() -> None:
    assert csv_text.csv_text(["a"], [['x"y'], ["x,y"], ["x\ny"], ["x y"]]) == (
        'a\r\n"x""y"\r\n"x,y"\r\n"x\ny"\r\nx y\r\n'
    )


def test_a_key_refuses_a_part_that_could_make_two_entries_alike() -> None:
    parts = keys.KeyParts(
        shift="1", person="2", segment_start=START, rate_version="a|b", kind=keys.BASE
    )

    with pytest.raises(ValueError, match="cannot be part of a key"):
        keys.entry_key(parts)


SEALED = chain.Sealed(
    number=1,
    period="2026-05",
    engineer_id=3,
    shift_id=12,
    kind="BASE",
    segment_start=START,
    segment_end=LINE.segment_end,
    seconds=451800,
    rate_version="dublin-primary-v1",
    amount_minor=60000,
    currency="EUR",
    earned_on=LINE.earned_on,
    key=LINE.key,
    reverses=None,
    posted_at=dt.datetime(2026, 5, 31, 23, 0, 12, 345678, tzinfo=dt.UTC),
)


CHANGES: dict[str, Any] = {
    "number": 2,
    "period": "2026-06",
    "engineer_id": 4,
    "shift_id": None,
    "kind": "HOL:2026-05-25",
    "segment_start": dt.datetime(2026, 5, 24, 22, tzinfo=dt.UTC),
    "segment_end": None,
    "seconds": 451799,
    "rate_version": None,
    "amount_minor": 60001,
    "currency": "GBP",
    "earned_on": dt.date(2026, 6, 1),
    "key": "other",
    "reverses": 1,
    "posted_at": dt.datetime(2026, 5, 31, 23, 0, 12, 345679, tzinfo=dt.UTC),
}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(chain.Sealed)])
def test_a_fingerprint_changes_with_every_field(field: str) -> None:
    changed = dataclasses.replace(SEALED, **{field: CHANGES[field]})

    first = chain.fingerprint(SEALED, previous=chain.FIRST_HASH)
    assert chain.fingerprint(changed, previous=chain.FIRST_HASH) != first


def test_a_fingerprint_changes_with_the_entry_before() -> None:
    first = chain.fingerprint(SEALED, previous=chain.FIRST_HASH)

    assert chain.fingerprint(SEALED, previous=first) != first
    assert chain.fingerprint(SEALED, previous=chain.FIRST_HASH) == first
