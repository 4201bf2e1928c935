"""Finance's list of months, one month and its entries."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import pytest
import time_machine

from compensation.models import PayPeriod
from compensation.operations import periods, weeks
from tests import builders
from tests.compensation.rows import (
    AFTER_OCTOBER,
    FINN,
    OCTOBER,
    SWEEP,
    Money,
    make_money,
    make_rate,
    many_entries,
)
from tests.rotation.pages import heading, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LIST = "/finance/periods/"
MONTH = "/finance/periods/2026-10/"
CSV = f"{MONTH}export.csv"
IN_OCTOBER = dt.datetime(2026, 10, 28, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    """Finn of finance, who works in no office of the tests."""
    return builders.make_finance()


def swept(money: Money | None = None) -> Money:
    """Ben's weeks of October, paid."""
    money = money or make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


def close() -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)


# ------------------------------------------------------------------ the list
def test_the_list_opens_with_the_month_that_can_be_closed(finn: Engineer) -> None:
    swept()

    page = page_of(finn, LIST)

    assert heading(page) == "October 2026 can be closed"
    assert "EUR 1,800.00" in page
    assert page.index("October 2026</a>") < page.index("November 2026</a>")
    assert "October 2026 comes first" in page
    assert "No month is closed yet" in page


def test_the_list_says_until_when_the_running_month_is_open(finn: Engineer) -> None:
    swept()
    close()

    page = page_of(finn, LIST)

    assert heading(page) == "November 2026 is open until Tue 1 Dec 2026"
    assert "From <time" in page
    assert "Tue 1 Dec 2026, 00:00" in page


def test_the_list_says_what_waits_for_repair(finn: Engineer) -> None:
    swept(make_money(with_rate=""))

    page = page_of(finn, LIST)

    assert heading(page) == "October 2026 waits for 1 check"
    assert "A week is blocked for a missing rate." in page


def test_closed_months_offer_every_file_and_say_who_closed_them(finn: Engineer) -> None:
    swept()
    close()

    page = page_of(finn, LIST)

    assert f'href="{CSV}?layout=detail&amp;version=1"' in page
    assert f'href="{CSV}?layout=summary&amp;version=1"' in page
    assert 'href="/finance/periods/2026-10/export.xlsx?version=1"' in page
    assert "by <bdi>Finn</bdi>" in page


def test_before_the_first_week_the_running_month_is_listed_empty(finn: Engineer) -> None:
    page = page_of(finn, LIST)

    assert heading(page) == "November 2026 is open until Tue 1 Dec 2026"
    assert "nothing" in page


def test_a_month_with_nothing_but_a_week_that_waits_is_listed(finn: Engineer) -> None:
    make_money(weeks=OCTOBER[:1])

    page = page_of(finn, LIST)

    assert heading(page) == "October 2026 waits for 1 check"
    assert "Not every ended week has its entries yet." in page


def test_a_month_between_two_others_is_listed_though_nothing_was_posted_to_it(
    finn: Engineer,
) -> None:
    swept(make_money(weeks=[dt.date(2026, 8, 31)]))

    page = page_of(finn, LIST)

    for month in ("September 2026", "October 2026", "November 2026"):
        assert f"{month}</a>" in page


# ------------------------------------------------------------------ one month
def test_a_month_is_shown_by_currency_and_person_beside_the_month_before(finn: Engineer) -> None:
    money = make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER])
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    carla = builders.make_engineer(name="Carla", employee_id="7")
    builders.make_posting(engineer=carla, office=london, cost_centre="ENG-210")
    make_rate(office=london, weekly_minor=52000)
    money.shift(dt.date(2026, 9, 28), holder=carla)
    swept(money)

    page = page_of(finn, MONTH)

    assert "Dublin, EUR" in page
    assert "London, GBP" in page
    assert '<td class="num soft">600.00</td> <td class="num strong">1,800.00</td>' in page
    assert '<td class="num soft">0.00</td> <td class="num strong">520.00</td>' in page
    assert "Total EUR" in page
    assert "Total GBP" in page
    assert "2,320.00" not in page


def test_somebody_paid_only_the_month_before_stands_there_with_nothing(finn: Engineer) -> None:
    money = make_money(weeks=[dt.date(2026, 9, 7)])
    carla = builders.make_engineer(name="Carla", employee_id="7")
    builders.make_posting(engineer=carla, office=money.office)
    money.shift(OCTOBER[0], holder=carla)
    swept(money)

    page = page_of(finn, MONTH)

    assert '<td class="num soft">600.00</td> <td class="num strong">0.00</td>' in page
    assert '<td class="num">600.00</td><td class="num">600.00</td>' in page


def test_a_month_that_runs_has_a_date_in_the_place_of_the_button(finn: Engineer) -> None:
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=IN_OCTOBER)
    builders.make_rotation(team=builders.make_team(name="West"), time_zone="America/Los_Angeles")
    builders.make_posting(engineer=finn, office=money.office)

    with time_machine.travel(IN_OCTOBER, tick=False):
        page = page_of(finn, MONTH)

    assert heading(page) == "October 2026 is open until Sun 1 Nov 2026"
    assert "It can be closed from <b" in page
    assert "Sun 1 Nov 2026, 07:00 GMT" in page
    assert 'type="checkbox"' not in page
    assert "3 paid weeks ended in October so far." in page


