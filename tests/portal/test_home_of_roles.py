from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NOW, THIS_WEEK, WEEK
from tests.portal.homes import EVENING, home_of, publish_weeks
from tests.rotation.pages import TeamAtWork, heading, queries_of, team_at_work
from volunteers.models import Application

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def published(team: TeamAtWork) -> TeamAtWork:
    publish_weeks(team)
    return team


# ------------------------------------------------------------------ outside
def test_carla_outside_is_invited_and_sees_who_is_on_call(published: TeamAtWork) -> None:
    page = home_of(published.carla)

    assert heading(page) == "You are not in a rotation"
    assert "Core looks for volunteers" in page
    assert 'href="/rotations/core/apply/"' in page
    assert "Dora Hale" in page
    assert "Add an absence" not in page


def test_without_any_team_carla_is_told_so() -> None:
    assert "No on-call team is set up yet" in home_of(builders.make_carla())


def test_an_application_that_waits_is_the_answer(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)

    page = home_of(team.carla)

    assert heading(page) == "Your application waits for an answer"
    assert "See it, change it, or withdraw" in page
    assert "Core looks for volunteers" not in page


def test_a_declined_application_shows_its_reason_for_a_month(team: TeamAtWork) -> None:
    builders.make_application(
        team=team.rotation.team,
        engineer=team.carla,
        state=Application.State.DECLINED,
        decided_by=team.anna,
    )

    assert "The team is full." in home_of(team.carla)
    assert "The team is full." not in home_of(team.carla, at=NOW + 5 * WEEK)


def test_somebody_whose_term_has_ended_is_thanked(team: TeamAtWork) -> None:
    old = builders.make_engineer(name="Otto Berg")
    builders.make_term(team=team.rotation.team, engineer=old, starts_on=THIS_WEEK - 27 * WEEK)

    page = home_of(old)

    assert heading(page) == "You are not in a rotation"
    assert "Your last term ended on" in page


# ------------------------------------------------------------------ other roles
def test_a_manager_reads_first_what_needs_them_then_their_own_weeks(
    published: TeamAtWork,
) -> None:
    builders.make_application(team=published.rotation.team, engineer=published.carla)

    page = home_of(published.anna)

    assert heading(page).endswith(("needs you", "need you"))
    assert "You are on call until Mon 14 Dec 2026, 12:00 GMT" in page
    assert "Your level 2" in page
    assert "looks for volunteers" not in page


def test_finance_finds_the_period_that_closes_next() -> None:
    page = home_of(builders.make_finance())

    assert heading(page).startswith("November 2026")
    assert "looks for volunteers" not in page


def test_finance_who_also_serves_finds_both(published: TeamAtWork) -> None:
    builders.make_role(engineer=published.ben, role="finance")

    page = home_of(published.ben)

    assert heading(page) == "You are not on call tonight"
    assert "Pay period November 2026" in page


def test_an_admin_of_an_empty_company_reads_what_to_set_up() -> None:
    page = home_of(builders.make_admin())

    assert heading(page) == "6 things are to be set up"
    for words in [
        "No office is entered",
        "No team is entered",
        "No on-call team is set up",
        "1 person has no office",
        "Nobody has the finance role",
        "There is only one admin",
    ]:
        assert words in page
    assert 'href="/admin/volunteers/office/add/"' in page


def test_an_admin_finds_teams_without_rotation_and_manager() -> None:
    builders.make_team()

    page = home_of(builders.make_admin())

    assert "Core has no rotation" in page
    assert "Core has no manager" in page


def test_a_proposed_role_is_confirmed_by_another_admin_only() -> None:
    ada, ida = builders.make_admin(), builders.make_admin(name="Ida")
    grant = builders.make_role(engineer=builders.make_ben(), role="finance", granted_from=None)
    grant.proposed_by = ada.email
    grant.save()
    confirm = f'href="/admin/volunteers/rolegrant/{grant.pk}/confirm/"'

    assert confirm in home_of(ida)
    page = home_of(ada)
    assert "You proposed it: another admin confirms." in page
    assert confirm not in page


def test_many_teams_to_join_take_no_more_queries(published: TeamAtWork) -> None:
    few = queries_of(published.carla, "/")
    for number in range(10):
        builders.make_rotation(team=builders.make_team(name=f"Team {number}"))

    assert queries_of(published.carla, "/") == few
