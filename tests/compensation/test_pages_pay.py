"""One's own pay: the sum, how each amount came about, what comes next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from common.wording import MINUS
from compensation.models import Entry
from compensation.operations import periods, recomputing, weeks
from rotation.models import Cover
from tests import builders
from tests.builders import WEEK
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
from tests.rotation.pages import heading, many_shifts, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
PAGE = "/pay/"
TIMES = "\N{MULTIPLICATION SIGN}"
NOVEMBER = dt.date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


def _swept(money: Money, now: dt.datetime = AFTER_OCTOBER) -> Money:
    weeks.complete_weeks(actor=SWEEP, now=now)
    return money


def _close(month: str = "2026-10") -> None:
    periods.close_period(month=month, actor=FINN, now=AFTER_OCTOBER)


# ------------------------------------------------------------------ the sum
def test_the_page_answers_with_the_sum_of_the_open_period() -> None:
    money = _swept(make_money())

    page = page_of(money.ben, PAGE)

    assert heading(page) == "€1,800.00 in October 2026 so far"
    assert "only you see this page" in page
    assert "Mon 5 to Mon 12 Oct 2026" in page
    assert "all 125.5 h" in page
    assert "Period open" in page


def test_two_currencies_are_two_sums() -> None:
    money = make_money(weeks=OCTOBER[:1])
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    make_rate(office=london, weekly_minor=52000)
    builders.make_posting(engineer=money.ben, office=london, starts_on=OCTOBER[1])
    money.shift(OCTOBER[1])
    _swept(money)

    page = page_of(money.ben, PAGE)

    assert heading(page) == "€600.00 and £520.00 in October 2026 so far"
    assert "1,120.00" not in page


def test_closed_periods_are_sums_that_lead_to_their_weeks() -> None:
    money = _swept(make_money())
    _close()

    page = page_of(money.ben, PAGE)
    month = page_of(money.ben, "/pay/2026-10/")

    assert heading(page) == "Nothing in November 2026 yet"
    assert '<a href="/pay/2026-10/">October 2026</a>' in page
    assert "2026 so far" in page
    assert "Fiscal year so far" in page
    assert heading(month) == "€1,800.00 in October 2026"
    assert "The period is closed: these entries are final." in month
    assert "Mon 19 to Mon 26 Oct 2026" in month


def test_the_year_begins_anew_and_the_closed_months_stay() -> None:
    money = _swept(make_money())
    _close()

    with time_machine.travel(dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC), tick=False):
        page = page_of(money.ben, PAGE)

    assert "<dt>2027 so far</dt><dd>nothing" in page
    assert "October 2026</a>" in page


@pytest.mark.parametrize("month", ["2026-09", "2026-13", "never"])
def test_a_month_without_an_own_entry_is_not_there(month: str) -> None:
    money = _swept(make_money())

    assert signed_in(money.ben).get(f"/pay/{month}/").status_code == 404


# ------------------------------------------------------------------ how it was computed
def _shared_week() -> Money:
    """Carla takes a day of Ben's week, from the middle of a public holiday."""
    money = make_money(weeks=OCTOBER[:1])
    builders.make_holiday(office=money.office, date=dt.date(2026, 10, 10), name="A day off")
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=money.office)
    saturday = dt.datetime(2026, 10, 10, 11, tzinfo=dt.UTC)
    builders.make_cover(
        shift=money.shifts[0],
        from_engineer=money.ben,
        to_engineer=carla,
        starts_at=saturday,
        ends_at=saturday + dt.timedelta(days=1),
    )
    return _swept(money)