def test_the_hours_of_a_month_add_up_with_what_nobody_had(finn: Engineer) -> None:
    money = make_money(weeks=OCTOBER[:2])
    shift = money.shifts[1]
    shift.holder = None
    shift.save(update_fields=["holder"])
    swept(money)

    page = page_of(finn, MONTH)

    assert "Paid hours add up." in page
    assert "251 h on call in 2 weeks, 125.5 h paid, 125.5 h with nobody" in page


def test_level_2_is_named_as_not_paid(finn: Engineer) -> None:
    money = make_money(weeks=OCTOBER[:1])
    level_2 = builders.level_of(money.rotation, "escalation")
    builders.make_shift(level=level_2, week_date=OCTOBER[0], holder=money.ben)
    swept(money)

    assert "1 week of it ended in this month" in page_of(finn, MONTH)


def test_each_failing_check_names_its_repair(finn: Engineer) -> None:
    money = make_money(with_rate="", weeks=[dt.date(2026, 9, 7), OCTOBER[0]])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    PayPeriod.objects.create(month="2026-09")
    late = money.shift(OCTOBER[1])

    page = page_of(finn, MONTH)

    assert heading(page) == "October 2026 waits for 3 checks"
    assert '<a href="/finance/periods/2026-09/">Close September 2026 first</a>' in page
    assert '<a href="/finance/rates/#blocked">See what is missing</a>' in page
    assert f"week of Mon {late.week_date.day} Oct 2026" in page
    assert "They come by themselves, usually within a minute." in page


def test_a_missing_employee_number_is_an_admins_to_enter(finn: Engineer) -> None:
    money = make_money()
    money.ben.employee_id = None
    money.ben.save(update_fields=["employee_id"])
    swept(money)

    page = page_of(finn, MONTH)

    assert "<bdi>Ben</bdi>" in page
    assert "An admin enters employee numbers" in page


def test_a_closed_month_shows_its_files_with_fingerprint_rows_and_totals(finn: Engineer) -> None:
    swept()
    close()

    page = page_of(finn, MONTH)

    assert heading(page) == "October 2026 is closed"
    assert "3 rows, EUR 1,800.00 · rota-2026-10-detail-v1.csv" in page
    assert "1 row, EUR 1,800.00 · rota-2026-10-summary-v1.csv" in page
    stored = signed_in(finn).get(CSV).content
    assert hashlib.sha256(stored).hexdigest() in page
    assert "Close October 2026" not in page


@pytest.mark.parametrize("month", ["2026-12", "2025-01", "2026-13", "0000-01", "9999-12", "next"])
def test_a_month_that_neither_runs_nor_has_entries_is_not_there(finn: Engineer, month: str) -> None:
    swept()

    assert signed_in(finn).get(f"/finance/periods/{month}/").status_code == 404


# ------------------------------------------------------------------ its entries
def test_the_entries_of_a_month_stand_in_order_of_number(finn: Engineer) -> None:
    money = make_money()
    builders.make_holiday(office=money.office, date=dt.date(2026, 10, 10))
    swept(money)

    page = page_of(finn, f"{MONTH}entries/")

    assert heading(page) == "4 entries in October 2026"
    assert "Week of Mon 5 Oct 2026" in page
    assert "Public holiday, Sat 10 Oct 2026" in page
    assert "dublin-primary-v1" in page
    assert "EUR 600.00" in page
    assert page.index("Mon 5 Oct 2026") < page.index("Mon 19 Oct 2026")


def test_many_entries_come_a_hundred_at_a_time(finn: Engineer) -> None:
    money = swept()
    many_entries(money, 130)

    first = page_of(finn, f"{MONTH}entries/")
    second = page_of(finn, f"{MONTH}entries/?page=2")

    assert "1 to 100 of 133" in first
    assert 'href="?page=2" rel="next"' in first
    assert "101 to 133 of 133" in second
    assert "101 to 133 of 133" in page_of(finn, f"{MONTH}entries/?page=99")
    assert "1 to 100 of 133" in page_of(finn, f"{MONTH}entries/?page=-1x")


def test_a_name_that_turns_the_writing_does_not_turn_the_page(finn: Engineer) -> None:
    money = make_money()
    money.ben.name = "Ben <b>\u202eNeb"
    money.ben.save(update_fields=["name"])
    swept(money)

    for address in (MONTH, f"{MONTH}entries/"):
        assert "<bdi>Ben &lt;b&gt;\u202eNeb</bdi>" in page_of(finn, address)


# ------------------------------------------------------------------ how much it asks
@pytest.mark.parametrize("address", [LIST, MONTH, f"{MONTH}entries/"])
def test_a_page_takes_the_same_number_of_queries_with_ten_and_a_thousand_entries(
    finn: Engineer, address: str
) -> None:
    money = swept()
    many_entries(money, 10)
    few = queries_of(finn, address)
    many_entries(money, 990)

    assert queries_of(finn, address) == few


def test_the_list_takes_the_same_number_of_queries_with_many_closed_months(
    finn: Engineer,
) -> None:
    swept(make_money(weeks=[dt.date(2026, 8, 31), *OCTOBER]))
    periods.close_period(month="2026-09", actor=FINN, now=AFTER_OCTOBER)
    few = queries_of(finn, LIST)
    for month in ("2026-08", "2026-07", "2026-06"):
        PayPeriod.objects.create(
            month=month, state="closed", closed_at=AFTER_OCTOBER, closed_by="finn@example.com"
        )

    assert queries_of(finn, LIST) == few
