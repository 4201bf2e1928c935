"""Rates from a past day on their pages: seen before they are asked for, decided by another."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.operations import Actor
from compensation.models import Entry, Rate, RateProposal
from compensation.operations import rate_proposals, recalculating, weeks
from compensation.operations.rates import NewRate
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money
from tests.rotation.pages import heading, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
ADD = "/finance/rates/add/"
LIST = "/finance/rates/proposals/"


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def grace() -> Engineer:
    return builders.make_finance(name="Grace")


@pytest.fixture
def money() -> Money:
    made = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return made


def _sent(money: Money, **changed: str) -> dict[str, str]:
    return {
        "office": str(money.office.pk),
        "level": "primary",
        "effective_from": OCTOBER[1].isoformat(),
        "weekly": "650.01",
        "holiday": "90",
        "retroactive": "on",
        "reason": "The agreement came late.",
        **changed,
    }


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _propose(money: Money, finn: Engineer, weekly_minor: int = 65001) -> str:
    rate = NewRate(
        office_id=money.office.pk,
        level="primary",
        effective_from=OCTOBER[1],
        weekly_minor=weekly_minor,
        holiday_minor=9000,
    )
    made = rate_proposals.propose_rate(
        rate=rate, reason="Late.", actor=actor_of(finn), now=AFTER_OCTOBER
    )
    return f"{LIST}{made}/"


# ------------------------------------------------------------------ asking
def test_the_ended_weeks_that_change_are_shown_before_anything_is_asked(
    finn: Engineer, money: Money
) -> None:
    answer = signed_in(finn).post(ADD, _sent(money))

    page = _text(answer)
    assert answer.status_code == 200
    assert heading(page) == "Changes 2 ended weeks"
    assert "2 entries of 1 person taken back, 2 entries written instead" in page
    assert "1,200.00" in page
    assert "1,300.02" in page
    assert "Core, primary, week of Mon 12 Oct 2026" in page
    assert not RateProposal.objects.exists()


def test_the_second_click_asks_another_of_finance(
    finn: Engineer, grace: Engineer, money: Money
) -> None:
    client = signed_in(finn)
    seen = re.search(r'name="seen" value="([^"]+)"', _text(client.post(ADD, _sent(money))))
    assert seen is not None

    answer = client.post(ADD, {**_sent(money), "seen": seen[1]}, follow=True)

    page = _text(answer)
    assert "Proposed. The others of finance got a mail" in page
    assert "You proposed this" in page
    assert Rate.objects.count() == 1
    assert "1 rate from a past day waits for approval" in page_of(grace, "/finance/rates/")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": ""}, "Say why: another of finance decides by it."),
        ({"effective_from": "2026-11-20"}, "It starts today or later and needs nobody’s approval"),
        ({"retroactive": ""}, "is retroactive: another person of finance approves it."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    finn: Engineer, money: Money, changed: dict[str, str], message: str
) -> None:
    sent = {name: text for name, text in _sent(money, **changed).items() if text}

    answer = signed_in(finn).post(ADD, sent)

    assert answer.status_code == 422
    assert message in _text(answer)
    assert not RateProposal.objects.exists()


# ------------------------------------------------------------------ deciding
def test_another_sees_what_it_changes_and_approves(
    finn: Engineer, grace: Engineer, money: Money
) -> None:
    address = _propose(money, finn)
    page = page_of(grace, address)
    assert heading(page) == "Finn proposes a rate from a past day"
    assert "Approve the rate" in page
    assert "EUR 50.01" in page

    answer = signed_in(grace).post(f"{address}approve/", {"note": ""}, follow=True)

    assert "Approved as dublin-primary-v2." in _text(answer)
    assert "0 of 2 weeks are priced anew" in _text(answer)
    recalculating.recalculate_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    assert "2 weeks were priced anew" in page_of(finn, address)
    assert "added later, by two people" in page_of(finn, "/finance/rates/")


def test_who_proposed_is_refused_on_their_own_page(finn: Engineer, money: Money) -> None:
    address = _propose(money, finn)

    page = page_of(finn, address)
    answer = signed_in(finn).post(f"{address}approve/", {"note": ""})

    assert "Approve the rate" not in page
    assert answer.status_code == 403
    assert "another of finance decides" in _text(answer)
    assert Rate.objects.count() == 1


def test_who_is_paid_by_it_decides_nothing(finn: Engineer, money: Money) -> None:
    builders.make_role(engineer=money.ben, role="finance")
    address = _propose(money, finn)

    page = page_of(money.ben, address)
    answer = signed_in(money.ben).post(f"{address}approve/", {"note": ""})

    assert "It changes what you were paid" in page
    assert answer.status_code == 403


def test_declining_needs_a_word(finn: Engineer, grace: Engineer, money: Money) -> None:
    address = _propose(money, finn)
    client = signed_in(grace)

    empty = client.post(f"{address}decline/", {"note": " "})
    done = client.post(f"{address}decline/", {"note": "Wrong day."}, follow=True)

    assert empty.status_code == 422
    assert "Say why: whoever asked reads it." in _text(empty)
    assert "Declined: rates stay as they are" in _text(done)
    assert "Wrong day." in _text(done)
    assert Entry.objects.count() == 3


def test_taking_it_back_and_a_second_click(finn: Engineer, money: Money) -> None:
    address = _propose(money, finn)
    client = signed_in(finn)

    done = client.post(f"{address}withdraw/", follow=True)
    again = client.post(f"{address}withdraw/")

    assert "Taken back. Rates stay as they are." in _text(done)
    assert again.status_code == 409


def test_the_list_takes_as_many_queries_for_one_as_for_thirty(finn: Engineer, money: Money) -> None:
    _propose(money, finn)
    few = queries_of(finn, LIST)
    for number in range(30):
        _propose(money, finn, weekly_minor=70000 + number)

    assert queries_of(finn, LIST) == few


def test_a_rate_that_nobody_proposed_is_not_there(finn: Engineer) -> None:
    assert signed_in(finn).get(f"{LIST}99/").status_code == 404
    assert signed_in(finn).post(f"{LIST}99/approve/").status_code == 404


def test_nothing_proposed_says_how_to(finn: Engineer) -> None:
    assert "No rate was ever proposed for a past day" in page_of(finn, LIST)
    assert dt.date(2026, 10, 12) == OCTOBER[1]
