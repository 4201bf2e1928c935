"""The page that tells everybody what volunteering means, and tells nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import builders
from tests.builders import NOW
from tests.compensation.rows import make_rate
from tests.rotation import hooks
from tests.rotation.pages import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
PAGE = "/volunteer/core/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> hooks.Cast:
    """A team with why, rates in two offices, somebody in term, an incident by night."""
    cast = hooks.Cast()
    team = cast.rotation.team
    team.problem = "31 people were on call for alarms that woke four of them."
    team.save(update_fields=["problem"])
    london = builders.make_office(name="London", time_zone="Europe/London", country="GB")
    make_rate(office=london, weekly_minor=52000)
    builders.make_term(team=team, engineer=cast.ben, starts_on=builders.THIS_WEEK)
    return cast


def _visitor() -> str:
    answer = Client().get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("cast")
def test_a_stranger_reads_why_when_how_long_what_it_pays_and_that_nobody_has_to() -> None:
    page = _visitor()

    for words in [
        "Volunteer for Core",
        "31 people were on call for alarms that woke four of them.",
        "17:30 to 09:00 on working days, all day on weekends",
        "Monday 12:00 to Monday 12:00, Europe/Dublin",
        "26 weeks<small>about 6 of them on call",
        "London</th>",
        "520.00",
        "1 of 7<small>6 places free",
        "Nobody has to.",
        "Sign in to apply",
    ]:
        assert words in page


@pytest.mark.usefixtures("cast")
def test_the_sign_in_leads_on_to_the_form() -> None:
    assert 'href="/sign-in/?next=/rotations/core/apply/"' in _visitor()


def test_pages_of_three_months_are_counted_without_naming_anybody_or_any_incident(
    cast: hooks.Cast,
) -> None:
    second: dict[str, Any] = {"incident": "QINC2"}
    builders.make_posting(engineer=cast.ben, office=builders.make_office())
    hooks.handle(
        hooks.event("triggered", assignees=["PBEN"], title="Acme’s database is gone"),
        hooks.event("triggered", at=hooks.NIGHT + HOUR, assignees=["PBEN"], **second),
    )

    page = _visitor()

    assert "<dd>2<small>in three months, 1 by night" in page
    assert page.count('<td class="num strong">') == 3
    for secret in ["Acme", cast.ben.name + "<", "ben@example.com", "PBEN", "Inbox"]:
        assert secret not in page


@pytest.mark.usefixtures("cast")
def test_while_no_pages_are_heard_of_none_is_claimed() -> None:
    page = _visitor()

    assert "not known<small>Rota does not hear of them yet" in page
    assert "Rota does not hear of pages yet, so there is nothing to count." in page


def test_somebody_signed_in_goes_to_the_form_at_once(cast: hooks.Cast) -> None:
    page = page_of(cast.ben, PAGE)

    assert 'href="/rotations/core/apply/"' in page
    assert "Sign in to apply" not in page


@pytest.mark.usefixtures("cast")
def test_a_team_that_is_not_there_is_404_for_strangers_too() -> None:
    assert Client().get("/volunteer/nothing/").status_code == 404


def test_many_people_and_pages_take_no_more_queries(cast: hooks.Cast) -> None:
    hooks.handle(hooks.event("triggered", assignees=["PBEN"]))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            _visitor()
        return len(asked)

    few = queries()
    for number in range(12):
        builders.make_term(
            team=cast.rotation.team,
            engineer=builders.make_engineer(name=f"E {number}"),
            starts_on=builders.THIS_WEEK,
        )
        hooks.handle(hooks.event("triggered", assignees=["PBEN"], incident=f"Q{number}"))

    assert queries() == few
