"""Closing a month on its page: the tick, what stops it, the second click."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from audit.models import AuditEvent
from compensation.models import Export, PayPeriod
from compensation.operations import periods, weeks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, make_money
from tests.rotation.pages import heading, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
MONTH = "/finance/periods/2026-10/"
CLOSE = f"{MONTH}close/"
TICKED = {"seen": "on"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


def _swept() -> None:
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_closing_stores_beside_the_button(finn: Engineer) -> None:
    _swept()

    page = _text(signed_in(finn).get(MONTH))

    assert heading(page) == "Close October 2026"
    assert "3 entries, EUR 1,800.00" in page
    assert "Anything later is posted to November 2026." in page
    assert "I have checked the totals" in page
    assert page.count('class="btn main') == 1


def test_a_ticked_form_closes_the_month_and_leads_to_its_files(finn: Engineer) -> None:
    _swept()

    answer = signed_in(finn).post(CLOSE, TICKED, follow=True)

    page = _text(answer)
    assert answer.redirect_chain == [(MONTH, 302)]
    assert "Closed with 3 entries." in page
    assert heading(page) == "October 2026 is closed"
    assert PayPeriod.objects.get(month="2026-10").closed_by == finn.email
    assert Export.objects.count() == 3


def test_without_the_tick_nothing_is_closed_and_the_box_says_so(finn: Engineer) -> None:
    make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-09", actor=FINN, now=AFTER_OCTOBER)

    answer = signed_in(finn).post(CLOSE)

    page = _text(answer)
    assert answer.status_code == 422
    assert "Compare the totals first, then tick this box." in page
    assert "I have compared the totals with September 2026" in page
    assert PayPeriod.objects.get(month="2026-10").state == PayPeriod.State.OPEN


def test_what_stops_the_close_is_listed(finn: Engineer) -> None:
    make_money(with_rate="", weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    answer = signed_in(finn).post(CLOSE, TICKED)

    page = _text(answer)
    assert answer.status_code == 409
    assert "Not closed. 1 check stands against it." in page
    assert "Dublin has no rate for primary on Mon 5 Oct 2026." in page
    assert "Nothing was changed." in page
    assert not PayPeriod.objects.exists()


def test_a_month_that_runs_is_not_closed_by_a_form_sent_all_the_same(finn: Engineer) -> None:
    _swept()

    answer = signed_in(finn).post("/finance/periods/2026-11/close/", TICKED)

    assert answer.status_code == 409
    assert "The month has not ended in every rotation’s zone." in _text(answer)


def test_the_second_click_finds_the_month_closed_and_changes_nothing(finn: Engineer) -> None:
    _swept()
    client = signed_in(finn)
    client.post(CLOSE, TICKED)

    answer = client.post(CLOSE, TICKED)

    page = _text(answer)
    assert answer.status_code == 409
    assert heading(page) == "October 2026 is closed"
    assert "October 2026 is closed already." in page
    assert Export.objects.count() == 3
    assert AuditEvent.objects.filter(verb="closed").count() == 1


def test_a_month_before_the_last_closed_one_is_not_there(finn: Engineer) -> None:
    _swept()
    client = signed_in(finn)
    client.post(CLOSE, TICKED)

    assert client.post("/finance/periods/2026-08/close/", TICKED).status_code == 404


def test_a_month_in_which_no_week_ended_is_closed_at_zero(finn: Engineer) -> None:
    _swept()
    signed_in(finn).post(CLOSE, TICKED)

    with time_machine.travel(dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC), tick=False):
        client = signed_in(finn)
        page = _text(client.get("/finance/periods/2026-11/"))
        answer = client.post("/finance/periods/2026-11/close/", TICKED, follow=True)

    assert "No week ended in this month; you can close it at zero." in page
    assert "Closed with 0 entries." in _text(answer)
    stored = Export.objects.get(period__month="2026-11", layout="summary")
    assert bytes(stored.content) == (b"period,employee_id,cost_centre,currency,entries,amount\r\n")


def test_a_form_without_its_token_closes_nothing(finn: Engineer) -> None:
    _swept()
    client = Client(enforce_csrf_checks=True)
    client.force_login(finn)

    assert client.post(CLOSE, TICKED).status_code == 403
    assert not Export.objects.exists()


def test_a_link_closes_nothing(finn: Engineer) -> None:
    _swept()

    assert signed_in(finn).get(CLOSE).status_code == 405
    assert not Export.objects.exists()
