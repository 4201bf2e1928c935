"""Files for payroll systems: what a layout makes of a month's lines."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation.domain import layout_content as contents
from compensation.domain.layout_content import Column, Content, PayCode
from compensation.domain.layout_rows import Layout
from compensation.domain.money import parse_amount
from compensation.domain.ready_made import READY_MADE
from compensation.rendering.month_files import Making, MonthFiles, RenderedFile
from tests.compensation.test_layouts import LINE

if TYPE_CHECKING:
    from compensation.domain.layouts import ExportLine

MAKING = Making(
    month="2026-05",
    version=1,
    made_by="finn@example.com",
    made_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
)
LINE = dataclasses.replace(
    LINE, office_slug="dublin", time_zone="Europe/Dublin", week_date=dt.date(2026, 5, 25)
)
HOLIDAY = dataclasses.replace(
    LINE,
    entry=8,
    kind="HOL:2026-05-25",
    amount_minor=9000,
    key="12|3|2026-05-24T23:00:00Z|dublin-primary-v1|HOL:2026-05-25|r1",
)
REVERSAL = dataclasses.replace(
    LINE, entry=9, amount_minor=-60000, seconds=-451800, reverses=7, key=f"REV|{LINE.key}"
)
AGAIN = dataclasses.replace(
    LINE, entry=10, amount_minor=50000, seconds=376500, key=LINE.key.replace("r1", "r2")
)
ADJUSTMENT = dataclasses.replace(
    LINE,
    entry=11,
    kind="ADJ",
    segment_start=None,
    segment_end=None,
    seconds=0,
    rotation="",
    level="",
    shift="",
    rate_version="",
    amount_minor=-1234,
    key="ADJ|5|3",
    time_zone="UTC",
    week_date=None,
)
ALL = [LINE, HOLIDAY, REVERSAL, AGAIN, ADJUSTMENT]


def made(layout: Layout, *people: list[ExportLine], making: Making = MAKING) -> RenderedFile:
    files = MonthFiles(making)
    files.with_layout(layout)
    for lines in people:
        files.add(lines)
    return next(files.files())


def ready_made(slug: str, **changes: object) -> Layout:
    content = dataclasses.replace(READY_MADE[slug].content, **changes)  # type: ignore[arg-type]
    return Layout(slug=slug, office="", content=content)


def read_back(file: RenderedFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode(), newline="")))


def test_the_generic_format_has_a_row_for_each_entry_that_multiplies_to_its_amount() -> None:
    file = made(ready_made("generic-long"), ALL)

    rows = read_back(file)
    assert rows[0] == {
        "batch_id": "rota-2026-05-v1",
        "row_id": "7",
        "employee_number": "00412",
        "name": "Ben Byrne",
        "office": "Dublin",
        "cost_centre": "ENG-110",
        "pay_code": "ONCALL",
        "units": "1",
        "unit_rate": "600.00",
        "amount": "600.00",
        "currency": "EUR",
        "service_from": "2026-05-25",
        "service_to": "2026-05-31",
        "pay_period": "2026-05",
        "pay_date": "",
        "kind": "original",
        "corrects_row_id": "",
        "note": "platform primary, week of 2026-05-25",
    }
    assert [(row["pay_code"], row["kind"], row["corrects_row_id"]) for row in rows] == [
        ("ONCALL", "original", ""),
        ("ONCALL-HOL", "original", ""),
        ("ONCALL", "correction", "7"),
        ("ONCALL", "correction", ""),
        ("ONCALL-ADJ", "correction", ""),
    ]
    assert [row["note"] for row in rows[1:3]] == [
        "platform primary, week of 2026-05-25, holiday 2026-05-25",
        "platform primary, week of 2026-05-25, takes back entry 7",
    ]
    assert (file.file_name, file.row_count) == ("rota-2026-05-generic-long-v1.csv", 5)
    assert file.totals == {"EUR": 60000 + 9000 - 60000 + 50000 - 1234}


def test_brightpay_gets_a_sum_for_each_person_description_and_department() -> None:
    file = made(ready_made("brightpay"), ALL)

    assert file.content.decode().split("\r\n") == [
        "Works Number,Description,Amount,Department",
        "00412,On call,500.00,ENG-110",
        '00412,"On call, adjustment",-12.34,ENG-110',
        '00412,"On call, public holiday",90.00,ENG-110',
        "",
    ]


def test_staffology_gets_days_as_people_there_write_them_and_its_own_currency_alone() -> None:
    pounds = [dataclasses.replace(line, currency="GBP") for line in (LINE, HOLIDAY)]

    file = made(ready_made("staffology"), [*pounds, ADJUSTMENT])

    assert file.content.decode().split("\r\n") == [
        "Payroll Code,Pay Code,Amount,Note,Effective From,Effective To",
        '00412,ONCALL,600.00,"platform primary, week of 2026-05-25",25/05/2026,31/05/2026',
        (
            '00412,ONCALLHOL,90.00,"platform primary, week of 2026-05-25, holiday 2026-05-25",'
            "25/05/2026,31/05/2026"
        ),
        "",
    ]
    assert (file.row_count, file.totals) == (2, {"GBP": 69000})


def test_adp_gets_its_own_file_name_company_code_and_negative_amounts() -> None:
    dollars = [dataclasses.replace(line, currency="USD") for line in (LINE, ADJUSTMENT)]

    file = made(ready_made("adp"), dollars)

    assert file.file_name == "EPIABC05.csv"
    assert file.content.decode().split("\r\n")[:3] == [
        "Co Code,Batch ID,File #,Temp Dept,Earnings 3 Code,Earnings 3 Amount",
        "ABC,rota-2026-05-v1,00412,ENG-110,ONA,-12.34",
        "ABC,rota-2026-05-v1,00412,ENG-110,ONC,600.00",
    ]


def test_microkeeper_multiplies_one_hour_by_the_whole_amount() -> None:
    dollars = [dataclasses.replace(LINE, currency="AUD", amount_minor=33333)]

    assert read_back(made(ready_made("microkeeper"), dollars)) == [
        {
            "Employee Identifier": "00412",
            "Title": "On call",
            "Rate": "333.33",
            "Hours": "1",
            "Multiplier": "1",
        }
    ]


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        (1, "", "rota-2026-05-mine-v1.csv"),
        (2, "", "rota-2026-05-mine-v2.csv"),
        (0, "", "rota-2026-05-mine-PROVISIONAL.csv"),
        (1, "PAY{mm}", "PAY05.csv"),
        (2, "PAY{mm}", "PAY05-v02.csv"),
        (3, "pay_{month}.{version}", "pay_2026-05.03.csv"),
        (0, "pay_{month}.{version}", "pay_2026-05.00-PROVISIONAL.csv"),
    ],
)
def test_a_file_is_told_from_those_of_other_months_and_versions_by_its_name(
    version: int, name: str, expected: str
) -> None:
    layout = ready_made("generic-long", file_name=name)
    layout = dataclasses.replace(layout, slug="mine")

    file = made(layout, making=dataclasses.replace(MAKING, version=version))

    assert file.file_name == expected


def test_a_pay_code_of_an_office_counts_before_the_one_of_every_office() -> None:
    codes = (
        *READY_MADE["generic-long"].content.pay_codes,
        PayCode(kind="BASE", office="london", code="OC-UK"),
    )
    london = dataclasses.replace(LINE, office_slug="london", office="London")

    rows = read_back(made(ready_made("generic-long", pay_codes=codes), [LINE, london]))

    assert [row["pay_code"] for row in rows] == ["ONCALL", "OC-UK"]


def test_a_layout_of_an_office_leaves_out_the_others() -> None:
    london = dataclasses.replace(LINE, office_slug="london", entry=99)
    layout = dataclasses.replace(ready_made("generic-long"), office="london")

    file = made(layout, [LINE], [london])

    assert [row["row_id"] for row in read_back(file)] == ["99"]
    assert file.totals == {"EUR": 60000}


def test_two_currencies_stand_in_rows_of_their_own() -> None:
    layout = ready_made("generic-long", rows=contents.SUMS, columns=SUM_COLUMNS)
    yen = dataclasses.replace(LINE, currency="JPY", amount_minor=40001)

    file = made(layout, [LINE, AGAIN, yen])

    assert file.content == b"who,what,money\r\n00412,1100.00,EUR\r\n00412,40001,JPY\r\n"


SUM_COLUMNS = (
    Column(heading="who", source="employee_id"),
    Column(heading="what", source="amount"),
    Column(heading="money", source="currency"),
)


def test_hours_are_plain_numbers_and_count_no_time_twice() -> None:
    columns = (*SUM_COLUMNS, Column(heading="hours", source="hours"))
    layout = ready_made("generic-long", rows=contents.SUMS, columns=columns)
    long = dataclasses.replace(LINE, seconds=3600 * 1234 + 900)

    rows = [read_back(made(layout, lines))[0] for lines in ([long, HOLIDAY], [REVERSAL])]

    assert [row["hours"] for row in rows] == ["1234.25", "-125.50"]


def test_what_a_spreadsheet_would_compute_is_neutralised_in_every_layout() -> None:
    line = dataclasses.replace(LINE, name="=1+1", cost_centre="@X", amount_minor=-5)

    row = read_back(made(ready_made("generic-long"), [line]))[0]

    assert (row["name"], row["cost_centre"], row["amount"]) == ("'=1+1", "'@X", "-0.05")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ALL),
            st.sampled_from(["EUR", "JPY", "KWD"]),
            st.integers(-(10**9), 10**9),
            st.sampled_from(["ENG-1", "ENG-2"]),
        ),
        max_size=8,
    )
)
def test_sums_and_single_rows_are_worth_what_the_lines_are(
    drawn: list[tuple[ExportLine, str, int, str]],
) -> None:
    lines = [
        dataclasses.replace(line, currency=currency, amount_minor=minor, cost_centre=centre)
        for line, currency, minor, centre in drawn
    ]
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.currency] = wanted.get(line.currency, 0) + line.amount_minor

    for rows in (contents.ENTRIES, contents.SUMS):
        layout = ready_made("generic-long", rows=rows, columns=SUM_COLUMNS)
        file = made(layout, lines)
        found: dict[str, int] = {}
        for row in read_back(file):
            minor = parse_amount(row["what"], row["money"])
            found[row["money"]] = found.get(row["money"], 0) + minor
        assert found == file.totals == wanted


@pytest.mark.parametrize("slug", sorted(READY_MADE))
def test_what_rota_brings_along_can_be_read_and_used_as_it_is(slug: str) -> None:
    content = READY_MADE[slug].content

    assert contents.read(content.as_data()) == content


GOOD = READY_MADE["generic-long"].content.as_data()
EMPLOYEE = {"heading": "Who", "source": "employee_id"}
AMOUNT = {"heading": "What", "source": "amount"}
CURRENCY = {"heading": "Money", "source": "currency"}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"rows": "weeks"}, "rows", "an entry or a sum"),
        ({"date_format": "%d"}, "date_format", "DD/MM/YYYY"),
        ({"columns": []}, "columns", "1 to 40 columns"),
        ({"columns": [EMPLOYEE, AMOUNT, CURRENCY] * 14}, "columns", "1 to 40 columns"),
        ({"columns": [{"heading": "x", "source": "salary"}]}, "columns", "Column 1: choose"),
        ({"columns": [{"heading": "", "source": "amount"}]}, "columns", "the heading is"),
        ({"columns": [{"heading": "=A1", "source": "amount"}]}, "columns", "the heading is"),
        ({"columns": [{"heading": "a\nb", "source": "amount"}]}, "columns", "the heading is"),
        ({"columns": [EMPLOYEE, EMPLOYEE, AMOUNT]}, "columns", "same heading"),
        ({"columns": [EMPLOYEE, CURRENCY]}, "columns", "no column for the amount"),
        ({"columns": [AMOUNT, CURRENCY]}, "columns", "nobody knows whose"),
        ({"columns": [{**EMPLOYEE, "text": "x"}, AMOUNT]}, "columns", "has a text"),
        ({"rows": "sums"}, "columns", "needs a row for each entry"),
        ({"columns": [EMPLOYEE, AMOUNT]}, "currency", "amounts of two are never mixed"),
        ({"currency": "XXX"}, "currency", "no currency of ISO 4217"),
        ({"pay_codes": []}, "pay_codes", "a week and a public holiday and an adjustment"),
        ({"pay_codes": [{"kind": "GIFT", "code": "x"}]}, "pay_codes", "A pay code is for"),
        ({"pay_codes": [{"kind": "BASE", "code": "-1"}]}, "pay_codes", "1 to 40 characters"),
        ({"pay_codes": [*GOOD["pay_codes"], *GOOD["pay_codes"]]}, "pay_codes", "two pay codes"),
        ({"file_name": "../x"}, "file_name", "at most 60"),
        ({"file_name": ".x"}, "file_name", "at most 60"),
        ({"file_name": "{year}"}, "file_name", "at most 60"),
    ],
)
def test_a_layout_that_payroll_could_misread_is_refused_in_words(
    changes: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(contents.LayoutError) as caught:
        contents.read(GOOD | changes)

    assert words in caught.value.fields[field]


def test_a_layout_of_one_currency_needs_no_column_for_it() -> None:
    content = contents.read(GOOD | {"columns": [EMPLOYEE, AMOUNT], "currency": "EUR"})

    assert isinstance(content, Content)
    assert content.currency == "EUR"
