"""Reports on pages: what finance asks, reads, and takes along as a file."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from compensation.domain.reports import ABOUT, Report
from compensation.models import ReportFile
from compensation.operations import weeks
from rotation.models import Incident, Page
from tests import builders
from tests.compensation.ledgers import make_ledger
from tests.compensation.rows import (
    AFTER_OCTOBER,
    OCTOBER,
    SWEEP,
    Money,
    make_money,
    make_rate,
    many_entries,
)
from tests.rotation.pages import heading, queries_of, signed_in
from tests.rotation.pages import page_of as page_with_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LIST = "/finance/reports/"
FILES = f"{LIST}files/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    """Finn of finance, who works in no office of the tests."""
    return builders.make_finance()


def page_of(engineer: Engineer, where: str) -> str:
    """The page without the spaces that end its cells."""
    page = page_with_spaces(engineer, where)
    return page.replace(" </td>", "</td>").replace(" </bdi>", "</bdi>")


def address(report: Report) -> str:
    return f"{LIST}{report}/"


def swept(money: Money | None = None) -> Money:
    """Ben's weeks of October, paid."""
    money = money or make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


# ------------------------------------------------------------------ which there are
def test_the_list_names_every_report_with_what_it_answers(finn: Engineer) -> None:
    page = page_of(finn, LIST)

    for report, about in ABOUT.items():
        assert f'<a href="{address(report)}"><b>{about.title}</b></a>' in page
        assert about.line in page
    assert "No file yet" in page


@pytest.mark.parametrize("report", list(Report))
def test_an_empty_ledger_says_so_in_words(finn: Engineer, report: Report) -> None:
    page = page_of(finn, address(report))

    assert "No row" in page
    assert "<table" not in page


# ------------------------------------------------------------------ adding up
def test_each_currency_is_added_up_for_itself(finn: Engineer) -> None:
    money = make_money()
    tokyo = builders.make_office(name="Tokyo", time_zone="Asia/Tokyo", currency="JPY")
    carla = builders.make_engineer(name="Carla", employee_id="7")
    builders.make_posting(engineer=carla, office=tokyo, cost_centre="ENG-210")
    make_rate(office=tokyo, weekly_minor=40001)
    money.shift(dt.date(2026, 9, 28), holder=carla)
    swept(money)

    page = page_of(finn, address(Report.PEOPLE))

    assert heading(page) == "EUR 1,800.00 and JPY 40,001"
    assert "Total EUR" in page
    assert "Total JPY" in page
    assert "41,801" not in page
    assert '<th scope="row"><bdi>Carla</bdi></th>' in page


def test_the_months_are_those_of_posting_and_can_be_chosen(finn: Engineer) -> None:
    swept(make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER]))

    whole = page_of(finn, address(Report.PERIODS))
    september = page_of(finn, f"{address(Report.PERIODS)}?since=2026-09&until=2026-09")

    assert heading(whole) == "EUR 2,400.00"
    assert heading(september) == "EUR 600.00"
    assert "September 2026, by the month of posting" in september


def test_a_row_leads_to_its_entries(finn: Engineer) -> None:
    swept()

    page = page_of(finn, f"{address(Report.OFFICES)}?since=2026-10&until=2026-10")
    href = f"{address(Report.ENTRIES)}?since=2026-10&amp;until=2026-10&amp;office=dublin"

    assert href in page
    assert heading(page_of(finn, href.replace("&amp;", "&") + "&currency=EUR")) == "EUR 1,800.00"


def test_a_chart_over_months_has_a_table_with_the_same_figures(finn: Engineer) -> None:
    swept(make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER]))

    page = page_of(finn, address(Report.PERIODS))

    assert '<svg class="chart"' in page
    assert "the table below holds the same figures" in page
    assert "1,800.00" in page


def test_a_year_stands_beside_the_one_before_and_adds_up(finn: Engineer) -> None:
    money = make_money(with_rate="", weeks=[dt.date(2025, 10, 6), dt.date(2026, 9, 7), *OCTOBER])
    make_rate(office=money.office, effective_from=dt.date(2025, 1, 1))
    money.ben.postings.update(starts_on=dt.date(2025, 1, 1))
    swept(money)

    calendar = page_of(finn, address(Report.YEAR))
    fiscal = page_of(finn, f"{address(Report.YEAR)}?year=fy2026")

    assert heading(calendar) == "EUR 2,400.00"
    assert "January 2026 to November 2026" in calendar
    assert '<td class="num no-phone">600.00</td>' in calendar
    assert "April 2026 to November 2026" in fiscal


def test_the_cost_of_a_page_is_that_of_the_same_weeks(finn: Engineer) -> None:
    money = swept()
    for number in range(4):
        incident = Incident.objects.create(
            ref=f"Q{number}",
            title="It stands still",
            rotation=money.rotation,
            triggered_at=builders.NOW,
        )
        Page.objects.create(
            incident=incident,
            user_ref="PBEN",
            engineer=money.ben,
            shift=money.shifts[0],
            paged_at=money.shifts[0].starts_at,
            in_on_call_hours=True,
            in_sleep_hours=False,
        )

    page = page_of(finn, address(Report.PAGE_COST))

    assert '<td class="num">4</td>' in page
    assert "450.00" in page  # 1,800.00 for four pages
    assert "1.33" in page  # a week
    before = page_of(finn, f"{address(Report.PAGE_COST)}?since=2026-11")
    assert heading(before) == "No entry fits"


def test_adjustments_and_reversals_stand_among_corrections(finn: Engineer) -> None:
    make_ledger(3)

    page = page_of(finn, f"{address(Report.CORRECTIONS)}?since=2025-12&until=2026-11")

    assert "reverses" in page
    assert "in its place" in page
    assert "adjustment" in page
    assert "A rate or a calendar changed for weeks that had ended." in page


