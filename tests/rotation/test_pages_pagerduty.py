from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from rotation.models import Level, SyncRun, SyncStep
from tests import builders
from tests.builders import NOW
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
PAGE = f"/rotations/{SLUG}/pagerduty/"
SYNC = f"/rotations/{SLUG}/sync/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def _run(team: TeamAtWork, state: str = "done", failure: str = "") -> SyncRun:
    return SyncRun.objects.create(
        rotation=team.rotation,
        state=state,
        cause="version 1 published",
        queued_at=NOW,
        finished_at=NOW if state in {"done", "failed"} else None,
        failure=failure,
    )


def _in_line(team: TeamAtWork) -> None:
    for number, level in enumerate((team.primary, team.escalation)):
        Level.objects.filter(pk=level.pk).update(
            pagerduty_schedule_ref=f"PSCHED{number}",
            in_pagerduty_since=NOW,
            in_pagerduty_version=1,
            checked_at=NOW,
        )


def test_before_anything_is_published_there_is_nothing_to_show() -> None:
    team = team_at_work()

    page = page_of(team.anna, PAGE)
    answer = signed_in(team.anna).post(SYNC)

    assert heading(page) == "Nothing is published yet"
    assert answer.status_code == 409
    assert not SyncRun.objects.exists()


def test_in_line_says_since_when_and_which_schedules(team: TeamAtWork) -> None:
    _run(team)
    _in_line(team)

    page = page_of(team.anna, PAGE)

    assert heading(page) == "In PagerDuty since Wed 25 Nov 2026, 10:00 GMT"
    assert "schedule PSCHED0" in page
    assert "Nothing had to be written" in page


def test_a_newer_version_is_not_in_line_yet(team: TeamAtWork) -> None:
    _run(team)
    _in_line(team)
    mark_published(team.rotation, team.anna, version=2)
    _run(team, "queued")

    assert heading(page_of(team.anna, PAGE)) == "The schedule waits to be written"


def test_a_failure_says_what_is_still_true_and_when_it_is_tried_again(team: TeamAtWork) -> None:
    run = _run(team, "failed", "PagerDuty refused the token.")
    SyncRun.objects.filter(pk=run.pk).update(next_try_at=NOW + dt.timedelta(seconds=70))

    page = page_of(team.anna, PAGE)

    assert heading(page) == "PagerDuty does not show the published schedule"
    assert "PagerDuty refused the token." in page
    assert "The published schedule is unchanged." in page
    assert "In 2 minutes" in page
    assert "Try again now" in page


def test_the_steps_of_the_last_run_are_told_in_words(team: TeamAtWork) -> None:
    run = _run(team, "failed", "It answered nothing.")
    SyncStep.objects.create(
        run=run,
        position=1,
        level=team.primary,
        action="create_overrides",
        reason="office hours of a public holiday",
        method="POST",
        path="/schedules/P1/overrides",
        request={"overrides": [{"start": "2026-12-25T09:00:00Z"}]},
        state=SyncStep.State.FAILED,
        failure="It answered nothing.",
        sent_at=NOW,
    )

    page = page_of(team.anna, PAGE)

    assert "Add overrides" in page
    assert "office hours of a public holiday" in page
    assert "POST /schedules/P1/overrides" in page
    assert "2026-12-25T09:00:00Z" in page


def test_an_earlier_run_can_be_opened(team: TeamAtWork) -> None:
    first = _run(team, "failed", "It was too slow.")
    _run(team)

    page = page_of(team.anna, f"{PAGE}?run={first.pk}")

    assert "Nothing was written" in page
    assert "It was too slow." in page


def test_a_run_that_waits_lets_the_page_look_again(team: TeamAtWork) -> None:
    _run(team, "queued")

    answer = signed_in(team.anna).get(PAGE)

    assert answer.headers["Refresh"] == "5"


def test_asking_twice_leaves_one_run_and_says_who_asked(team: TeamAtWork) -> None:
    client = signed_in(team.anna)

    answers = [client.post(SYNC), client.post(SYNC)]

    assert [answer.headers["Location"] for answer in answers] == [PAGE, PAGE]
    assert SyncRun.objects.get().cause == "asked for by anna@example.com"
    assert AuditEvent.objects.filter(verb="asked for sync").count() == 2


def test_the_teams_managers_and_admins_read_and_check_others_do_not(team: TeamAtWork) -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    people = [team.anna, builders.make_admin(), team.ben, team.carla, otto, builders.make_finance()]

    read = [signed_in(person).get(PAGE).status_code for person in people]
    asked = [signed_in(person).post(SYNC).status_code for person in people]

    assert read == [200, 200, 404, 404, 404, 404]
    assert asked == [302, 302, 404, 404, 404, 404]
