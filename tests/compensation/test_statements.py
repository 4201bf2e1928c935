"""One's own statement of a year, and the files of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
import time_machine

from compensation.domain import years
from compensation.models import Entry
from compensation.operations import periods, weeks
from compensation.queries import statements
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
FEBRUARY = dt.date(2026, 2, 9)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def carla() -> Engineer:
    return builders.make_engineer(name="Carla", employee_id="00413")


@pytest.fixture
def money(carla: Engineer) -> Money:
    """Ben's weeks in February and October, a public holiday, and a day of Carla's in his place."""
    money = make_money(weeks=[FEBRUARY, *OCTOBER[:2]])
    builders.make_posting(engineer=carla, office=money.office)
    builders.make_holiday(office=money.office, date=dt.date(2026, 10, 6), name="A day off")
    saturday = dt.datetime(2026, 10, 10, 11, tzinfo=dt.UTC)
    builders.make_cover(
        shift=money.shifts[1],
        from_engineer=money.ben,
        to_engineer=carla,
        starts_at=saturday,
        ends_at=saturday + dt.timedelta(days=1),
    )
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


def _statement(engineer: Engineer, key: str) -> statements.YearStatement:
    return statements.year_statement(
        entries=Entry.objects.filter(engineer=engineer),
        engineer_id=engineer.pk,
        year=years.year_named(key, starts_in=4),
    )


def test_a_year_tells_weeks_covers_holidays_and_their_amounts(
    money: Money, carla: Engineer
) -> None:
    ben, hers = _statement(money.ben, "2026"), _statement(carla, "2026")

    assert [month.month for month in ben.months] == ["2026-02", "2026-10"]
    assert [(one.weeks, one.covers) for one in ben.totals] == [(3, 0)]
    assert [(one.weeks, one.covers) for one in hers.totals] == [(0, 1)]
    october = ben.months[1].parts
    assert october.holiday_minor > 0
    assert october.correction_minor == october.adjustment_minor == 0
    of_ben = Entry.objects.filter(engineer=money.ben)
    assert ben.totals[0].amount_minor == sum(of_ben.values_list("amount_minor", flat=True))


def test_the_fiscal_year_begins_in_its_own_month(money: Money) -> None:
    fiscal, before = _statement(money.ben, "fy2026"), _statement(money.ben, "fy2025")

    assert (fiscal.label, [month.month for month in fiscal.months]) == (
        "April 2026 to March 2027",
        ["2026-10"],
    )
    assert [month.month for month in before.months] == ["2026-02"]


def test_two_currencies_are_two_sums_and_never_one(money: Money) -> None:
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    make_rate(office=london, weekly_minor=52000)
    builders.make_posting(engineer=money.ben, office=london, starts_on=OCTOBER[2])
    money.shift(OCTOBER[2])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    found = _statement(money.ben, "2026")

    assert [one.currency for one in found.totals] == ["EUR", "GBP"]
    assert [one.amount_minor for one in found.totals][1] == 52000


def test_the_page_leads_from_year_to_year_and_to_the_months(money: Money) -> None:
    page = page_of(money.ben, "/pay/years/2026/")

    assert heading(page).endswith(" in 2026")
    assert 'href="/pay/2026-02/"' in page
    assert 'href="/pay/years/fy2026/"' in page
    assert 'href="/pay/years/2026/statement.csv"' in page
    assert "00412" in page
    assert heading(page_of(money.ben, "/pay/years/fy2019/")) == (
        "Nothing in April 2019 to March 2020"
    )


@pytest.mark.parametrize("key", ["26", "fy", "2026-04", "99999", "x2026"])
def test_what_names_no_year_is_no_page(money: Money, key: str) -> None:
    for end in ("", "statement.csv"):
        assert signed_in(money.ben).get(f"/pay/years/{key}/{end}").status_code == 404


@pytest.mark.parametrize("address", ["/pay/years/2026/statement.csv", "/pay/2026-10/statement.csv"])
def test_the_file_holds_ones_own_entries_and_nobody_elses(
    money: Money, carla: Engineer, address: str
) -> None:
    answer = signed_in(money.ben).get(address)

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    own = Entry.objects.filter(engineer=money.ben)
    if "years" not in address:
        own = own.filter(period__month="2026-10")
    assert [int(row["entry"]) for row in rows] == list(
        own.order_by("period__month", "number").values_list("number", flat=True)
    )
    assert sum(int(row["amount"].replace(".", "")) for row in rows) == sum(
        own.values_list("amount_minor", flat=True)
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert "-PROVISIONAL.csv" in answer.headers["Content-Disposition"]
    assert carla.name not in answer.content.decode()


def test_the_file_of_a_closed_month_is_the_same_each_time_and_final(money: Money) -> None:
    for month in ("2026-02", *(f"2026-{number:02d}" for number in range(3, 11))):
        periods.close_period(month=month, actor=FINN, now=AFTER_OCTOBER)

    first, second = (signed_in(money.ben).get("/pay/2026-10/statement.csv") for _ in range(2))

    assert first.content == second.content
    assert first.headers["Content-Disposition"].endswith('"rota-my-pay-2026-10.csv"')


def test_a_month_without_an_own_entry_has_no_file(money: Money, carla: Engineer) -> None:
    assert signed_in(carla).get("/pay/2026-02/statement.csv").status_code == 404
    assert money.ben.pk
