from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal import navigation
from tests import builders
from tests.builders import NOW, TODAY
from volunteers import access
from volunteers.queries import profiles

if TYPE_CHECKING:
    from django.test import Client

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db


def _words(engineer: Engineer) -> list[str]:
    viewer = access.viewer_for(engineer=engineer, now=NOW)
    serving = profiles.serving(engineer_id=engineer.pk, today=TODAY)
    return [place.word for place in navigation.places(viewer, serving)]


def test_carla_outside_is_asked_to_apply() -> None:
    assert _words(builders.make_carla()) == ["Home", "Coverage", "Apply"]


def test_ben_who_serves_finds_his_pay() -> None:
    ben = builders.make_ben()
    builders.make_term(team=builders.make_team(), engineer=ben)

    assert _words(ben) == ["Home", "Coverage", "Pay"]


def test_anna_who_decides_finds_what_waits_for_her() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    builders.make_escalation_term(team=team, engineer=anna)

    assert _words(anna) == ["Home", "Coverage", "Drafts", "Applications", "People", "Pay"]


def test_finance_finds_periods_reports_and_rates() -> None:
    assert _words(builders.make_finance()) == ["Home", "Coverage", "Periods", "Reports", "Rates"]


def test_an_admin_finds_people_and_the_administration() -> None:
    assert _words(builders.make_admin()) == ["Home", "Coverage", "People", "Administration"]


def test_the_word_of_the_page_shown_is_marked() -> None:
    places = [navigation.ADMINISTRATION]

    assert [link.is_current for link in navigation.links(places, "admin:index")] == [True]
    assert [link.is_current for link in navigation.links(places, "settings")] == [False]


def test_a_place_without_a_page_is_not_linked() -> None:
    nowhere = navigation.Place(word="Nowhere", route="nowhere", icon="x", nouns=())

    assert navigation.links([nowhere], "settings") == []


def test_the_bar_shows_the_time_where_the_person_works(client: Client) -> None:
    maya = builders.make_engineer(name="Maya Okafor")
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    builders.make_posting(engineer=maya, office=office)
    client.force_login(maya)

    page = client.get("/settings/").content.decode()

    assert "· San Francisco</span>" in page
    assert " PST</time>" in page or " PDT</time>" in page


def test_a_person_has_the_same_mark_in_the_bar_as_on_the_board(client: Client) -> None:
    team = builders.make_team()
    builders.make_term(team=team, engineer=builders.make_engineer(name="Aoife Brennan"))
    ben = builders.make_engineer(name="Ben Ash")
    builders.make_term(team=team, engineer=ben)
    client.force_login(ben)

    page = client.get("/settings/").content.decode()

    assert '<span class="ini p2 split" aria-hidden="true">BA</span>' in page


def test_every_word_of_the_bar_has_its_page() -> None:
    assert [place.word for place in navigation.ALL if not navigation.address(place.route)] == []
