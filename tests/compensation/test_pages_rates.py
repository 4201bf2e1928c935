"""Rates on their page, what lacks one, and adding one after seeing what it changes."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from compensation.models import Rate
from compensation.operations import weeks
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, TODAY, WEEK
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money, make_rate
from tests.rotation.pages import heading, many_shifts, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LIST = "/finance/rates/"
ADD = "/finance/rates/add/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def money() -> Money:
    """Ben of Dublin, paid EUR 600.00 a week, with four weeks ahead."""
    money = make_money(weeks=[NEXT_WEEK])
    for number in range(1, 4):
        money.shift(NEXT_WEEK + number * WEEK)
    return money


def _sent(money: Money, **changed: str) -> dict[str, str]:
    return {
        "office": str(money.office.pk),
        "level": "primary",
        "effective_from": (NEXT_WEEK + WEEK).isoformat(),
        "weekly": "650.00",
        "holiday": "80.5",
        **changed,
    }


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _seen(answer: Answer) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


# ------------------------------------------------------------------ the list
def test_the_page_shows_the_rate_in_force_the_coming_one_and_every_version(
    finn: Engineer, money: Money
) -> None:
    make_rate(office=money.office, weekly_minor=70000, effective_from=dt.date(2027, 1, 1))

    page = page_of(finn, LIST)

    assert heading(page) == "Every office has its rates"
    in_force, coming, history = page.split("<h2 ")[1:4]
    assert "EUR 600.00" in in_force
    assert "EUR 700.00" not in in_force
    assert "Fri 1 Jan 2027" in coming
    assert "EUR 700.00" in coming
    assert "dublin-primary-v1" in history
    assert "dublin-primary-v2" in history


def test_who_added_a_rate_is_named(finn: Engineer, money: Money) -> None:
    client = signed_in(finn)
    preview = client.post(ADD, _sent(money))
    client.post(ADD, {**_sent(money), "seen": _seen(preview)})

    assert "<bdi>Finn</bdi>" in page_of(finn, LIST)


def test_an_office_without_a_rate_is_the_pages_answer(finn: Engineer, money: Money) -> None:
    berlin = builders.make_office(name="Berlin", time_zone="Europe/Berlin", country="DE")

    page = page_of(finn, LIST)

    assert money.ben.pk
    assert heading(page) == "1 rate is missing"
    assert f"{ADD}?office={berlin.pk}&amp;level=primary" in page
    assert "Weeks there wait, they are not paid 0" in page


def test_level_2_wants_a_rate_only_where_a_rotation_pays_it(finn: Engineer, money: Money) -> None:
    assert heading(page_of(finn, LIST)) == "Every office has its rates"

    money.rotation.level2_paid = True
    money.rotation.save(update_fields=["level2_paid"])

    assert heading(page_of(finn, LIST)) == "1 rate is missing"


def test_published_weeks_without_a_rate_are_told_before_they_end(
    finn: Engineer, money: Money
) -> None:
    berlin = builders.make_office(name="Berlin", time_zone="Europe/Berlin", country="DE")
    builders.make_posting(
        engineer=money.ben, office=berlin, starts_on=NEXT_WEEK + WEEK, cost_centre="X"
    )

    page = page_of(finn, LIST)

    assert "3 weeks of Berlin, primary have no rate yet." in page
    assert "The first starts Mon 7 Dec 2026." in page


def test_weeks_that_wait_say_what_they_lack(finn: Engineer) -> None:
    make_money(with_rate="", weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    page = page_of(finn, LIST)

    assert heading(page) == "1 week waits for a rate"
    assert "Core, primary, week of Mon 5 Oct 2026" in page
    assert "Dublin has no rate for primary on Mon 5 Oct 2026." in page
    assert "needs two people of finance" in page


def test_before_the_first_office_the_page_says_who_enters_it(finn: Engineer) -> None:
    page = page_of(finn, LIST)

    assert heading(page) == "No office is set up yet"
    assert "An admin enters offices" in page


# ------------------------------------------------------------------ adding one
def test_a_rate_is_shown_with_what_it_changes_before_anything_is_added(
    finn: Engineer, money: Money
) -> None:
    answer = signed_in(finn).post(ADD, _sent(money))

    page = _text(answer)
    assert answer.status_code == 200
    assert heading(page) == "Changes 3 published weeks, no past one"
    assert "the first starts Mon 7 Dec 2026, the last Mon 21 Dec 2026" in page
    assert "600.00" in page
    assert "650.00" in page
    assert "80.50" in page
    assert Rate.objects.count() == 1


def test_the_second_click_adds_it_in_minor_units(finn: Engineer, money: Money) -> None:
    client = signed_in(finn)
    preview = client.post(ADD, _sent(money))

    answer = client.post(ADD, {**_sent(money), "seen": _seen(preview)}, follow=True)

    rate = Rate.objects.get(version="dublin-primary-v2")
    assert "Added as dublin-primary-v2." in _text(answer)
    assert (rate.weekly_minor, rate.holiday_minor, rate.currency) == (65000, 8050, "EUR")
    assert rate.effective_from == NEXT_WEEK + WEEK
    assert rate.added_by == finn.email


def test_adding_twice_adds_once(finn: Engineer, money: Money) -> None:
    client = signed_in(finn)
    preview = client.post(ADD, _sent(money))
    sent = {**_sent(money), "seen": _seen(preview)}
    client.post(ADD, sent)

    answer = client.post(ADD, sent, follow=True)

    assert "This rate is there already, as dublin-primary-v2." in _text(answer)
    assert Rate.objects.count() == 2


def test_figures_changed_after_looking_are_shown_again_and_not_added(
    finn: Engineer, money: Money
) -> None:
    client = signed_in(finn)
    preview = client.post(ADD, _sent(money))

    answer = client.post(ADD, _sent(money, weekly="6500.00", seen=_seen(preview)))

    assert "6,500.00" in _text(answer)
    assert Rate.objects.count() == 1


def test_looking_again_adds_nothing(finn: Engineer, money: Money) -> None:
    client = signed_in(finn)
    preview = client.post(ADD, _sent(money))

    client.post(ADD, _sent(money, seen=_seen(preview), look="again"))

    assert Rate.objects.count() == 1


def test_a_rate_says_when_a_later_one_takes_over(finn: Engineer, money: Money) -> None:
    later = NEXT_WEEK + 2 * WEEK
    make_rate(office=money.office, weekly_minor=70000, effective_from=later)

    page = _text(signed_in(finn).post(ADD, _sent(money)))

    assert heading(page) == "Changes 1 published week, no past one"
    assert "From Mon 14 Dec 2026 another rate counts, which is entered already." in page


def test_a_rate_of_another_office_changes_no_week_of_ben(finn: Engineer, money: Money) -> None:
    tokyo = builders.make_office(name="Tokyo", time_zone="Asia/Tokyo", country="JP", currency="JPY")

    page = _text(
        signed_in(finn).post(
            ADD, _sent(money, office=str(tokyo.pk), weekly="100000", holiday="12000")
        )
    )

    assert heading(page) == "Changes no published week, and no past one"
    assert "100,000" in page
    assert "none" in page


def test_a_level_that_no_rotation_pays_is_told(finn: Engineer, money: Money) -> None:
    page = _text(signed_in(finn).post(ADD, _sent(money, level="escalation")))

    assert "No rotation pays its level 2: this rate waits until one does." in page


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("weekly", "650,00", "Write the decimals after a point: 650.00"),
        ("weekly", "1.250,50", "Write the decimals after a point: 1250.50"),
        ("weekly", "1,250.00", "Write the amount without commas and spaces, as 1250.00"),
        ("weekly", "1 250.00", "Write the amount without commas and spaces, as 1250.00"),
        ("weekly", "650.005", "EUR has 2 decimals at most: nothing is rounded here."),
        ("weekly", "six hundred", "Write the amount without commas and spaces, as 1250.00"),
        ("weekly", "1e3", "Write an amount in digits with a decimal point, as 600.00"),
        ("weekly", "650.", "Write an amount in digits with a decimal point, as 600.00"),
        ("weekly", "٦٥٠", "Write an amount in digits with a decimal point, as 600.00"),
        ("weekly", "-1.00", "The amount is 0 or more"),
        ("holiday", "", "This field is required."),
        ("effective_from", "2026-11-24", "A rate starts today, Wed 25 Nov 2026, or later."),
        ("effective_from", "2026-02-30", "This is not a day."),
        ("effective_from", "2090-01-01", "A rate starts within ten years."),
        ("level", "tertiary", "Select a valid choice."),
        ("office", "0", "Select a valid choice."),
    ],
)
def test_what_cannot_be_a_rate_is_said_beside_its_field_and_kept(
    finn: Engineer, money: Money, field: str, typed: str, message: str
) -> None:
    answer = signed_in(finn).post(ADD, _sent(money, **{field: typed}))

    page = _text(answer)
    assert answer.status_code == 422
    assert message in page
    if field not in {"level", "office"}:
        assert f'value="{typed}"' in page or not typed
    assert Rate.objects.count() == 1


def test_a_currency_without_decimals_takes_whole_units(finn: Engineer, money: Money) -> None:
    tokyo = builders.make_office(name="Tokyo", time_zone="Asia/Tokyo", country="JP", currency="JPY")

    answer = signed_in(finn).post(ADD, _sent(money, office=str(tokyo.pk), holiday="0"))

    assert "JPY has no decimals: write whole units." in _text(answer)


def test_a_link_from_what_lacks_a_rate_fills_the_form(finn: Engineer, money: Money) -> None:
    page = page_of(finn, f"{ADD}?office={money.office.pk}&level=escalation")

    assert f'<option value="{money.office.pk}" selected>Dublin, EUR</option>' in page
    assert re.search(r'value="escalation" checked', page)


def test_the_running_week_is_among_those_that_a_rate_from_its_day_changes(
    finn: Engineer, money: Money
) -> None:
    money.shift(THIS_WEEK)
    with time_machine.travel(dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC), tick=False):
        page = _text(signed_in(finn).post(ADD, _sent(money, effective_from=THIS_WEEK.isoformat())))

    assert heading(page) == "Changes 5 published weeks, no past one"


# ------------------------------------------------------------------ how much it asks
def test_the_page_takes_the_same_number_of_queries_with_ten_and_a_thousand_rows(
    finn: Engineer, money: Money
) -> None:
    level = builders.level_of(money.rotation)
    _many_rates(money, 10)
    few = queries_of(finn, LIST)
    _many_rates(money, 990)
    many_shifts(level, money.ben, first=NEXT_WEEK + 4 * WEEK, count=200)

    assert queries_of(finn, LIST) == few
    assert "1 to 100 of 1001" in page_of(finn, LIST)


def _many_rates(money: Money, count: int) -> None:
    start = Rate.objects.count()
    Rate.objects.bulk_create(
        Rate(
            version=f"made-up-{start + number}",
            office=money.office,
            level="primary",
            effective_from=TODAY - dt.timedelta(days=start + number),
            weekly_minor=60000,
            holiday_minor=9000,
            currency="EUR",
            added_by="shell",
            added_at=builders.LONG_AGO,
        )
        for number in range(count)
    )
