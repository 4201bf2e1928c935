from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import builders
from volunteers.models import Engineer
from volunteers.queries import people

pytestmark = pytest.mark.django_db

NOW, TODAY = builders.NOW, builders.TODAY


def lines() -> list[people.PersonLine]:
    found = people.people_found(people=Engineer.objects.all())
    return people.people_lines(people=found, date=TODAY, now=NOW)


def test_a_person_comes_with_place_roles_and_teams() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    builders.make_role(engineer=anna, role="finance")
    builders.make_role(engineer=anna, role="admin", granted_from=None)
    builders.make_posting(
        engineer=anna, office=builders.make_office(), team=builders.make_home_team()
    )

    line = lines()[0]

    assert (line.name, line.roles, line.manages) == ("Anna", ("finance",), ("Core",))
    assert line.posting is not None
    assert (line.posting.office_name, line.posting.team_name) == ("Dublin", "Payments")
    assert (line.posting.currency, line.posting.cost_centre) == ("EUR", "CC-100")


def test_people_stand_in_order_of_name_and_can_be_without_a_place() -> None:
    builders.make_carla()
    builders.make_ben()

    assert [(line.name, line.posting) for line in lines()] == [("Ben", None), ("Carla", None)]


@pytest.mark.parametrize("text", ["ben", "BEN@", "0017", " Ben "])
def test_people_are_found_by_name_e_mail_and_number(text: str) -> None:
    builders.make_engineer(name="Ben", employee_id="0017")
    builders.make_carla()

    found = people.people_found(people=Engineer.objects.all(), text=text)

    assert [person.name for person in found] == ["Ben"]


def test_a_search_for_nul_finds_nobody_and_breaks_nothing() -> None:
    builders.make_ben()

    found = people.people_found(people=Engineer.objects.all(), text="x\0y")

    assert list(found) == []


def test_forty_people_take_as_many_queries_as_two() -> None:
    office = builders.make_office()

    def add(count: int) -> None:
        for _number in range(count):
            name = f"Person {Engineer.objects.count()}"
            builders.make_posting(engineer=builders.make_engineer(name=name), office=office)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            lines()
        return len(captured)

    add(2)
    few = queries()
    add(38)
    assert queries() == few


def test_holidays_are_given_for_each_office_until_the_day_before_the_end() -> None:
    dublin, london = builders.make_office(), builders.make_office(name="London")
    first, last = dt.date(2026, 12, 25), dt.date(2026, 12, 28)
    builders.make_holiday(office=dublin, date=first, name="Christmas")
    builders.make_holiday(office=dublin, date=last, name="Boxing Day (observed)")

    found = people.holidays_of(office_ids=[dublin.pk, london.pk], from_date=first, until_date=last)

    assert found == {dublin.pk: {first: "Christmas"}, london.pk: {}}


def test_an_account_is_found_however_its_e_mail_is_written() -> None:
    ben = builders.make_ben()

    account = people.account_of(email=" BEN@example.com")

    assert account is not None
    assert account.engineer_id == ben.pk
    assert people.account_of(email="nobody@example.com") is None
