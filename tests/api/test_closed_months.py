"""A closed month through the API: files that went to payroll, and opening it again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from compensation.models import Export, PayPeriod
from compensation.operations import weeks
from tests import builders
from tests.compensation.rows import SWEEP, make_rate
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    from tests.api.client import LocalApi
    from tests.api.people import Cast

MONTH = "periods/2026-10/"
SUMMARY = "rota-2026-10-summary-v1.csv"
WHY = {"reason": "A cost centre is last year’s."}


@pytest.fixture
def closed(cast: Cast) -> Cast:
    """Ben's weeks of October in a closed month."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for day in (5, 12, 19):
        builders.make_shift(
            level=builders.level_of(cast.rotation),
            week_date=dt.date(2026, 10, day),
            holder=cast.ben,
        )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    cast.api("finn").post(f"{MONTH}close/").expect(200)
    return cast


@pytest.fixture
def fay(closed: Cast) -> LocalApi:
    """The second person of finance."""
    builders.make_role(engineer=closed.carla, role="finance")
    return closed.api("carla")


def test_files_are_marked_as_sent_by_name(closed: Cast) -> None:
    finn = closed.api("finn")

    period = finn.post(f"{MONTH}sent/", file_names=[SUMMARY]).expect(200)

    sent = {file["file_name"]: file["sent_by"] for file in period["exports"] if file["sent_at"]}
    assert sent == {SUMMARY: "finn@example.com"}
    assert finn.post(f"{MONTH}sent/", file_names=[SUMMARY]).expect(409)["code"] == "FILE_SENT"
    assert finn.post(f"{MONTH}reopenings/", **WHY).expect(409)["code"] == "PERIOD_SENT"


@pytest.mark.parametrize("names", [[], ["x.csv"], SUMMARY, None, [1]])
def test_what_names_no_file_of_the_month_is_refused_by_field(names: object, closed: Cast) -> None:
    answer = closed.api("finn").post(f"{MONTH}sent/", file_names=names)

    assert any(field.startswith("file_names") for field in answer.expect(400)["fields"])
    assert not Export.objects.filter(sent_at__isnull=False).exists()


def test_two_of_finance_open_a_month_again_and_its_first_files_stay(
    closed: Cast, fay: LocalApi
) -> None:
    finn = closed.api("finn")
    first = finn.get(f"{MONTH}exports/summary/").raw

    asked = finn.post(f"{MONTH}reopenings/", **WHY).expect(201)
    own = finn.post(f"reopenings/{asked['id']}/approve/")
    approved = fay.post(f"reopenings/{asked['id']}/approve/").expect(200)

    assert (asked["state"], asked["decided_by"]) == ("proposed", None)
    assert own.expect(403)["code"] == "OWN_REQUEST"
    assert (approved["state"], approved["decided_by"]["name"]) == ("approved", "Carla")
    assert finn.get(MONTH).expect(200)["state"] == "open"
    assert finn.get(f"{MONTH}exports/summary/", version=1).raw == first
    again = finn.post(f"{MONTH}close/").expect(200)
    assert {(file["version"], file["is_superseded"]) for file in again["exports"]} == {
        (1, True),
        (2, False),
    }
    assert [each["id"] for each in finn.all(f"{MONTH}reopenings/")] == [asked["id"]]


def test_another_declines_with_a_note(closed: Cast, fay: LocalApi) -> None:
    asked = closed.api("finn").post(f"{MONTH}reopenings/", **WHY).expect(201)

    declined = fay.post(f"reopenings/{asked['id']}/decline/", note="Not needed.").expect(200)

    assert (declined["state"], declined["note"]) == ("declined", "Not needed.")
    assert PayPeriod.objects.get(month="2026-10").state == "closed"
    again = fay.post(f"reopenings/{asked['id']}/decline/")
    assert again.expect(409)["code"] == "REOPENING_NOT_WAITING"


def test_a_request_without_a_reason_is_refused_by_field(closed: Cast) -> None:
    for body in ({}, {"reason": " "}, {"reason": "x" * 1001}):
        answer = closed.api("finn").post(f"{MONTH}reopenings/", **body)

        assert "reason" in answer.expect(400)["fields"]


def test_nobody_outside_finance_has_a_part_in_it(closed: Cast) -> None:
    asked = closed.api("finn").post(f"{MONTH}reopenings/", **WHY).expect(201)["id"]

    for name in ("anna", "ben", "max", "ada"):
        api = closed.api(name)
        api.post(f"{MONTH}sent/", file_names=[SUMMARY]).expect(403)
        api.post(f"{MONTH}reopenings/", **WHY).expect(403)
        api.get(f"{MONTH}reopenings/").expect(403)
        api.post(f"reopenings/{asked}/approve/").expect(403)
        api.post(f"reopenings/{asked}/decline/").expect(403)
    assert AuditEvent.objects.filter(verb="was refused").count() == 4 * 4
    assert PayPeriod.objects.get(month="2026-10").state == "closed"


def test_each_file_handed_out_is_on_record(closed: Cast) -> None:
    finn = closed.api("finn")

    answer = finn.get(f"{MONTH}exports/summary/")

    event = AuditEvent.objects.get(verb="downloaded")
    assert (event.actor, event.subject) == ("finn@example.com", "pay period 2026-10")
    assert event.after == {"file": SUMMARY, "sha256": answer.headers["x-checksum-sha256"]}


def test_what_is_not_there_is_404(closed: Cast) -> None:
    finn = closed.api("finn")

    for path in ("periods/2019-01/sent/", "periods/2026-13/sent/"):
        finn.post(path, file_names=[SUMMARY]).expect(404)
    finn.post("periods/2019-01/reopenings/", **WHY).expect(404)
    finn.post("reopenings/999/approve/").expect(404)
    finn.post("reopenings/999/decline/").expect(404)
