"""One's own pay, the sum behind an entry, questions about it, and a rotation's cost, by the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import time_machine

from compensation.operations import weeks
from tests import builders
from tests.api.people import api_of
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.client import LocalApi

pytestmark = pytest.mark.django_db
EUROS = {"amount": "600.00", "minor": 60000, "currency": "EUR"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def money() -> Money:
    money = make_money(weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


@pytest.fixture
def ben(money: Money) -> LocalApi:
    return api_of(money.ben)


def test_ones_own_pay_in_sum(ben: LocalApi) -> None:
    found = ben.get("me/pay/").body

    assert found["open"] == [
        {"period": "2026-10", "is_closed": False, "sums": [{"weeks": 1, "amount": EUROS}]}
    ]
    assert [year["key"] for year in found["years"]] == ["2026", "fy2026"]
    assert found["rates"][0]["weekly"] == EUROS
    assert (found["waiting"], found["next"], found["blocked"]) == ([], None, "")


def test_a_years_statement_with_what_it_is_made_of(ben: LocalApi) -> None:
    found = ben.get("me/pay/years/fy2026/").body

    assert (found["first_month"], found["last_month"]) == ("2026-04", "2027-03")
    assert found["totals"][0]["amount"] == EUROS
    assert found["months"][0]["parts"]["weeks"] == 1
    assert ben.get("me/pay/years/next/").status == 404


def test_an_entry_with_each_step_of_its_sum(ben: LocalApi) -> None:
    found = ben.get("entries/1/").body

    assert found["entry"]["number"] == 1
    base = found["working"]["base"]
    assert base["pool"] == {"worth": 60000, "part": 451800, "whole": 451800, "minor": 60000}
    assert (base["floor"], base["left_over"], base["minor"]) == (60000, 0, 60000)
    assert found["takes_back"] is found["taken_back_by"] is None
    assert found["reason"] == ""


def test_an_entry_of_somebody_else_is_not_there(money: Money) -> None:
    for other in (builders.make_carla(), builders.make_anna(team=money.rotation.team)):
        assert api_of(other).get("entries/1/").status == 404
    assert api_of(builders.make_finance()).get("entries/1/").status == 200


def test_a_question_is_asked_and_answered(ben: LocalApi) -> None:
    finn = api_of(builders.make_finance())

    asked = ben.post("pay-questions/", entry=1, question="Why?")
    again = ben.post("pay-questions/", entry=1, question="Why?")
    waiting = finn.get("pay-questions/?scope=all").body["results"]
    answered = finn.post(f"pay-questions/{waiting[0]['id']}/answer/", answer="So.")

    assert (asked.status, again.status) == (201, 409)
    assert again.body["code"] == "QUESTION_OPEN"
    assert answered.body["answer"] == "So."
    assert ben.get("pay-questions/").body["results"][0]["answered_by"] == "Finn"


def test_the_same_key_asks_once(ben: LocalApi) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one"}
    raw = json.dumps({"entry": 1, "question": "Why?"}).encode()

    first, second = (
        ben.send("POST", "/api/v1/pay-questions/", raw, dict(headers)) for _ in range(2)
    )

    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert len(ben.get("pay-questions/").body["results"]) == 1


def test_only_finance_reads_all_questions_and_answers(ben: LocalApi) -> None:
    asked = ben.post("pay-questions/", entry=1, question="Why?").body
    carla = api_of(builders.make_carla())

    assert carla.get("pay-questions/").body["results"] == []
    assert carla.get("pay-questions/?scope=all").status == 403
    assert carla.post(f"pay-questions/{asked['id']}/answer/", answer="No.").status == 403
    assert carla.post("pay-questions/", entry=1, question="Why?").status == 404


def test_the_cost_of_a_rotation_tells_nobodys_pay(money: Money) -> None:
    anna, finn = builders.make_anna(team=money.rotation.team), builders.make_finance()

    hers = api_of(anna).get("rotations/core/cost/").body
    his = api_of(finn).get("rotations/core/cost/").body

    assert hers == {"lines": [], "open_periods": ["2026-10"]}
    assert his["lines"][0]["amount"] == EUROS
    assert api_of(money.ben).get("rotations/core/cost/").status == 404
