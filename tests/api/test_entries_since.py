"""Reading the ledger bit by bit, as a program does that keeps a copy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from compensation.operations import weeks
from tests import builders
from tests.compensation.rows import OCTOBER, SWEEP, make_rate
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    from tests.api.people import Cast

MONDAY = dt.datetime(2026, 10, 12, 12, 30, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Three weeks of Ben's, posted on the day of its end."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for number, week_date in enumerate(OCTOBER):
        builders.make_shift(
            level=builders.level_of(cast.rotation), week_date=week_date, holder=cast.ben
        )
        weeks.complete_weeks(actor=SWEEP, now=MONDAY + number * WEEK)
    return cast


def test_entries_since_an_instant_are_those_posted_then_or_later_newest_first(paid: Cast) -> None:
    finn = paid.api("finn")

    found = finn.all("entries/", scope="all", since="2026-10-19T12:30:00Z")
    later = finn.all("entries/", scope="all", since="2026-10-19T12:30:01Z")
    in_a_zone = finn.all("entries/", scope="all", since="2026-10-19T14:30:00+02:00")

    assert [each["number"] for each in found] == [3, 2]
    assert [each["number"] for each in later] == [3]
    assert in_a_zone == found


def test_entries_after_a_number_come_in_the_order_of_writing_page_by_page(paid: Cast) -> None:
    finn = paid.api("finn")

    everything = finn.all("entries/", scope="all", after=0, page_size=1)
    rest = finn.all("entries/", scope="all", after=everything[0]["number"])
    nothing = finn.all("entries/", scope="all", after=everything[-1]["number"])

    assert [each["number"] for each in everything] == [1, 2, 3]
    assert rest == everything[1:]
    assert nothing == []


def test_what_is_posted_while_somebody_reads_comes_after_what_they_have(paid: Cast) -> None:
    finn = paid.api("finn")
    first = finn.get("entries/", scope="all", after=0, page_size=2).expect(200)
    builders.make_shift(
        level=builders.level_of(paid.rotation), week_date=OCTOBER[2] + WEEK, holder=paid.ben
    )
    weeks.complete_weeks(actor=SWEEP, now=MONDAY + 3 * WEEK)

    rest = finn.call("GET", first["next"].removeprefix("http://testserver")).expect(200)

    assert [each["number"] for each in first["results"]] == [1, 2]
    assert [each["number"] for each in rest["results"]] == [3, 4]


def test_everybody_else_has_their_own_since_then(paid: Cast) -> None:
    assert len(paid.api("ben").all("entries/", since="2026-10-19T00:00:00Z")) == 2
    assert paid.api("carla").all("entries/", after=0) == []
    assert paid.api("ben").get("entries/", scope="all", after=0).status == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [("since", "yesterday"), ("since", "2026-10-19"), ("after", "-1"), ("after", "one")],
)
def test_what_is_no_place_in_the_ledger_is_refused(name: str, value: str, paid: Cast) -> None:
    answer = paid.api("ben").get("entries/", **{name: value})

    assert name in answer.expect(400)["fields"]