def test_the_lines_of_a_shared_week_with_a_holiday_add_up() -> None:
    money = _shared_week()

    page = page_of(money.ben, PAGE)

    # 38486 + 4500 + 10040 minor units are the 53026 of the heading.
    assert heading(page) == "€530.26 in October 2026 so far"
    for text in [
        "101.5 of 125.5 h",
        f"€600.00 {TIMES} 80.5 h ÷ 125.5 h",
        "Mon 5 Oct, 17:30 to Sat 10 Oct 2026, 12:00 IST",
        "€384.86",
        "A day off, Sat 10 Oct 2026",
        f"€90.00 {TIMES} 12 h ÷ 24 h",
        "€45.00",
        f"€600.00 {TIMES} 21 h ÷ 125.5 h",
        "€100.40",
        "Rate dublin-primary-v1: €600.00 a week",
        "in force when the week started",
    ]:
        assert text in page


def test_each_entry_has_a_page_whose_steps_add_up() -> None:
    money = _shared_week()

    numbers = range(1, Entry.objects.count() + 1)
    pages = [signed_in(money.ben).get(f"/pay/entries/{number}/") for number in numbers]
    shown = [" ".join(page.content.decode().split()) for page in pages if page.status_code == 200]

    assert len(shown) == 3
    first = next(page for page in shown if "€384.86 for" in heading(page))
    for text in [
        "The week pays €600.00 by rate dublin-primary-v1 for 451,800 s of on-call time",
        f"€600.00 {TIMES} 289,800 s ÷ 451,800 s = 384.860557, rounded down to €384.86.",
        "All parts rounded down leave 1 smallest unit",
    ]:
        assert text in first
    holiday = next(page for page in shown if "A day off" in heading(page))
    assert "Yours are the first 43,200 s" in holiday
    assert f"€90.00 {TIMES} 43,200 s ÷ 86,400 s = 45.00, exactly €45.00." in holiday
    assert "Carla" not in "".join(shown)


def test_nobody_else_finds_the_page_of_an_entry() -> None:
    money = _swept(make_money(weeks=OCTOBER[:1]))
    anna = builders.make_anna(team=money.rotation.team)

    for other in (builders.make_carla(), anna, builders.make_admin()):
        assert signed_in(other).get("/pay/entries/1/").status_code == 404
    assert "Ben" in page_of(builders.make_finance(), "/pay/entries/1/")
    assert signed_in(money.ben).get("/pay/entries/99999999999999999999/").status_code == 404


def test_a_corrected_week_shows_what_was_and_what_is_as_a_pair() -> None:
    money = _swept(make_money(weeks=OCTOBER[:1]))
    _close()
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=money.office)
    saturday = dt.datetime(2026, 10, 10, 11, tzinfo=dt.UTC)
    builders.make_cover(
        shift=money.shifts[0],
        from_engineer=money.ben,
        to_engineer=carla,
        starts_at=saturday,
        ends_at=saturday + dt.timedelta(days=1),
    )
    recomputing.recompute_shift(shift_id=money.shifts[0].pk, actor=SWEEP, now=AFTER_OCTOBER)

    page = page_of(money.ben, PAGE)
    taken_back = page_of(money.ben, "/pay/entries/1/")

    assert heading(page) == f"{MINUS}€114.74 in November 2026 so far"
    assert "corrected" in page
    assert "takes back €600.00 of" in page
    assert "Nothing was paid for it before" in page
    assert heading(page_of(money.ben, "/pay/2026-10/")) == "€600.00 in October 2026"
    assert "It was taken back by" in taken_back
    assert heading(page_of(carla, PAGE)) == "€114.74 in November 2026 so far"


def test_what_a_week_pays_stands_there_with_what_comes() -> None:
    money = _swept(make_money(weeks=OCTOBER[:1]))
    make_rate(office=money.office, weekly_minor=65000, effective_from=dt.date(2027, 1, 4))

    page = page_of(money.ben, PAGE)

    assert "What a week pays you" in page
    assert "€650.00 a week" in page
    assert "for weeks that start" in page


def test_a_whole_week_is_what_the_rate_says() -> None:
    money = _swept(make_money(weeks=OCTOBER[:1]))

    page = page_of(money.ben, PAGE)

    assert "The whole week" in page
    assert "€600.00 for all 125.5 h" in page
    assert "<details open>" in page


