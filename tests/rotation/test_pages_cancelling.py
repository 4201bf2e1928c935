from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Shift
from tests import builders
from tests.builders import NOW, THIS_WEEK
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    mark_published,
    page_of,
    signed_in,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
WHY = "No releases in that week."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


def test_a_manager_reads_what_cancelling_does_and_cancels(team: TeamAtWork, shift: Shift) -> None:
    url = f"/shifts/{shift.pk}/cancel/"

    asked = page_of(team.anna, url)
    sent = signed_in(team.anna).post(url, {"reason": WHY}, follow=True)

    assert "It can be undone until it begins" in asked
    page = sent.content.decode()
    assert "The week is cancelled." in page
    assert heading(page).startswith("Cancelled: primary")
    assert WHY in page
    assert f'href="/shifts/{shift.pk}/restore/"' in page


def test_a_cancelled_week_is_no_gap_on_the_board_and_on_its_page(
    team: TeamAtWork, shift: Shift
) -> None:
    signed_in(team.anna).post(f"/shifts/{shift.pk}/cancel/", {"reason": WHY})

    page = page_of(team.anna, f"/shifts/{shift.pk}/")
    board = page_of(team.anna, f"/rotations/{team.rotation.slug}/")

    assert "Nobody: cancelled" in page
    assert "Gap<" not in page
    assert "week of Mon 30 Nov 2026: nobody carries it, cancelled" in board
    assert "1 week has nobody" not in board


def test_of_a_running_week_the_page_says_that_it_cannot_be_undone(team: TeamAtWork) -> None:
    running = builders.make_shift(level=team.primary, week_date=THIS_WEEK, holder=team.ben)

    page = page_of(team.anna, f"/shifts/{running.pk}/cancel/")

    assert heading(page) == "Cancel primary from now on?"
    assert "What was carried until now stays, and is paid" in page
    assert "It cannot be undone" in page


def test_without_a_reason_the_form_comes_back(team: TeamAtWork, shift: Shift) -> None:
    for reason in ("", "two\nlines"):
        answer = signed_in(team.anna).post(f"/shifts/{shift.pk}/cancel/", {"reason": reason})

        assert answer.status_code == 422
    assert Shift.objects.get().cancelled_at is None


def test_a_week_that_is_over_says_why_it_cannot_be_cancelled(team: TeamAtWork) -> None:
    over = builders.make_shift(
        level=team.primary, week_date=THIS_WEEK - builders.WEEK, holder=team.ben
    )

    page = page_of(team.anna, f"/shifts/{over.pk}/cancel/")
    answer = signed_in(team.anna).post(f"/shifts/{over.pk}/cancel/", {"reason": WHY})

    assert heading(page) == "This week cannot be cancelled"
    assert answer.status_code == 409
    assert Shift.objects.get(pk=over.pk).cancelled_at is None


def test_a_manager_undoes_it_before_it_begins(team: TeamAtWork, shift: Shift) -> None:
    anna = signed_in(team.anna)
    anna.post(f"/shifts/{shift.pk}/cancel/", {"reason": WHY})

    asked = page_of(team.anna, f"/shifts/{shift.pk}/restore/")
    page = anna.post(f"/shifts/{shift.pk}/restore/", follow=True).content.decode()

    assert "holds it again" in asked
    assert "The week takes place again." in page
    assert Shift.objects.get().cancelled_at is None


def test_once_it_would_have_begun_nobody_is_offered_to_undo_it(
    team: TeamAtWork, shift: Shift
) -> None:
    Shift.objects.update(cancelled_at=NOW)

    with time_machine.travel(shift.starts_at + dt.timedelta(hours=1), tick=False):
        page = page_of(team.anna, f"/shifts/{shift.pk}/")
        asked = page_of(team.anna, f"/shifts/{shift.pk}/restore/")

    assert "/restore/" not in page
    assert heading(asked) == "There is nothing to undo here"


def test_nobody_but_the_teams_managers_is_offered_it(team: TeamAtWork, shift: Shift) -> None:
    other = builders.make_engineer(name="Olga")
    builders.make_manager(engineer=other, team=builders.make_team(name="Edge"))

    for who in (team.ben, team.carla, other, builders.make_finance(), builders.make_admin()):
        assert "/cancel/" not in page_of(who, f"/shifts/{shift.pk}/")
        page_of(who, f"/shifts/{shift.pk}/cancel/", status=404)
        page_of(who, f"/shifts/{shift.pk}/restore/", status=404)
