"""Who sees money: finance everything, everybody their own, and who may not is told who can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from audit.models import AuditEvent
from compensation.models import Export, Rate
from compensation.operations import periods, weeks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, Money, make_money
from tests.rotation.pages import heading, page_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
MONTH = "/finance/periods/2026-10/"
PAGES = {
    "/finance/periods/": "Only finance can see pay periods.",
    MONTH: "Only finance can see pay periods.",
    "/finance/periods/2019-01/": "Only finance can see pay periods.",
    f"{MONTH}entries/": "Only finance can see pay periods.",
    f"{MONTH}export.csv": "Only finance can download exports.",
    "/finance/rates/": "Only finance can see the history of rates.",
    "/finance/rates/add/": "Only finance can add a rate.",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def money() -> Money:
    """Ben's weeks, paid; Anna manages him, Ada is an admin, Carla is outside."""
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


@pytest.fixture(params=["Ben", "Carla", "Anna", "Ada"])
def other(request: pytest.FixtureRequest, money: Money) -> Engineer:
    """Somebody who is not of finance."""
    if request.param == "Ben":
        return money.ben
    if request.param == "Anna":
        return builders.make_anna(team=money.rotation.team)
    return builders.make_admin() if request.param == "Ada" else builders.make_carla()


@pytest.mark.parametrize("address", PAGES)
def test_who_is_not_of_finance_is_told_who_can_and_sees_no_figure(
    other: Engineer, address: str
) -> None:
    page = page_of(other, address, status=403)

    assert heading(page) == PAGES[address]
    assert "600.00" not in page
    assert "00412" not in page


@pytest.mark.parametrize("address", PAGES)
def test_who_is_not_signed_in_is_led_to_the_door(money: Money, address: str) -> None:
    answer = Client().get(address)

    assert money.ben.pk
    assert answer.headers["Location"].startswith("/sign-in/")


def test_an_attempt_to_close_is_refused_and_stays_on_record(other: Engineer) -> None:
    answer = signed_in(other).post(f"{MONTH}close/", {"seen": "on"})

    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 403
    assert heading(page) == "Only finance can close a period."
    assert not Export.objects.exists()
    event = AuditEvent.objects.get(verb="was refused")
    assert (event.actor, event.area) == (other.email, "money")
    assert event.subject == "closing pay period 2026-10"


def test_an_attempt_to_add_a_rate_is_refused_and_stays_on_record(other: Engineer) -> None:
    answer = signed_in(other).post("/finance/rates/add/", {"weekly": "9999.00"})

    assert answer.status_code == 403
    assert Rate.objects.count() == 1
    assert AuditEvent.objects.get(verb="was refused").subject == "adding a rate"


def test_looking_at_a_page_is_no_attempt(other: Engineer) -> None:
    for address in PAGES:
        signed_in(other).get(address)

    assert not AuditEvent.objects.filter(verb="was refused").exists()


def test_finance_whose_role_has_ended_is_as_anybody_else(money: Money) -> None:
    finn = builders.make_engineer(name="Finn")
    builders.make_role(engineer=finn, role="finance", until=AFTER_OCTOBER)

    assert money.ben.pk
    assert signed_in(finn).get(MONTH).status_code == 403


@pytest.mark.usefixtures("money")
def test_nobody_sees_anothers_pay_on_their_own_page() -> None:
    for person in (builders.make_carla(), builders.make_admin(), builders.make_finance()):
        page = page_of(person, "/pay/")

        assert "1,800.00" not in page
        assert signed_in(person).get("/pay/2026-10/").status_code == 404


def test_a_week_shared_with_another_shows_ones_own_amount_alone(money: Money) -> None:
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=money.office)
    money.shift(OCTOBER[2] + builders.WEEK, holder=money.ben)
    shift = money.shift(OCTOBER[2] + 2 * builders.WEEK, holder=money.ben)
    builders.make_cover(
        shift=shift,
        from_engineer=money.ben,
        to_engineer=carla,
        starts_at=shift.starts_at + builders.WEEK / 2,
    )
    later = AFTER_OCTOBER + 2 * builders.WEEK
    weeks.complete_weeks(actor=SWEEP, now=later)

    with time_machine.travel(later, tick=False):
        page = page_of(carla, "/pay/")

    assert "Your part of the week" in page
    assert "Ben" not in page


def test_the_part_of_home_that_finance_finds_is_no_one_elses(money: Money, other: Engineer) -> None:
    assert money.ben.pk
    assert "Review and close" not in page_of(other, "/")
    assert "Review and close" in page_of(builders.make_finance(), "/")


@pytest.mark.usefixtures("money")
def test_home_says_the_next_month_once_one_is_closed() -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    page = page_of(builders.make_finance(), "/")

    assert "Pay period November 2026" in page
    assert "from <time" in page
