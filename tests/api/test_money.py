from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from compensation.models import Export, PayPeriod, Rate
from compensation.operations import weeks
from tests import builders
from tests.compensation.rows import SWEEP, make_rate
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    from tests.api.people import Cast

OCTOBER = [dt.date(2026, 10, day) for day in (5, 12, 19)]
NEW = {
    "office": "dublin",
    "level": "primary",
    "effective_from": "2027-01-01",
    "weekly": "650.00",
    "holiday": "95.50",
}
OUTSIDE_FINANCE = ("anna", "ben", "carla", "max", "ada")
READ_BY_FINANCE = (
    "rates/",
    "periods/",
    "periods/2026-10/",
    "periods/2026-10/entries/",
    "periods/2026-10/exports/",
    "periods/2026-10/exports/detail/",
    "blocked-shifts/",
    "entries/?scope=all",
)


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Ben's three weeks of October have ended and are paid; the month is open."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for week_date in OCTOBER:
        builders.make_shift(
            level=builders.level_of(cast.rotation), week_date=week_date, holder=cast.ben
        )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    return cast


def test_everybody_reads_the_rates_in_force(cast: Cast) -> None:
    make_rate(office=Office.objects.get())

    found = cast.api("carla").all("rates/in-force/")

    assert found == [
        {
            "version": "dublin-primary-v1",
            "office": "dublin",
            "level": "primary",
            "effective_from": "2026-01-01",
            "weekly": {"amount": "600.00", "minor": 60000, "currency": "EUR"},
            "holiday": {"amount": "90.00", "minor": 9000, "currency": "EUR"},
        }
    ]


def test_finance_adds_a_rate_and_reads_all_versions(cast: Cast) -> None:
    make_rate(office=Office.objects.get())
    finn = cast.api("finn")

    made = finn.post("rates/", **NEW).expect(201)
    again = finn.post("rates/", **NEW)

    assert made["version"] == "dublin-primary-v2"
    assert made["weekly"] == {"amount": "650.00", "minor": 65000, "currency": "EUR"}
    assert made["added_by"] == "finn@example.com"
    assert [each["version"] for each in finn.all("rates/")] == [
        "dublin-primary-v2",
        "dublin-primary-v1",
    ]
    assert again.expect(409)["code"] == "RATE_KNOWN"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekly": 650.0}, "weekly"),
        ({"weekly": 650}, "weekly"),
        ({"weekly": "650,00"}, "weekly"),
        ({"weekly": "6.5e2"}, "weekly"),
        ({"weekly": "-1.00"}, "weekly"),
        ({"weekly": "650.001"}, "weekly"),
        ({"weekly": "NaN"}, "weekly"),
        ({"weekly": "٦٥٠"}, "weekly"),
        ({"weekly": "9" * 25}, "weekly"),
        ({"holiday": ""}, "holiday"),
        ({"holiday": None}, "holiday"),
        ({"holiday": {"amount": "1.00"}}, "holiday"),
        ({"office": "paris"}, "office"),
        ({"office": 1}, "office"),
        ({"level": "1"}, "level"),
        ({"effective_from": "2026-11-24"}, "effective_from"),
        ({"effective_from": "2099-01-01"}, "effective_from"),
        ({"retroactive": True}, "retroactive"),
        ({"currency": "USD"}, "currency"),
    ],
)
def test_what_makes_no_rate_is_refused_by_field(
    change: dict[str, object], field: str, cast: Cast
) -> None:
    answer = cast.api("finn").post("rates/", **{**NEW, **change})

    assert field in answer.expect(400)["fields"]
    assert Rate.objects.count() == 0


def test_somebody_reads_their_own_entries_and_finance_everybodys(paid: Cast) -> None:
    own = paid.api("ben").all("entries/")
    everybodys = paid.api("finn").all("entries/", scope="all")

    assert own == everybodys
    assert [each["number"] for each in own] == [3, 2, 1]
    assert own[0]["amount"] == {"amount": "600.00", "minor": 60000, "currency": "EUR"}
    assert (own[0]["engineer"]["name"], own[0]["kind"], own[0]["period"]) == (
        "Ben",
        "BASE",
        "2026-10",
    )
    for name in ("anna", "carla", "max", "finn", "ada"):
        assert paid.api(name).all("entries/") == []