# ------------------------------------------------------------------ weeks without entries
def test_a_running_week_accrues_by_its_paid_seconds(finn: Engineer) -> None:
    money = make_money(weeks=[dt.date(2026, 11, 2)])
    builders.make_posting(engineer=finn, office=money.office, starts_on=dt.date(2026, 1, 5))

    page = page_of(finn, f"{address(Report.ACCRUAL)}?day=2026-11-09&time=00:00")

    # 15.5 h on each of four nights, 78.5 h from Friday evening: 125.5 of 125.5 but Monday's nine.
    assert heading(page) == "EUR 556.97 accrued"
    assert "116.5 h" in page
    assert "125.5 h" in page


def test_an_hour_that_the_clocks_repeat_is_asked_for(finn: Engineer) -> None:
    money = make_money(weeks=[dt.date(2026, 10, 19)])
    builders.make_posting(engineer=finn, office=money.office, starts_on=dt.date(2026, 1, 5))
    asked = f"{address(Report.ACCRUAL)}?day=2026-10-25&time=01:30"

    refused = signed_in(finn).get(asked)
    first, second = (page_of(finn, f"{asked}&turn={turn}") for turn in ("first", "second"))

    assert refused.status_code == 422
    assert "comes twice on Sun 25 Oct 2026" in refused.content.decode()
    assert heading(first) != heading(second)


def test_a_week_without_a_rate_accrues_nothing_and_says_why(finn: Engineer) -> None:
    make_money(with_rate="", weeks=[dt.date(2026, 11, 2)])

    page = page_of(finn, f"{address(Report.ACCRUAL)}?day=2026-11-05")

    assert heading(page) == "Nothing has accrued"
    assert "no rate" in page


def test_unpaid_hours_are_told_by_person(finn: Engineer) -> None:
    money = make_money(weeks=OCTOBER[:1])
    level_2 = builders.level_of(money.rotation, "escalation")
    for week_date in OCTOBER[:2]:
        builders.make_shift(level=level_2, week_date=week_date, holder=money.ben)
    swept(money)

    page = page_of(finn, address(Report.UNPAID))

    assert heading(page) == "251 h on call at unpaid levels"
    assert '<td class="num">2</td>' in page


def test_blocked_weeks_say_what_they_wait_for(finn: Engineer) -> None:
    swept(make_money(with_rate="", weeks=OCTOBER[:1]))

    page = page_of(finn, address(Report.BLOCKED))

    assert heading(page) == "1 week waits for a rate"
    assert "Dublin has no rate for primary" in page
    assert "October 2026" in page


# ------------------------------------------------------------------ odd questions
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-11&until=2026-10", "October 2026 is before November 2026"),
        ("since=1999-01", "This is none of those that can be asked for."),
        ("currency=XXX", "This is none of those that can be asked for."),
        ("person=" + "9" * 100, "at most 64 characters"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_at_its_field(
    finn: Engineer, query: str, words: str
) -> None:
    swept()

    answer = signed_in(finn).get(f"{address(Report.PEOPLE)}?{query}")

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "1,800.00" not in answer.content.decode()


def test_a_report_that_there_is_not_is_no_page(finn: Engineer) -> None:
    assert signed_in(finn).get(f"{LIST}everything/").status_code == 404


# ------------------------------------------------------------------ who, and how much it asks
@pytest.mark.parametrize("report", list(Report))
def test_nobody_but_finance_reads_a_report(report: Report) -> None:
    money = swept()
    team = money.rotation.team
    for person in (money.ben, builders.make_anna(team=team), builders.make_admin()):
        answer = signed_in(person).get(address(report))

        assert answer.status_code == 403
        assert "1,800" not in answer.content.decode()


@pytest.mark.parametrize("report", list(Report))
def test_a_report_takes_the_same_number_of_queries_with_ten_and_a_thousand_entries(
    finn: Engineer, report: Report
) -> None:
    money = swept()
    many_entries(money, 10)
    few = queries_of(finn, address(report))
    many_entries(money, 990)

    assert queries_of(finn, address(report)) == few


def test_many_rows_come_a_hundred_at_a_time_and_keep_the_question(finn: Engineer) -> None:
    money = swept()
    many_entries(money, 130)

    page = page_of(finn, f"{address(Report.ENTRIES)}?since=2026-10&until=2026-10&page=2")

    assert "101 to 133 of 133" in page
    assert 'href="?page=1&amp;since=2026-10&amp;until=2026-10" rel="prev"' in page


# ------------------------------------------------------------------ as a file
def test_asking_for_a_file_leaves_it_to_a_worker(finn: Engineer) -> None:
    swept()

    answer = signed_in(finn).post(
        f"{address(Report.PEOPLE)}file/",
        {"since": "2026-10", "until": "2026-10", "format": "xlsx"},
    )

    assert answer.status_code == 302
    row = ReportFile.objects.get()
    assert (row.report, row.format, row.state) == ("people", "xlsx", "queued")
    assert row.asked == {"since": "2026-10", "until": "2026-10"}
    waiting = signed_in(finn).get(FILES)
    assert waiting.headers["Refresh"] == "3"
    assert "1 file is being made" in waiting.content.decode()


def test_a_format_that_there_is_not_is_refused_on_the_page(finn: Engineer) -> None:
    answer = signed_in(finn).post(f"{address(Report.PEOPLE)}file/", {"format": "pdf"})

    assert answer.status_code == 422
    assert "The format is csv or xlsx." in answer.content.decode()
    assert not ReportFile.objects.exists()
