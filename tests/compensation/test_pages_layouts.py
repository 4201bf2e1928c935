"""Export layouts on their pages: used, made, edited step by step with a preview, left."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from audit.models import AuditEvent
from compensation.models import ExportLayoutVersion
from compensation.operations import layouts, periods, weeks
from compensation.queries.layouts import layout_line
from compensation.views import layout_form
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money, many_entries
from tests.rotation.pages import heading, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compensation.queries.layouts import LayoutLine
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LIST = "/finance/layouts/"
ADD = "/finance/layouts/add/"
BRIGHTPAY = "/finance/layouts/brightpay/"
ROW = re.compile(r'name="heading" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def brightpay() -> LayoutLine:
    """BrightPay's layout, in use, and Ben's three weeks of October."""
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    layouts.use_ready_made(slug="brightpay", actor=FINN, now=AFTER_OCTOBER)
    line = layout_line(slug="brightpay")
    assert line is not None
    return line


def sent(line: LayoutLine, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it."""
    content = line.content
    codes = {f"code-{one.kind}-{one.office}": one.code for one in content.pay_codes}
    return {
        "name": line.name,
        "office": line.office,
        "rows": content.rows,
        "date_format": content.date_format,
        "currency": content.currency,
        "file_name": content.file_name,
        "heading": [column.heading for column in content.columns],
        "source": [column.source for column in content.columns],
        "text": [column.text for column in content.columns],
        "seen_version": str(line.version),
        "do": layout_form.SAVE,
        **codes,
        **changes,
    }


def headings(page: str) -> list[str]:
    return [unescape(found) for found in ROW.findall(page)]


def posted(finn: Engineer, path: str, fields: dict[str, Any], *, status: int = 200) -> str:
    answer = signed_in(finn).post(path, fields)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_offers_what_rota_brings_along_and_says_what_it_is_for(finn: Engineer) -> None:
    page = page_of(finn, LIST)

    assert heading(page) == "No payroll system has a layout yet"
    for name in ("Generic long format", "Staffology", "BrightPay", "ADP", "Microkeeper"):
        assert f">{name}</b>" in page
    assert "Put your company code in place of ABC" in page


def test_one_click_uses_a_layout_and_a_second_one_changes_nothing(finn: Engineer) -> None:
    client = signed_in(finn)

    first = client.post(f"{LIST}use/adp/")
    second = client.post(f"{LIST}use/adp/", follow=True)

    assert first.headers["Location"] == "/finance/layouts/adp/"
    assert "It is there already." in second.content.decode()
    assert heading(page_of(finn, LIST)) == "1 file for payroll is made at closing"
    assert ExportLayoutVersion.objects.count() == 1


def test_what_rota_does_not_bring_along_is_no_layout(finn: Engineer) -> None:
    posted(finn, f"{LIST}use/sage/", {}, status=404)
    page_of(finn, f"{LIST}sage/", status=404)


def test_the_editor_shows_the_layout_and_the_first_rows_with_real_figures(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    page = page_of(finn, BRIGHTPAY)

    assert heading(page) == "<bdi>BrightPay</bdi>, version 1"
    assert headings(page) == [column.heading for column in brightpay.content.columns]
    assert "The first rows of 2026-10" in page
    assert "rota-2026-10-brightpay-v1.csv" in page
    assert re.search(r"<td>00412</td><td>On call</td><td>1800.00</td><td>ENG-110</td>", page)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("up-1", ["Description", "Works Number", "Amount", "Department"]),
        ("down-0", ["Description", "Works Number", "Amount", "Department"]),
        ("up-0", ["Works Number", "Description", "Amount", "Department"]),
        ("down-3", ["Works Number", "Description", "Amount", "Department"]),
        ("remove-3", ["Works Number", "Description", "Amount"]),
        ("add", ["Works Number", "Description", "Amount", "Department", ""]),
        ("up-99999999999", ["Works Number", "Description", "Amount", "Department"]),
        ("explode-1", ["Works Number", "Description", "Amount", "Department"]),
    ],
)
def test_each_step_changes_the_page_and_saves_nothing(
    finn: Engineer, brightpay: LayoutLine, step: str, expected: list[str]
) -> None:
    page = posted(finn, BRIGHTPAY, sent(brightpay, do=step))

    assert headings(page) == expected
    assert ExportLayoutVersion.objects.count() == 1
    assert 'id="errs"' not in page


