from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Cover, Drift, DriftCheck, Level, SyncRun
from tests import builders
from tests.builders import NOW
from tests.guards.world import make_drift
from tests.rotation.pages import (
    SLUG,
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
BOARD = f"/rotations/{SLUG}/"
PAGE = f"{BOARD}pagerduty/"
CHECK = f"{BOARD}drift/check/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    """Published, written, and looked at an hour ago; Ben carries the next week."""
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    for number, level in enumerate((team.primary, team.escalation)):
        Level.objects.filter(pk=level.pk).update(
            pagerduty_schedule_ref=f"PSCHED{number}",
            in_pagerduty_since=NOW - HOUR,
            in_pagerduty_version=1,
            checked_at=NOW - HOUR,
        )
    SyncRun.objects.create(
        rotation=team.rotation,
        state=SyncRun.State.DONE,
        cause="version 1 published",
        queued_at=NOW - HOUR,
        finished_at=NOW - HOUR,
    )
    _look(team, NOW - HOUR)
    builders.make_shift(level=team.primary, holder=team.ben)
    return team


def _look(team: TeamAtWork, at: dt.datetime, *, failure: str = "") -> None:
    DriftCheck.objects.create(
        rotation=team.rotation,
        state="failed" if failure else "done",
        queued_at=at,
        finished_at=at,
        failure=failure,
    )


def _drift(team: TeamAtWork) -> Drift:
    """Dora is shown for a day of Ben's week."""
    return make_drift(team.primary.shifts.latest("pk"), by=team.volunteers[1])


def test_in_line_says_for_how_long_and_when_it_was_checked(team: TeamAtWork) -> None:
    page = page_of(team.anna, PAGE)

    assert "In line for the next 8 weeks" in page
    assert "Checked" in page
    assert "Wed 25 Nov 2026, 09:00 GMT" in page


def test_a_drift_is_told_in_three_columns_with_cause_author_and_what_each_choice_does(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    _drift(team)

    page = page_of(team.anna, PAGE)

    assert heading(page) == "PagerDuty shows somebody else in 1 place"
    for words in (
        "Published",
        "Last written by Rota",
        "There now",
        "An override that Rota did not make",
        "Somebody in a browser",
        f"{dora.name} carries primary for this time as a cover",
        "Rota removes the override from PagerDuty within a minute.",
        "You are told if it changes.",
    ):
        assert words in page


def test_whoever_fails_to_look_says_since_when(team: TeamAtWork) -> None:
    _look(team, NOW, failure="PagerDuty answered 503.")

    page = page_of(team.anna, PAGE)

    assert "Not checked since" in page
    assert "PagerDuty answered 503." in page


def test_the_board_marks_the_week_and_the_banner_names_who_and_when(team: TeamAtWork) -> None:
    drift = _drift(team)
    mark = "≠"

    page = page_of(team.anna, BOARD)

    assert f"<small>{mark} " in page
    assert "drift" in page.split('class="sh ')[-1] or 'drift" href' in page
    assert f"PagerDuty shows {drift.shown_name} instead of Somebody" in page
    assert "PagerDuty shows somebody else in 1 place." in page
    assert f"{PAGE}#drift" in page


def test_those_who_may_not_check_read_the_schedule_as_published(team: TeamAtWork) -> None:
    drift = _drift(team)

    page = page_of(team.carla, BOARD)

    assert "≠" not in page
    assert drift.by not in page


def test_the_managers_home_leads_to_what_waits_for_a_choice(team: TeamAtWork) -> None:
    drift = _drift(team)

    before = page_of(team.anna, "/")
    Drift.objects.filter(pk=drift.pk).update(choice="leave", chosen_at=NOW, chosen_by=team.anna)
    after = page_of(team.anna, "/")

    assert "PagerDuty shows somebody else in 1 place" in before
    assert f"{PAGE}#drift" in before
    assert "PagerDuty shows somebody else in 1 place" not in after


def test_a_left_drift_is_marked_and_keeps_the_page_from_saying_in_pagerduty(
    team: TeamAtWork,
) -> None:
    drift = _drift(team)

    answer = signed_in(team.anna).post(f"{BOARD}drift/{drift.pk}/leave/", {"seen": ""})
    page = page_of(team.anna, PAGE)

    assert answer.headers["Location"] == f"{PAGE}#drift"
    assert heading(page) == "PagerDuty shows somebody else in 1 place"
    assert "Left as it is by Anna" in page
    assert "Put ours back" in page
    assert "In PagerDuty since" not in page_of(team.anna, BOARD)


def test_adopting_makes_the_cover(team: TeamAtWork) -> None:
    drift = _drift(team)

    answer = signed_in(team.anna).post(f"{BOARD}drift/{drift.pk}/adopt/", {"seen": ""})

    cover = Cover.objects.get()
    assert answer.status_code == 302
    assert (cover.to_engineer, cover.drift) == (team.volunteers[1], drift)


def test_putting_back_says_that_it_goes_with_the_next_sync(team: TeamAtWork) -> None:
    drift = _drift(team)

    signed_in(team.anna).post(f"{BOARD}drift/{drift.pk}/restore/", {"seen": ""})
    page = page_of(team.anna, PAGE)

    assert SyncRun.objects.filter(state="queued").count() == 1
    assert "It goes with the next sync." in page
    assert "Adopt theirs as a cover" not in page


def test_a_choice_that_somebody_else_was_faster_with_is_told(team: TeamAtWork) -> None:
    drift = _drift(team)
    signed_in(team.max).post(f"{BOARD}drift/{drift.pk}/leave/", {"seen": ""})

    answer = signed_in(team.anna).post(f"{BOARD}drift/{drift.pk}/restore/", {"seen": ""})

    assert answer.status_code == 409
    assert "left it as it is" in answer.content.decode()
    assert "Max Lund" in answer.content.decode()


def test_an_admin_reads_and_looks_but_does_not_decide(team: TeamAtWork) -> None:
    drift, ada = _drift(team), builders.make_admin()

    page = page_of(ada, PAGE)
    looked = signed_in(ada).post(CHECK)
    left = signed_in(ada).post(f"{BOARD}drift/{drift.pk}/leave/", {"seen": ""})

    assert "There now" in page
    assert "Leave and tell me" not in page
    assert (looked.status_code, left.status_code) == (302, 404)


def test_what_is_over_is_kept_with_what_was_chosen(team: TeamAtWork) -> None:
    drift = _drift(team)
    Drift.objects.filter(pk=drift.pk).update(
        choice="restore", chosen_at=NOW, chosen_by=team.anna, gone_at=NOW
    )

    page = page_of(team.anna, PAGE)

    assert "Differences that are over" in page
    assert "Put back by Anna" in page
    assert heading(page) == "In PagerDuty since Wed 25 Nov 2026, 10:00 GMT"


def test_asking_twice_leaves_one_check(team: TeamAtWork) -> None:
    client = signed_in(team.anna)

    for _ in range(2):
        client.post(CHECK)

    assert DriftCheck.objects.filter(state="queued").count() == 1
    assert signed_in(team.anna).get(PAGE).headers["Refresh"] == "5"


def test_before_anything_is_published_there_is_nothing_to_compare() -> None:
    team = team_at_work()

    assert signed_in(team.anna).post(CHECK).status_code == 409


def test_whom_pagerduty_pages_now_is_told_beside_whom_it_should(team: TeamAtWork) -> None:
    drift = _drift(team)
    Drift.objects.filter(pk=drift.pk).update(starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    builders.make_shift(level=team.primary, week_date=builders.THIS_WEEK, holder=team.ben)

    page = page_of(team.anna, PAGE)
    board = page_of(team.anna, BOARD)

    assert f"<bdi>{drift.shown_name}</bdi></b> is paged now, not <bdi>" in page
    assert f"</span>PagerDuty shows {drift.shown_name} instead of" in board
    assert "Now, until" in board


def test_who_is_paged_next_is_told_while_pagerduty_is_in_line(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=builders.THIS_WEEK, holder=team.ben)

    page = page_of(team.anna, PAGE)

    assert f"<bdi>{team.ben.name}</bdi> is paged from " in page


def test_a_run_on_its_way_does_not_hide_that_pagerduty_shows_somebody_else(
    team: TeamAtWork,
) -> None:
    _drift(team)
    SyncRun.objects.create(rotation=team.rotation, state="queued", cause="asked for", queued_at=NOW)

    assert heading(page_of(team.anna, PAGE)) == "The schedule waits to be written"


def test_a_pager_that_is_wrong_tonight_stands_before_what_is_older(team: TeamAtWork) -> None:
    drift = _drift(team)
    builders.make_application(team=team.rotation.team, engineer=team.carla)

    later = page_of(team.anna, "/")
    Drift.objects.filter(pk=drift.pk).update(starts_at=NOW + HOUR)
    tonight = page_of(team.anna, "/")

    places = "PagerDuty shows somebody else in 1 place"
    assert later.index("application waits") < later.index(places)
    assert tonight.index(places) < tonight.index("application waits")


def test_a_schedule_that_is_gone_is_what_home_tells_first_of_all(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)
    gone = _drift(team)
    Drift.objects.filter(pk=gone.pk).update(cause="deleted", starts_at=NOW)

    home, page = page_of(team.anna, "/"), page_of(team.anna, PAGE)

    told = "PagerDuty pages nobody on primary: its schedule was deleted"
    assert home.index(told) < home.index("application waits")
    assert "Nobody is paged from it until there is a new one." in page
