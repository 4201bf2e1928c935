"""What a rotation costs: its managers read totals, and nobody's own pay from them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

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
)
from tests.rotation.pages import heading, page_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/rotations/core/cost/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


def _team(names: list[str], *, close: bool = True) -> tuple[Money, Engineer]:
    """A week of October for each of the people, paid; who manages them."""
    money = make_money(weeks=OCTOBER[:1])
    for name, date in zip(names, OCTOBER[1:], strict=False):
        person = builders.make_engineer(name=name)
        person.employee_id = f"N-{name}"
        person.save(update_fields=["employee_id"])
        builders.make_posting(engineer=person, office=money.office)
        money.shift(date, holder=person)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    if close:
        periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
    return money, builders.make_anna(team=money.rotation.team)


def test_a_manager_reads_the_total_of_a_closed_month_of_three_people() -> None:
    _money, anna = _team(["Carla", "Dora"])

    page = page_of(anna, PAGE)

    assert heading(page) == "Core has cost EUR 1,800.00"
    assert "October 2026" in page
    for private in ("600.00<", "Ben", "Carla", "Dora"):
        assert private not in page.replace("1,800.00", "")


def test_managers_and_finance_are_led_there_and_nobody_else() -> None:
    money, anna = _team(["Carla"])

    for reader, is_led in ((anna, True), (builders.make_finance(), True), (money.ben, False)):
        assert (f'href="{PAGE}"' in page_of(reader, "/rotations/core/")) is is_led


def test_two_people_tell_no_total() -> None:
    _money, anna = _team(["Carla"])

    page = page_of(anna, PAGE)

    assert heading(page) == "No total can be shown yet"
    assert "not shown" in page
    assert "1,200" not in page


def test_an_open_month_is_not_told_since_each_week_would_show_by_the_difference() -> None:
    _money, anna = _team(["Carla", "Dora"], close=False)

    page = page_of(anna, PAGE)

    assert "1,800" not in page
    assert "No month is closed yet" in page


def test_a_month_of_too_few_is_told_together_with_the_next() -> None:
    money, anna = _team(["Carla"])
    dora = builders.make_engineer(name="Dora", employee_id="N-Dora")
    builders.make_posting(engineer=dora, office=money.office)
    money.shift(dt.date(2026, 11, 2), holder=dora)
    december = dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
    weeks.complete_weeks(actor=SWEEP, now=december)
    periods.close_period(month="2026-11", actor=FINN, now=december)

    page = page_of(anna, PAGE)

    assert "October 2026 to November 2026" in page
    assert "EUR 1,800.00" in page
    assert "1,200" not in page


def test_currencies_are_apart_and_each_needs_three_people() -> None:
    money, anna = _team(["Carla", "Dora"], close=False)
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    make_rate(office=london, weekly_minor=52000)
    eve = builders.make_engineer(name="Eve", employee_id="N-Eve")
    builders.make_posting(engineer=eve, office=london)
    money.shift(dt.date(2026, 9, 28), holder=eve)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    page = page_of(anna, PAGE)

    assert heading(page) == "Core has cost EUR 1,800.00"
    assert "GBP, <span" in page
    assert "520.00" not in page


def test_finance_reads_every_month_as_it_reads_every_entry() -> None:
    _money, _anna = _team(["Carla"], close=False)

    page = page_of(builders.make_finance(), PAGE)

    assert heading(page) == "Core has cost EUR 1,200.00"
    assert "open" in page


def test_who_does_not_manage_the_team_finds_no_such_page() -> None:
    money, _anna = _team(["Carla", "Dora"])
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))

    for other in (money.ben, otto, builders.make_admin()):
        assert signed_in(other).get(PAGE).status_code == 404
