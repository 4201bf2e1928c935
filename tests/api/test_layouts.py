"""Export layouts through the API: everything that the pages do."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from audit.models import AuditEvent
from compensation.models import ExportLayoutVersion
from compensation.operations import weeks
from tests import builders
from tests.compensation.rows import SWEEP, make_rate
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    from tests.api.client import LocalApi
    from tests.api.people import Cast

LAYOUTS = "export-layouts/"
READY_MADE = f"{LAYOUTS}ready-made/"
MONTH = "periods/2026-10/"
CONTENT = {
    "rows": "sums",
    "columns": [
        {"heading": "Who", "source": "employee_id"},
        {"heading": "What", "source": "amount"},
        {"heading": "In", "source": "currency"},
    ],
    "date_format": "DD/MM/YYYY",
}


@pytest.fixture
def finn(cast: Cast) -> LocalApi:
    """Finn of finance; Ben's weeks of October are paid, and the month is open."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for day in (5, 12, 19):
        builders.make_shift(
            level=builders.level_of(cast.rotation),
            week_date=dt.date(2026, 10, day),
            holder=cast.ben,
        )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    return cast.api("finn")


def added(finn: LocalApi, **changes: Any) -> Any:
    return finn.post(LAYOUTS, **{"name": "Mine", "content": CONTENT, **changes}).expect(201)


def test_what_rota_brings_along_is_listed_and_used(finn: LocalApi) -> None:
    listed = {each["slug"] for each in finn.all(READY_MADE)}

    used = finn.post(f"{READY_MADE}brightpay/").expect(201)

    assert listed == {"generic-long", "staffology", "brightpay", "adp", "microkeeper"}
    assert (used["slug"], used["is_ready_made"], used["version"]) == ("brightpay", True, 1)
    assert finn.post(f"{READY_MADE}brightpay/").expect(409)["code"] == "LAYOUT_KNOWN"
    assert finn.post(f"{READY_MADE}sage/").expect(404)["code"] == "LAYOUT_UNKNOWN"


def test_a_layout_is_added_read_changed_and_taken_out_of_use(finn: LocalApi) -> None:
    layout = added(finn)
    one = f"{LAYOUTS}{layout['slug']}/"
    content = CONTENT | {"rows": "entries"}

    changed = finn.call("PUT", one, {"name": "Ours", "content": content, "version": 1}).expect(200)

    assert (changed["name"], changed["version"], changed["content"]["rows"]) == (
        "Ours", 2, "entries",
    )  # fmt: skip
    assert finn.get(one).expect(200) == changed
    assert not finn.post(f"{one}archive/").expect(200)["is_in_use"]
    assert finn.post(f"{one}restore/").expect(200)["is_in_use"]
    assert [each["slug"] for each in finn.all(LAYOUTS)] == ["mine"]


def test_a_layout_that_somebody_else_changed_is_not_overwritten(finn: LocalApi) -> None:
    one = f"{LAYOUTS}{added(finn)['slug']}/"
    wanted = {"name": "Ours", "content": CONTENT, "version": 1}
    finn.call("PUT", one, wanted).expect(200)

    again = finn.call("PUT", one, wanted | {"name": "Theirs"}).expect(409)

    assert again["code"] == "LAYOUT_CHANGED"
    assert ExportLayoutVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"office": "atlantis"}, "office"),
        ({"content": {}}, "content.rows"),
        ({"content": CONTENT | {"rows": "weeks"}}, "content.rows"),
        ({"content": CONTENT | {"currency": "XXX"}}, "currency"),
        ({"content": CONTENT | {"file_name": "../x"}}, "file_name"),
        ({"content": CONTENT | {"columns": CONTENT["columns"][:2]}}, "currency"),
        ({"content": CONTENT | {"extra": 1}}, "content.extra"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    finn: LocalApi, changes: dict[str, Any], field: str
) -> None:
    body = {"name": "Mine", "content": CONTENT, **changes}

    answer = finn.post(LAYOUTS, **body).expect(400)

    assert field in answer["fields"]
    assert not ExportLayoutVersion.objects.exists()


def test_a_preview_shows_the_first_rows_and_writes_nothing(finn: LocalApi) -> None:
    preview = finn.post(f"{LAYOUTS}preview/", name="x", content=CONTENT).expect(200)
    faulty = CONTENT | {"columns": CONTENT["columns"][:2]}

    assert preview["headings"] == ["Who", "What", "In"]
    assert preview["rows"] == [["00412", "1800.00", "EUR"]]
    assert finn.post(f"{LAYOUTS}preview/", name="x", content=faulty).expect(200)["faults"]
    assert not ExportLayoutVersion.objects.exists()


def test_the_file_of_a_layout_is_downloaded_before_and_after_closing(finn: LocalApi) -> None:
    slug = added(finn)["slug"]

    before = finn.get(f"{MONTH}exports/{slug}/")
    closed = finn.post(f"{MONTH}close/").expect(200)
    after = finn.get(f"{MONTH}exports/{slug}/")

    assert before.raw == after.raw == b"Who,What,In\r\n00412,1800.00,EUR\r\n"
    assert "PROVISIONAL" in before.headers["content-disposition"]
    stored = [each for each in closed["exports"] if each["layout"] == slug]
    assert [each["file_name"] for each in stored] == ["rota-2026-10-mine-v1.csv"]
    assert after.headers["x-checksum-sha256"] == stored[0]["sha256"]


def test_the_workbook_is_downloaded_byte_for_byte(finn: LocalApi) -> None:
    provisional = finn.get(f"{MONTH}exports/detail/", format="xlsx")
    finn.post(f"{MONTH}close/").expect(200)

    first, second = (finn.get(f"{MONTH}exports/{name}/", format="xlsx") for name in LAYOUT_NAMES)

    assert provisional.headers["content-type"].endswith("spreadsheetml.sheet")
    assert first.raw == second.raw
    assert first.headers["content-disposition"] == 'attachment; filename="rota-2026-10-v1.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(first.raw))["Summary"]
    assert [cell.value for cell in sheet[2]] == ["2026-10", "00412", "CC-100", "EUR", 3, 1800]


LAYOUT_NAMES = ("detail", "summary")


@pytest.mark.parametrize("query", [{"format": "pdf"}, {"version": 0}])
def test_what_there_is_no_file_of_is_a_bad_request(finn: LocalApi, query: dict[str, Any]) -> None:
    finn.get(f"{MONTH}exports/detail/", **query).expect(400)
    finn.get(f"{MONTH}exports/nothing/").expect(400)


@pytest.mark.parametrize("who", ["ben", "anna", "ada"])
def test_nobody_but_finance_has_a_part_in_it(finn: LocalApi, cast: Cast, who: str) -> None:
    slug = added(finn)["slug"]
    other = cast.api(who)

    for path in (LAYOUTS, READY_MADE, f"{LAYOUTS}{slug}/"):
        other.get(path).expect(403)
    for path in (f"{LAYOUTS}{slug}/archive/", f"{LAYOUTS}{slug}/restore/", f"{READY_MADE}adp/"):
        other.post(path).expect(403)
    other.post(LAYOUTS, name="x", content=CONTENT).expect(403)
    other.post(f"{LAYOUTS}preview/", name="x", content=CONTENT).expect(403)
    other.call("PUT", f"{LAYOUTS}{slug}/", {"name": "x"}).expect(403)
    assert AuditEvent.objects.filter(verb="was refused").count() == 5