def test_a_scope_that_is_none_is_refused(paid: Cast) -> None:
    assert "scope" in paid.api("finn").get("entries/", scope="team").expect(400)["fields"]


def test_finance_reads_a_month_and_what_stands_against_closing_it(paid: Cast) -> None:
    finn = paid.api("finn")

    listed = finn.all("periods/")
    october = finn.get("periods/2026-10/").expect(200)
    november = finn.get("periods/2026-11/").expect(200)

    assert [(each["period"], each["state"]) for each in listed] == [
        ("2026-11", "open"),
        ("2026-10", "open"),
    ]
    total = {"amount": "1800.00", "minor": 180000, "currency": "EUR"}
    assert october["totals"] == [{"entries": 3, "amount": total}]
    assert [(each["name"], each["employee_number"]) for each in october["people"]] == [
        ("Ben", "00412")
    ]
    assert [check["code"] for check in october["checks"] if not check["passes"]] == []
    assert {check["code"] for check in november["checks"] if not check["passes"]} == {
        "MONTH_NOT_ENDED",
        "OUT_OF_ORDER",
    }
    assert len(finn.all("periods/2026-10/entries/")) == 3


def test_finance_closes_a_month_and_downloads_the_same_bytes_each_time(paid: Cast) -> None:
    finn = paid.api("finn")

    provisional = finn.get("periods/2026-10/exports/detail/")
    closed = finn.post("periods/2026-10/close/").expect(200)
    first = finn.get("periods/2026-10/exports/detail/")
    second = finn.get("periods/2026-10/exports/detail/", version=1)
    marked = finn.get("periods/2026-10/exports/detail/", bom=1)
    twice = finn.post("periods/2026-10/close/")

    assert "PROVISIONAL" in provisional.headers["content-disposition"]
    assert closed["state"] == "closed"
    assert [(each["layout"], each["format"]) for each in closed["exports"]] == [
        *(("detail", "csv"), ("detail", "xlsx"), ("summary", "csv"))
    ]
    assert finn.all("periods/2026-10/exports/") == closed["exports"]
    stored = Export.objects.get(layout="detail", format="csv")
    assert first.raw == second.raw == bytes(stored.content)
    assert first.headers["x-checksum-sha256"] == hashlib.sha256(first.raw).hexdigest()
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["content-type"] == "text/csv; charset=utf-8"
    assert marked.raw == b"\xef\xbb\xbf" + first.raw
    rows = list(csv.DictReader(io.StringIO(first.raw.decode())))
    assert [row["amount"] for row in rows] == ["600.00"] * 3
    assert twice.expect(409)["code"] == "PERIOD_CLOSED"


def test_a_month_that_cannot_be_closed_says_why_in_fields(paid: Cast) -> None:
    Engineer.objects.filter(pk=paid.ben.pk).update(employee_id=None)

    refusal = paid.api("finn").post("periods/2026-10/close/").expect(409)

    assert refusal["code"] == "CANNOT_CLOSE"
    assert list(refusal["fields"]) == ["NO_EMPLOYEE_ID"]
    assert "Ben" in refusal["fields"]["NO_EMPLOYEE_ID"]
    assert PayPeriod.objects.get(month="2026-10").state == "open"


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "2027-01", "x", "9999-12", "0000-00"])
def test_a_month_that_nobody_can_close_is_not_there(month: str, paid: Cast) -> None:
    finn = paid.api("finn")
    before = PayPeriod.objects.count()

    finn.get(f"periods/{month}/").expect(404)
    finn.get(f"periods/{month}/entries/").expect(404)
    finn.post(f"periods/{month}/close/").expect(404)
    assert PayPeriod.objects.count() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("periods/2026-10/exports/other/", 400),
        ("periods/2026-13/exports/detail/", 400),
        ("periods/2026-10/exports/detail/?version=0", 400),
        ("periods/2026-10/exports/detail/?version=x", 400),
        ("periods/2026-10/exports/detail/?bom=2", 400),
        ("periods/2020-01/exports/detail/", 404),
    ],
)
def test_a_file_that_is_not_there_is_refused(path: str, status: int, paid: Cast) -> None:
    assert paid.api("finn").get(path).status == status