# ------------------------------------------------------------------ what comes next
def test_before_the_first_entry_the_page_says_when_it_comes() -> None:
    money = make_money(weeks=[NOVEMBER])

    page = page_of(money.ben, PAGE)

    assert heading(page) == "Your first entry comes Mon 9 Nov 2026"
    assert "It comes when your first week ends, " in page
    assert "Mon 9 Nov 2026, 12:00 GMT" in page
    assert "€600.00" in page


def test_somebody_without_a_week_ahead_is_told_how_pay_comes() -> None:
    page = page_of(builders.make_carla(), PAGE)

    assert heading(page) == "No pay yet"
    assert "You have no such week ahead." in page
    assert 'href="/apply/"' in page


def test_level_2_says_that_it_makes_no_entries() -> None:
    money = make_money(weeks=[NOVEMBER])
    anna = builders.make_anna(team=money.rotation.team)
    level_2 = builders.level_of(money.rotation, "escalation")
    builders.make_shift(level=level_2, week_date=NOVEMBER, holder=anna)

    page = page_of(anna, PAGE)

    assert "your weeks there make no entries" in page


def test_a_week_that_ended_a_moment_ago_is_being_computed() -> None:
    money = make_money(weeks=OCTOBER[:1])

    page = page_of(money.ben, PAGE)

    assert heading(page) == "Your first entry is on its way"
    assert "Being computed" in page


def test_a_blocked_week_is_safe_and_names_nobody_else() -> None:
    money = make_money(weeks=OCTOBER[:1])
    carla = builders.make_carla()
    shift = money.shifts[0]
    builders.make_cover(
        shift=shift,
        from_engineer=money.ben,
        to_engineer=carla,
        ends_at=shift.starts_at + WEEK / 2,
    )
    _swept(money)

    page = page_of(money.ben, PAGE)

    assert "Your week Mon 5 to Mon 12 Oct 2026 waits for finance." in page
    assert "A rate is missing for somebody else who was on call in it." in page
    assert "Waits for a rate" in page
    assert "Carla" not in page


def test_a_week_without_a_rate_of_ones_own_says_which_office_and_level_lack_it() -> None:
    money = _swept(make_money(with_rate="", weeks=OCTOBER[:1]))

    page = page_of(money.ben, PAGE)

    assert "Finance has no rate for Dublin, primary. Your week is safe and waits" in page


def test_a_week_given_away_is_not_announced_and_a_taken_one_is() -> None:
    money = make_money(weeks=[NOVEMBER])
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=money.office)
    builders.make_cover(shift=money.shifts[0], from_engineer=money.ben, to_engineer=carla)

    assert heading(page_of(money.ben, PAGE)) == "No pay yet"
    assert heading(page_of(carla, PAGE)) == "Your first entry comes Mon 9 Nov 2026"


def test_a_request_for_cover_that_nobody_took_changes_nothing() -> None:
    money = make_money(weeks=[NOVEMBER])
    builders.make_cover(shift=money.shifts[0], from_engineer=money.ben, to_engineer=None)

    assert Cover.objects.get().state == Cover.State.OPEN
    assert heading(page_of(money.ben, PAGE)) == "Your first entry comes Mon 9 Nov 2026"


# ------------------------------------------------------------------ how much it asks
def test_the_page_takes_the_same_number_of_queries_with_ten_and_a_thousand_entries() -> None:
    money = _swept(make_money())
    level = builders.level_of(money.rotation)
    many_entries(money, 10)
    many_shifts(level, money.ben, first=NOVEMBER, count=10)
    few = queries_of(money.ben, PAGE)
    many_entries(money, 990)
    many_shifts(level, money.ben, first=NOVEMBER + 10 * WEEK, count=200)

    assert queries_of(money.ben, PAGE) == few