def test_the_preview_follows_what_is_typed_before_it_is_saved(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    fields = sent(brightpay, do=layout_form.PREVIEW, heading=["A", "B", "C", "D"])

    page = posted(finn, BRIGHTPAY, fields)

    assert '<th scope="col">A</th>' in page
    assert ExportLayoutVersion.objects.count() == 1


def test_the_preview_says_what_is_missing_instead_of_a_wrong_file(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    page = posted(finn, BRIGHTPAY, sent(brightpay, do=layout_form.PREVIEW, currency=""))

    assert "Comes once this is put right." in page
    assert "Name one currency, or add a column for it" in page
    assert 'id="errs"' not in page


def test_the_preview_says_how_many_entries_do_not_belong_into_the_file(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    gbp = builders.make_office(name="London", currency="GBP")

    page = posted(finn, BRIGHTPAY, sent(brightpay, do=layout_form.PREVIEW, currency="GBP"))

    assert gbp.currency == "GBP"
    assert "3 entries of other offices or currencies stay out" in page


def test_without_any_entry_the_preview_is_the_header_alone(finn: Engineer) -> None:
    page = page_of(finn, ADD)

    assert heading(page) == "Make a layout"
    assert "No entry was ever posted" in page
    assert '<th scope="col">batch_id</th>' in page


def test_saving_makes_the_next_version_and_keeps_the_one_before(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    columns = ["Works No", "Description", "Amount", "Dept"]

    answer = signed_in(finn).post(BRIGHTPAY, sent(brightpay, heading=columns), follow=True)

    page = answer.content.decode()
    assert "Saved as version 2. Stored files stay as they are." in page
    assert heading(page) == "<bdi>BrightPay</bdi>, version 2"
    assert headings(page) == columns
    assert "Version 1" in page


def test_saving_what_is_there_already_says_so(finn: Engineer, brightpay: LayoutLine) -> None:
    answer = signed_in(finn).post(BRIGHTPAY, sent(brightpay), follow=True)

    assert "Nothing was different: nothing was saved." in answer.content.decode()


def test_of_two_who_edit_at_once_the_second_keeps_what_they_typed(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    first = ["One", "Description", "Amount", "Department"]
    second = ["Two", "Description", "Amount", "Department"]
    signed_in(finn).post(BRIGHTPAY, sent(brightpay, heading=first))

    page = posted(finn, BRIGHTPAY, sent(brightpay, heading=second), status=409)

    assert "saved version 2 meanwhile. Look at it first." in page
    assert headings(page) == second
    assert ExportLayoutVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "message", "target"),
    [
        ({"name": ""}, "Name: This is needed.", "#id_name"),
        ({"source": ["name", "name", "amount", "name"]}, "nobody knows whose", "#id_columns"),
        ({"heading": [], "source": [], "text": []}, "1 to 40 columns", "#id_columns"),
        ({"code-BASE-": ""}, "in every office for a week", "#id_pay_codes"),
        ({"file_name": "a/b"}, "At most 60", "#id_file_name"),
        ({"date_format": "%d"}, "A date is written as", "#id_date_format"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_part(
    finn: Engineer, brightpay: LayoutLine, changes: dict[str, Any], message: str, target: str
) -> None:
    page = posted(finn, BRIGHTPAY, sent(brightpay, **changes), status=422)

    assert message.lower() in unescape(page).lower()
    assert f'href="{target}' in page
    assert ExportLayoutVersion.objects.count() == 1


def test_a_layout_of_ones_own_begins_with_the_generic_one(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    office = builders.make_office(name="London", currency="GBP")
    fields = sent(brightpay, name="Payroll of London", office=office.slug, currency="GBP")
    fields[f"code-BASE-{office.slug}"] = "OC-UK"

    answer = signed_in(finn).post(ADD, fields)

    assert answer.headers["Location"] == "/finance/layouts/payroll-of-london/"
    line = layout_line(slug="payroll-of-london")
    assert line is not None
    assert (line.office, line.content.currency) == (office.slug, "GBP")
    assert line.content.code(kind="BASE", office=office.slug) == "OC-UK"


def test_one_out_of_use_is_listed_apart_and_can_come_back(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    client = signed_in(finn)

    client.post(f"{BRIGHTPAY}archive/")
    away = page_of(finn, LIST)
    client.post(f"{BRIGHTPAY}restore/")

    assert brightpay.is_in_use
    assert "Out of use" in away
    assert heading(away) == "No payroll system has a layout yet"
    assert heading(page_of(finn, LIST)) == "1 file for payroll is made at closing"


def test_a_closed_month_hands_out_the_file_of_the_layout(
    finn: Engineer, brightpay: LayoutLine
) -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    page = page_of(finn, "/finance/periods/2026-10/")
    answer = signed_in(finn).get("/finance/periods/2026-10/export.csv?layout=brightpay")

    assert "rota-2026-10-brightpay-v1.csv" in page
    assert answer.content.startswith(b"Works Number,Description,Amount,Department\r\n00412,")
    assert brightpay.version == 1


@pytest.mark.parametrize("role", ["engineer", "manager", "admin"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", LIST),
        ("get", ADD),
        ("get", BRIGHTPAY),
        ("post", BRIGHTPAY),
        ("post", f"{LIST}use/adp/"),
        ("post", f"{BRIGHTPAY}archive/"),
        ("post", f"{BRIGHTPAY}restore/"),
    ],
)
def test_nobody_but_finance_sees_or_changes_a_layout(
    brightpay: LayoutLine, role: str, method: str, path: str
) -> None:
    others: dict[str, Any] = {
        "engineer": lambda: builders.make_engineer(name="Carla"),
        "manager": lambda: builders.make_anna(team=builders.make_team(name="Other")),
        "admin": builders.make_admin,
    }
    other = others[role]()

    answer = getattr(signed_in(other), method)(path)

    assert answer.status_code == 403
    assert "Only finance can see and change export layouts." in answer.content.decode()
    assert ExportLayoutVersion.objects.count() == brightpay.version
    refused = AuditEvent.objects.filter(verb="was refused", actor=other.email).count()
    assert refused == (method == "post")


def test_a_page_takes_the_same_number_of_queries_with_three_and_a_thousand_entries(
    finn: Engineer,
) -> None:
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    layouts.use_ready_made(slug="generic-long", actor=FINN, now=AFTER_OCTOBER)
    few = [queries_of(finn, path) for path in (LIST, f"{LIST}generic-long/")]

    many_entries(money, 1000)
    for slug in ("adp", "brightpay", "staffology"):
        layouts.use_ready_made(slug=slug, actor=FINN, now=AFTER_OCTOBER)

    assert [queries_of(finn, path) for path in (LIST, f"{LIST}generic-long/")] == few
