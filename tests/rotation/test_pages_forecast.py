"""The coverage forecast on the rotation's page, in each of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Forecast
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.rotation.pages import SLUG, TeamAtWork, page_of, team_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = f"/rotations/{SLUG}/"
GAP = NEXT_WEEK + 20 * WEEK


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _panel(engineer: Engineer) -> str:
    return page_of(engineer, PAGE).split('id="forecast"', 1)[1].split("</section>", 1)[0]


def _banner(engineer: Engineer) -> str:
    page = page_of(engineer, PAGE)
    return (
        page.split('class="banner', 1)[1].split("</div>", 1)[0] if 'class="banner' in page else ""
    )


def test_before_a_worker_has_looked_the_panel_says_that_it_waits(team: TeamAtWork) -> None:
    panel = _panel(team.ben)

    assert "Looking a year ahead" in panel
    assert "Being worked out" in panel
    assert "within a minute or two" in panel


def test_when_nobody_is_needed_it_says_until_when_all_is_covered(team: TeamAtWork) -> None:
    builders.make_forecast(rotation=team.rotation)

    panel = _panel(team.ben)

    assert "Every week until Mon 29 Nov 2027 can be covered" in panel
    assert "None needed" in panel
    assert "Nobody more is needed before then." in panel


def test_a_gap_comes_with_the_volunteers_it_takes_and_by_when(team: TeamAtWork) -> None:
    builders.make_forecast(
        rotation=team.rotation,
        first_gap=GAP,
        needed=[("primary", 2, GAP - WEEK), ("primary", 1, GAP), ("escalation", 1, GAP)],
    )

    panel = _panel(team.anna)

    assert "First gap that no draft closes: week of Mon 19 Apr 2027" in panel
    assert "<b>2 more volunteers</b>" in panel
    assert 'by <time datetime="2027-04-12">Mon 12 Apr 2027</time>' in panel
    assert "in 20 weeks; 3 in all" in panel
    assert "<b>1 more manager on level 2</b>" in panel
    assert "With them none does, and with one fewer some week stays open." in panel
    assert "Proven" in panel


def test_what_was_not_proven_is_said(team: TeamAtWork) -> None:
    builders.make_forecast(
        rotation=team.rotation, first_gap=GAP, needed=[("primary", 2, GAP)], proven=False
    )

    panel = _panel(team.anna)

    assert "week of Mon 19 Apr 2027, or later" in panel
    assert "<b>At most 2 more volunteers</b>" in panel
    assert "Not proven" in panel
    assert "fewer may be enough" in panel


def test_while_it_is_worked_out_again_the_earlier_figures_stay(team: TeamAtWork) -> None:
    row = builders.make_forecast(rotation=team.rotation, first_gap=GAP)
    Forecast.objects.filter(pk=row.pk).update(state="working")

    panel = _panel(team.anna)

    assert "Being worked out again" in panel
    assert "week of Mon 19 Apr 2027" in panel


def test_what_keeps_it_from_being_worked_out_is_said(team: TeamAtWork) -> None:
    row = builders.make_forecast(rotation=team.rotation)
    figures = {"people_now": 7, "minimum": 6, "below_minimum_from": None, "people_then": 7}
    Forecast.objects.filter(pk=row.pk).update(
        state="failed", figures=figures, failure="Agreed covers contradict the rules: Ben."
    )

    panel = _panel(team.anna)

    assert "The weeks ahead cannot be judged" in panel
    assert "Agreed covers contradict the rules: Ben." in panel


def test_managers_review_and_invite_others_find_the_form(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)

    managers, engineers = _panel(team.anna), _panel(team.ben)

    assert "Review 1 application" in managers
    assert "Invite applications" in managers
    assert f"http://testserver/rotations/{SLUG}/apply/" in managers
    assert "Review" not in engineers
    assert f'href="/rotations/{SLUG}/apply/"' in engineers


def test_a_team_that_is_too_small_is_said_in_the_panel_and_soon_in_the_banner(
    team: TeamAtWork,
) -> None:
    builders.make_forecast(rotation=team.rotation, below_from=GAP, people=(7, 4))
    far_panel, far_banner = _panel(team.anna), _banner(team.anna)
    Forecast.objects.all().delete()
    builders.make_forecast(rotation=team.rotation, below_from=NEXT_WEEK + 3 * WEEK, people=(7, 5))
    near_banner = _banner(team.anna)
    Forecast.objects.all().delete()
    builders.make_forecast(rotation=team.rotation, below_from=TODAY, people=(5, 5))
    now_banner = _banner(team.anna)

    words = "The team falls to 4 people on Mon 19 Apr 2027, below its minimum of 6."
    assert words in far_panel
    assert far_banner == ""
    assert "The team falls to 5 people on Mon 21 Dec 2026, below its minimum of 6." in near_banner
    assert "The team has 5 people, fewer than its minimum of 6." in now_banner