def test_a_week_without_a_rate_is_blocked_and_shown_to_finance(cast: Cast) -> None:
    builders.make_shift(
        level=builders.level_of(cast.rotation), week_date=OCTOBER[0], holder=cast.ben
    )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)

    found = cast.api("finn").all("blocked-shifts/")

    assert len(found) == 1
    assert "Dublin has no rate" in found[0]["reason"]


@pytest.mark.parametrize("path", READ_BY_FINANCE)
def test_nobody_outside_finance_reads_money_of_others(path: str, paid: Cast) -> None:
    for name in OUTSIDE_FINANCE:
        paid.api(name).get(path).expect(403)
    assert paid.api("finn").get(path).status == 200


def test_an_attempt_to_close_or_to_set_a_rate_is_refused_and_recorded(paid: Cast) -> None:

    for name in OUTSIDE_FINANCE:
        paid.api(name).post("periods/2026-10/close/").expect(403)
        paid.api(name).post("rates/", **NEW).expect(403)

    events = AuditEvent.objects.filter(verb="was refused").order_by("pk")
    assert [(each.actor, each.subject) for each in events][:2] == [
        ("anna@example.com", "closing pay period 2026-10"),
        ("anna@example.com", "adding a rate"),
    ]
    assert events.count() == 2 * len(OUTSIDE_FINANCE)
    assert Rate.objects.count() == 1
    assert PayPeriod.objects.get(month="2026-10").state == "open"


MONEY_WORDS = {"amount", "minor", "currency", "weekly", "holiday"}
READ_BY_ALL = (
    "me/",
    "on-call-teams/",
    "rotations/",
    "rotations/core/",
    "rotations/core/shifts/?from=2026-10-05",
    "rotations/core/on-call-now/",
    "terms/",
    "applications/",
    "absences/",
    "entries/",
)


def test_no_answer_to_others_holds_an_amount_or_the_note_of_an_absence(paid: Cast) -> None:
    builders.make_absence(
        engineer=paid.ben,
        starts_on=dt.date(2026, 12, 24),
        ends_on=dt.date(2026, 12, 28),
        note="Canary of a note",
    )

    for name in ("anna", "carla", "max", "ada"):
        for path in READ_BY_ALL:
            answer = paid.api(name).get(path)
            assert _keys(answer.expect(200)) & MONEY_WORDS == set(), (name, path)
            assert "Canary" not in answer.raw.decode()
    finance = paid.api("finn")
    for path in (*READ_BY_ALL, "periods/2026-10/", "entries/?scope=all"):
        assert "Canary" not in finance.get(path).raw.decode()


@pytest.mark.parametrize("language", ["de", "ar", "zz", "en-US,de;q=0.5"])
def test_no_language_changes_an_amount_a_date_or_a_file(language: str, paid: Cast) -> None:
    finn = paid.api("finn")

    def asked(path: str, headers: dict[str, str]) -> bytes:
        return finn.send("GET", f"/api/v1/{path}", None, headers).raw

    for path in ("entries/?scope=all", "periods/2026-10/", "periods/2026-10/exports/detail/"):
        assert asked(path, {"Accept-Language": language}) == asked(path, {})
    sent = json.dumps({**NEW, "weekly": "650,00"}).encode()
    answer = finn.send("POST", "/api/v1/rates/", sent, {"Accept-Language": language})
    assert "weekly" in answer.expect(400)["fields"]


def _keys(body: Any) -> set[str]:
    if isinstance(body, dict):
        return set(body) | {key for each in body.values() for key in _keys(each)}
    if isinstance(body, list):
        return {key for each in body for key in _keys(each)}
    return set()
