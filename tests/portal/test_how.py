from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from compensation.models import Rate
from tests import builders

if TYPE_CHECKING:
    from django.test import Client

    from rotation.models import Rotation
    from volunteers.models import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def rotation() -> Rotation:
    anna = builders.make_engineer(name="Anna Berg")
    team = builders.make_team(owner=anna)
    team.problem = "31 people were on call for alarms that woke four of them."
    team.success_criteria = "Fewer than 10 pages a month.\n\nAt most 7 people on call."
    team.people_on_call_before = 31
    team.next_review_on = dt.date(2027, 3, 1)
    team.save()
    return builders.make_rotation(team=team, holiday_office=builders.make_office())


@pytest.mark.usefixtures("rotation")
def test_everybody_reads_how_the_team_works_without_signing_in(client: Client) -> None:
    page = client.get("/how/").content.decode()

    for sentence in [
        "31 people were on call for alarms that woke four of them.",
        "<li>Fewer than 10 pages a month.</li><li>At most 7 people on call.</li>",
        "31 before this team",
        "Mon 1 Mar 2027",
        "26 weeks",
        "3 clear weeks",
        "Monday 12:00 to Monday 12:00, Europe/Dublin",
        "17:30 to 09:00 on working days, all day on weekends and on public holidays of Dublin",
        "A public holiday adds 0.5 to a week’s load (Dublin calendar).",
        "about 6 of them on call",
    ]:
        assert sentence in page


@pytest.mark.usefixtures("rotation")
def test_no_person_and_no_amount_is_on_the_public_page(client: Client) -> None:
    page = client.get("/how/").content.decode()

    assert "Anna Berg" not in page
    assert not any(sign in page for sign in "€£$")
    assert "Sign in to apply" in page


def test_the_rates_in_force_are_there_for_those_signed_in(
    client: Client, rotation: Rotation
) -> None:
    dublin = rotation.holiday_office
    assert dublin is not None
    _rate(dublin, weekly_minor=60000, effective_from=dt.date(2026, 7, 1))
    _rate(dublin, weekly_minor=99900, effective_from=dt.date(2099, 1, 1))
    visitor = client.get("/how/").content.decode()
    client.force_login(builders.make_carla())

    page = client.get("/how/").content.decode()

    assert "€600.00" in page
    assert "€90.00" in page
    assert "Wed 1 Jul 2026" in page
    assert "€999.00" not in page
    assert "€" not in visitor


def _rate(office: Office, *, weekly_minor: int, effective_from: dt.date) -> Rate:
    return Rate.objects.create(
        version=f"dublin-{weekly_minor}",
        office=office,
        level="primary",
        effective_from=effective_from,
        weekly_minor=weekly_minor,
        holiday_minor=9000,
        currency=office.currency,
        added_by="shell",
        added_at=builders.LONG_AGO,
    )


def test_the_policy_in_force_is_the_one_that_counts(client: Client, rotation: Rotation) -> None:
    far_ahead = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    builders.make_policy(rotation=rotation, term_weeks=20)
    builders.make_policy(rotation=rotation, term_weeks=12, effective_from=far_ahead)

    page = client.get("/how/").content.decode()

    assert "<dd>20 weeks" in page
    assert "12 weeks" not in page


def test_a_continuous_rotation_says_so(client: Client) -> None:
    builders.make_rotation(business_hours=None)

    page = client.get("/how/").content.decode()

    assert "at every hour" in page
    assert "Its managers have not written this down yet." in page


def test_before_the_first_team_the_page_says_who_makes_it(client: Client) -> None:
    assert "No on-call team is set up yet" in client.get("/how/").content.decode()
