"""Offices' calendars on their pages: days, changes seen before they are made, weeks to decide."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.operations import Actor
from compensation.models import Entry, Recalculation
from compensation.operations import office_calendars, recalculating, weeks
from tests import builders
from tests.compensation.rows import OCTOBER, SWEEP, Money, make_money
from tests.rotation.pages import heading, page_of, queries_of, signed_in
from volunteers.models import CalendarVersion, PublicHoliday
from volunteers.operations import calendars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)
LIST = "/finance/calendars/"
PAGE = "/finance/calendars/dublin/"
WEDNESDAY = OCTOBER[0] + dt.timedelta(days=2)
COMING = OCTOBER[2] + dt.timedelta(days=2)


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def grace() -> Engineer:
    return builders.make_finance(name="Grace")


@pytest.fixture
def money() -> Money:
    """Ben's weeks of 5 (paid), 12 (running) and 19 October, in a rotation of Dublin's calendar."""
    made = make_money()
    made.rotation.holiday_office = made.office
    made.rotation.save(update_fields=["holiday_office"])
    weeks.complete_weeks(actor=SWEEP, now=NOW)
    return made


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _post(engineer: Engineer, what: str, *, confirm: bool = True, **sent: object) -> Answer:
    client = signed_in(engineer)
    data = {name: str(value) for name, value in sent.items()}
    answer = client.post(f"{PAGE}{what}/", data)
    seen = re.search(r'name="seen" value="([^"]*)"', _text(answer))
    if not confirm or seen is None:
        return answer
    return client.post(f"{PAGE}{what}/", {**data, "seen": seen[1]}, follow=True)


def _added_late(money: Money, finn: Engineer, date: dt.date = WEDNESDAY) -> None:
    """A day added after the week that contains it was paid."""
    change = office_calendars.CalendarChange(
        office_id=money.office.pk,
        days=calendars.DaysChanged(added={date: "Founders’ day"}),
        reason="Forgotten in January.",
    )
    office_calendars.change_calendar(change=change, actor=actor_of(finn), now=NOW)


# ------------------------------------------------------------------ reading
def test_every_office_says_how_far_its_days_reach(finn: Engineer, money: Money) -> None:
    builders.make_office(name="Berlin")
    builders.make_holiday(office=money.office, date=dt.date(2026, 12, 25))

    page = page_of(finn, LIST)

    assert heading(page) == "Which days are public holidays where"
    assert "Fri 25 Dec 2026" in page
    assert "load 2027 before weeks of it start" in page
    assert "None loaded" in page


def test_the_days_of_a_year_say_which_are_the_companys(finn: Engineer, money: Money) -> None:
    builders.make_holiday(office=money.office, date=dt.date(2026, 12, 25), name="Christmas")
    _added_late(money, finn)

    page = page_of(finn, PAGE)
    other = page_of(finn, f"{PAGE}?year=2027")

    assert "Fri 25 Dec 2026" in page
    assert page.count("Company day") == 1
    assert heading(other) == "1 week of Dublin waits for a decision"
    assert "No day is known" in other


def test_each_change_says_who_when_and_why(finn: Engineer, money: Money) -> None:
    _added_late(money, finn)

    page = page_of(finn, PAGE)

    assert "Forgotten in January." in page
    assert "<bdi>Finn</bdi>" in page
    assert "Wed 7 Oct 2026" in page


# ------------------------------------------------------------------ changing
def test_the_weeks_that_a_day_changes_are_shown_before_it_is_added(
    finn: Engineer, money: Money
) -> None:
    answer = _post(finn, "add", confirm=False, date=COMING, name="Founders’ day", reason="So.")

    page = _text(answer)
    assert heading(page) == "Changes 1 published week"
    assert "Core, primary, week of Mon 19 Oct 2026" in page
    assert "126.5 h" in page  # the clock goes back in it
    assert "135 h" in page
    assert money.shifts
    assert not CalendarVersion.objects.exists()


def test_the_second_click_adds_the_day_and_the_week_follows(finn: Engineer, money: Money) -> None:
    answer = _post(finn, "add", date=COMING, name="Founders’ day", reason="So.")

    money.shifts[2].refresh_from_db()
    assert "Changed, as version 1. 1 published week follow it." in _text(answer)
    assert money.shifts[2].holidays == ["Founders’ day"]


def test_a_day_is_removed_after_its_effect_was_seen(finn: Engineer, money: Money) -> None:
    builders.make_holiday(office=money.office, date=COMING, name="Old")
    form = page_of(finn, f"{PAGE}remove/?date={COMING}")
    assert f'value="{COMING}"' in form

    _post(finn, "remove", date=COMING, reason="Not any more.")

    assert not PublicHoliday.objects.exists()
    assert "Old</bdi> removed" in page_of(finn, PAGE)


def test_years_are_loaded_after_their_days_were_seen(finn: Engineer, money: Money) -> None:
    seen = _post(finn, "load", confirm=False, first_year=2027, last_year=2027)
    assert "Christmas Day" in _text(seen)
    assert not PublicHoliday.objects.exists()

    _post(finn, "load", first_year=2027, last_year=2027)
    again = _post(finn, "load", first_year=2027, last_year=2027)

    assert PublicHoliday.objects.filter(office=money.office, date__year=2027).exists()
    assert "Every day is there already" in _text(again)


@pytest.mark.parametrize(
    ("what", "changed", "message"),
    [
        ("add", {"name": ""}, "This field is required."),
        ("add", {"reason": ""}, "This field is required."),
        ("add", {"date": "2026-02-29"}, "This is not a day."),
        ("add", {"date": "24/12/2026"}, "This is not a day."),
        ("remove", {"date": "2026-12-24"}, "Dublin has no holiday on Thu 24 Dec 2026."),
        ("load", {"first_year": "2027", "last_year": "2026"}, "The same year or a later one"),
        ("load", {"first_year": "1999", "last_year": "2026"}, "greater than or equal to 2000"),
    ],
)
def test_what_cannot_be_changed_is_said_beside_its_field(
    finn: Engineer, money: Money, what: str, changed: dict[str, str], message: str
) -> None:
    sent = {"date": str(COMING), "name": "Founders’ day", "reason": "So.", **changed}

    answer = signed_in(finn).post(f"{PAGE}{what}/", sent)

    assert answer.status_code == 422
    assert message in _text(answer)
    assert money.office.pk
    assert not CalendarVersion.objects.exists()


def test_an_office_that_is_not_there_is_no_page(finn: Engineer) -> None:
    assert signed_in(finn).get("/finance/calendars/atlantis/").status_code == 404
    assert signed_in(finn).post("/finance/calendars/atlantis/add/").status_code == 404


# ------------------------------------------------------------------ weeks begun before
def test_settled_weeks_ask_whether_to_recompute(finn: Engineer, money: Money) -> None:
    _added_late(money, finn)

    page = page_of(finn, PAGE)

    assert heading(page) == "1 week of Dublin waits for a decision"
    assert "recompute?" in page
    assert "Core, primary, week of Mon 5 Oct 2026" in page
    assert "EUR 90.00" in page
    assert Entry.objects.count() == 1


def test_two_of_finance_pay_them_anew(finn: Engineer, grace: Engineer, money: Money) -> None:
    _added_late(money, finn)
    signed_in(finn).post(f"{PAGE}changes/1/ask/", {"reason": "It was promised."})
    assert "It was promised." in page_of(grace, PAGE)

    own = signed_in(finn).post(f"{PAGE}changes/1/approve/", {"note": ""})
    done = signed_in(grace).post(f"{PAGE}changes/1/approve/", {"note": ""}, follow=True)
    recalculating.recalculate_weeks(actor=SWEEP, now=NOW)

    assert own.status_code == 403
    assert "1 week are priced anew within minutes" in _text(done)
    assert sorted(Entry.objects.values_list("kind", "amount_minor")) == [
        ("BASE", 60000),
        (f"HOL:{WEDNESDAY}", 9000),
    ]
    assert "1 week priced anew" in page_of(finn, PAGE)


def test_kept_weeks_stay_as_they_were_paid_and_can_be_asked_for_later(
    finn: Engineer, money: Money
) -> None:
    _added_late(money, finn)
    client = signed_in(finn)

    kept = client.post(f"{PAGE}changes/1/keep/", follow=True)
    again = client.post(f"{PAGE}changes/1/keep/")

    assert heading(_text(kept)) == "1 public holiday of Dublin in 2026"
    assert "1 week kept as paid" in _text(kept)
    assert "Pay them anew after all" in _text(kept)
    assert again.status_code == 409
    assert client.post(f"{PAGE}changes/1/ask/", {"reason": "After all."}).status_code == 302


def test_declining_keeps_them_and_needs_a_word(
    finn: Engineer, grace: Engineer, money: Money
) -> None:
    _added_late(money, finn)
    signed_in(finn).post(f"{PAGE}changes/1/ask/", {"reason": "It was promised."})

    empty = signed_in(grace).post(f"{PAGE}changes/1/decline/", {"note": ""})
    signed_in(grace).post(f"{PAGE}changes/1/decline/", {"note": "It was not."})

    assert empty.status_code == 422
    assert Recalculation.objects.get().state == "kept"
    assert Entry.objects.count() == 1


def test_taking_a_request_back_offers_the_weeks_again(finn: Engineer, money: Money) -> None:
    _added_late(money, finn)
    client = signed_in(finn)
    client.post(f"{PAGE}changes/1/ask/", {"reason": "It was promised."})

    client.post(f"{PAGE}changes/1/withdraw/")

    assert heading(page_of(finn, PAGE)) == "1 week of Dublin waits for a decision"
    assert Recalculation.objects.get().state == "offered"


def test_whoever_has_a_part_of_the_weeks_decides_nothing(finn: Engineer, money: Money) -> None:
    builders.make_role(engineer=money.ben, role="finance")
    _added_late(money, finn)
    signed_in(finn).post(f"{PAGE}changes/1/ask/", {"reason": "It was promised."})

    answer = signed_in(money.ben).post(f"{PAGE}changes/1/approve/", {"note": ""})

    assert answer.status_code == 403
    assert "A week of yours is among them" in _text(answer)
    assert Recalculation.objects.get().state == "offered"


def test_a_running_week_that_was_approved_is_paid_by_the_change_in_the_end(
    finn: Engineer, grace: Engineer, money: Money
) -> None:
    friday = OCTOBER[1] + dt.timedelta(days=4)
    _added_late(money, finn, friday)
    signed_in(finn).post(f"{PAGE}changes/1/ask/", {"reason": "It was promised."})
    signed_in(grace).post(f"{PAGE}changes/1/approve/", {"note": ""})

    later = NOW + dt.timedelta(days=14)
    weeks.complete_weeks(actor=SWEEP, now=later)
    recalculating.recalculate_weeks(actor=SWEEP, now=later)

    kinds = Entry.objects.filter(shift=money.shifts[1]).values_list("kind", flat=True)
    assert list(kinds) == ["BASE", f"HOL:{friday}"]
    assert Recalculation.objects.get().state == "done"


def test_the_page_takes_as_many_queries_for_one_change_as_for_thirty(
    finn: Engineer, money: Money
) -> None:
    _added_late(money, finn)
    few = queries_of(finn, PAGE)
    for number in range(1, 30):
        _added_late(money, finn, OCTOBER[0] - dt.timedelta(days=number))

    assert queries_of(finn, PAGE) == few
    assert queries_of(finn, LIST) == queries_of(finn, LIST)
