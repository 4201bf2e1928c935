"""Reports through the API: the same totals as on pages, and files that a worker makes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
import time_machine

from common.clocks import Clocks
from compensation import reporting
from compensation.domain.reports import ABOUT, Report
from compensation.models import ReportFile
from compensation.operations import weeks
from tests import builders
from tests.api.people import api_of
from tests.compensation.rows import AFTER_OCTOBER, SWEEP, Money, make_money, many_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.client import LocalApi

pytestmark = pytest.mark.django_db
OCTOBER = {"since": "2026-10", "until": "2026-10"}
# Three weeks of 125.5 hours, and the hour that the end of summer time repeats.
SECONDS = 3 * 451800 + 3600
EUROS = {"amount": "1800.00", "minor": 180000, "currency": "EUR"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def money() -> Money:
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


@pytest.fixture
def finn(money: Money) -> LocalApi:
    del money
    return api_of(builders.make_finance())


def make_all() -> None:
    """What a worker does."""
    clocks = Clocks(now=lambda: AFTER_OCTOBER, real_now=lambda: AFTER_OCTOBER)
    for row in ReportFile.objects.all():
        reporting.make_report(report_file_id=row.pk, holder="worker", clocks=clocks, starts_in=4)


def test_every_report_is_listed_with_what_it_can_be_asked_with(finn: LocalApi) -> None:
    found = finn.all("reports/")

    assert [line["report"] for line in found] == [report.value for report in Report]
    assert found[0]["title"] == ABOUT[Report.PERIODS].title
    assert "cost_centre" in found[0]["asks"]


def test_a_report_gives_its_totals_and_its_rows(finn: LocalApi) -> None:
    totals = finn.get("reports/people/", **OCTOBER).expect(200)
    rows = finn.all("reports/people/rows/", **OCTOBER)

    assert totals["asked"] == OCTOBER
    assert totals["rows"] == 1
    assert totals["totals"][0]["amount"] == EUROS
    assert totals["totals"][0]["seconds"] == SECONDS
    assert rows == [
        {
            "cells": {
                "name": "Ben",
                "employee_id": "00412",
                "currency": "EUR",
                "entries": 3,
                "seconds": SECONDS,
                "base": EUROS,
                "holidays": {"amount": "0.00", "minor": 0, "currency": "EUR"},
                "adjustments": {"amount": "0.00", "minor": 0, "currency": "EUR"},
                "amount": EUROS,
            }
        }
    ]


def test_long_reports_come_in_pages(finn: LocalApi, money: Money) -> None:
    many_entries(money, 120)

    first = finn.get("reports/entries/rows/", page_size=100, **OCTOBER).expect(200)

    assert len(first["results"]) == 100
    assert len(finn.all("reports/entries/rows/", **OCTOBER)) == 123


def test_an_accrual_is_of_any_instant(finn: LocalApi, money: Money) -> None:
    del money

    running = finn.get("reports/accrual/", at="2026-10-17T00:00:00+01:00").expect(200)
    over = finn.get("reports/accrual/", at="2026-11-01T00:00:00Z").expect(200)

    # Four nights of 15.5 h, Friday's from 17:30, and Monday's from 17:30 on: 68.5 h of 125.5 h.
    assert running["totals"][0]["elapsed_seconds"] == 68 * 3600 + 1800
    assert running["totals"][0]["accrued"]["amount"] == "327.49"
    assert over["totals"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-13"}, "since"),
        ({"since": "2026-11", "until": "2026-10"}, "until"),
        ({"currency": "euro"}, "currency"),
        ({"person": "9" * 65}, "person"),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(
    finn: LocalApi, query: dict[str, str], field: str
) -> None:
    assert field in finn.get("reports/people/", **query).expect(400)["fields"]


def test_an_instant_that_is_none_is_named(finn: LocalApi) -> None:
    assert "at" in finn.get("reports/accrual/", at="yesterday").expect(400)["fields"]


def test_a_report_that_there_is_not_is_404(finn: LocalApi) -> None:
    assert finn.get("reports/everything/").status == 404
    assert finn.get("reports/everything/rows/").status == 404


def test_a_file_is_asked_for_made_and_fetched(finn: LocalApi) -> None:
    asked = finn.post("report-files/", report="people", format="csv", **OCTOBER).expect(202)
    make_all()
    ready = finn.get(f"report-files/{asked['id']}/").expect(200)
    content = finn.get(f"report-files/{asked['id']}/content/")

    assert (asked["state"], asked["asked"]) == ("queued", OCTOBER)
    assert (ready["state"], ready["done"], ready["total"]) == ("ready", 1, 1)
    assert content.headers["x-checksum-sha256"] == ready["sha256"]
    lines = list(csv.DictReader(io.StringIO(content.raw.decode())))
    assert [(line["employee_id"], line["amount"]) for line in lines] == [("00412", "1800.00")]


def test_a_file_that_is_not_ready_is_409(finn: LocalApi) -> None:
    asked = finn.post("report-files/", report="accrual", format="xlsx").expect(202)

    refusal = finn.get(f"report-files/{asked['id']}/content/").expect(409)

    assert refusal["code"] == "REPORT_NOT_READY"
    assert asked["asked"] == {"at": "2026-11-03T09:00:00Z"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"report": "people"}, "format"),
        ({"report": "people", "format": "pdf"}, "format"),
        ({"report": "salaries", "format": "csv"}, "report"),
        ({"report": "people", "format": "csv", "boss": "me"}, "boss"),
        ({"report": "people", "format": "csv", "office": "moon"}, "office"),
    ],
)
def test_a_body_that_is_not_right_is_told_by_field(
    finn: LocalApi, body: dict[str, str], field: str
) -> None:
    assert field in finn.post("report-files/", **body).expect(400)["fields"]
    assert not ReportFile.objects.exists()


def test_the_same_key_asks_once(finn: LocalApi) -> None:
    for _time in range(2):
        finn.post("report-files/", report="people", format="csv", **OCTOBER).expect(202)

    assert ReportFile.objects.count() == 1


def test_nobody_else_reads_or_fetches_anything(finn: LocalApi, money: Money) -> None:
    asked = finn.post("report-files/", report="people", format="csv").expect(202)
    make_all()
    team = money.rotation.team
    for person in (money.ben, builders.make_anna(team=team), builders.make_admin()):
        other = api_of(person)
        for path in ("reports/", "reports/people/", "reports/people/rows/", "report-files/"):
            assert other.get(path).status == 403
        assert other.get(f"report-files/{asked['id']}/content/").status == 403
        assert other.post("report-files/", report="people", format="csv").status == 403
    colleague = api_of(builders.make_finance(name="Fay"))
    assert colleague.get(f"report-files/{asked['id']}/").status == 404
    assert colleague.get(f"report-files/{asked['id']}/content/").status == 404
    assert colleague.all("report-files/") == []
