"""What pages say when PagerDuty is away, refuses Rota's token, or lost a schedule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from rotation.domain.pagerduty_turns import Ending
from rotation.models import Level, Rotation, SyncRun, WithheldWeek
from rotation.operations import account
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

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = f"/rotations/{SLUG}/pagerduty/"
AGAIN = f"{PAGE}primary/again/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def _ended(ending: Ending, wait: float | None = None, key: str = "k" * 64) -> None:
    before = NOW - dt.timedelta(minutes=2)
    account.take_turn(key=key, holder="one", real_now=before)
    account.end_turn(
        key=key,
        holder="one",
        ending=ending,
        said="PagerDuty answered 401.",
        wait_seconds=wait,
        real_now=before,
    )


def _lose_schedule(team: TeamAtWork) -> None:
    Level.objects.filter(pk=team.primary.pk).update(
        pagerduty_schedule_ref="PGONE",
        schedule_trouble=Level.Trouble.DELETED,
        schedule_trouble_since=NOW,
    )


def _homes(*people: Engineer) -> list[str]:
    return [page_of(person, "/") for person in people]


def test_admins_and_managers_read_on_every_page_that_the_token_is_refused(
    team: TeamAtWork,
) -> None:
    _ended(Ending.REFUSED)

    anna, ada, ben = _homes(team.anna, builders.make_admin(), team.ben)

    assert "PagerDuty refuses Rota’s token since" in anna
    assert "There is nothing for you to do: the admins have a mail" in anna
    assert "PagerDuty answered 401." not in anna
    assert "PagerDuty answered 401." in ada
    assert "Set another one in <code>PAGERDUTY_API_TOKEN</code>" in ada
    assert "PAGERDUTY_API_TOKEN" not in anna
    assert "refuses" not in ben


def test_with_a_new_token_the_notice_is_gone(team: TeamAtWork) -> None:
    _ended(Ending.REFUSED)
    account.take_turn(key="n" * 64, holder="two", real_now=NOW)

    assert "refuses" not in page_of(team.anna, PAGE)


def test_pagerduty_that_cannot_be_reached_is_told_with_since_when_and_the_next_try(
    team: TeamAtWork,
) -> None:
    _ended(Ending.FAILED)

    page = page_of(team.anna, PAGE)

    assert "PagerDuty unreachable since" in page
    assert "Rota asks again in 1 minute." in page
    assert "PagerDuty is given a rest" in page


def test_a_rate_limit_says_when_pagerduty_is_asked_again(team: TeamAtWork) -> None:
    _ended(Ending.LIMITED, wait=300)

    page = page_of(team.anna, PAGE)

    assert "PagerDuty wants fewer questions." in page
    assert "In 4 minutes" in page


def test_asking_for_a_check_tries_a_refused_token_once_more(team: TeamAtWork) -> None:
    _ended(Ending.REFUSED)

    signed_in(team.anna).post(f"/rotations/{SLUG}/sync/")

    assert account.take_turn(key="k" * 64, holder="two", real_now=NOW).taken


def test_a_deleted_schedule_is_explained_and_managers_may_order_a_new_one(
    team: TeamAtWork,
) -> None:
    _lose_schedule(team)

    anna, ada = page_of(team.anna, PAGE), page_of(builders.make_admin(), PAGE)

    for page in (anna, ada):
        assert heading(page) == "PagerDuty pages nobody on primary: its schedule was deleted"
        assert "The schedule of primary was deleted in PagerDuty." in page
        assert "Deleted in PagerDuty" in page
    assert AGAIN in anna
    assert AGAIN not in ada


def test_an_upgraded_schedule_is_explained(team: TeamAtWork) -> None:
    Level.objects.filter(pk=team.escalation.pk).update(
        schedule_trouble=Level.Trouble.UPGRADED, schedule_trouble_since=NOW
    )

    page = page_of(team.anna, PAGE)

    assert "The schedule of level 2 was upgraded in PagerDuty." in page
    assert "Create it again" not in page


def test_two_lost_schedules_are_one_banner_with_what_to_do_for_each(team: TeamAtWork) -> None:
    _lose_schedule(team)
    Level.objects.filter(pk=team.escalation.pk).update(
        schedule_trouble=Level.Trouble.UPGRADED, schedule_trouble_since=NOW
    )

    page = page_of(team.anna, PAGE)

    assert page.count('class="banner bad"') == 1
    assert "2 schedules are lost in PagerDuty." in page
    assert "The schedule of primary was deleted" in page
    assert "The schedule of level 2 was upgraded" in page
    assert AGAIN in page


def test_a_new_schedule_is_asked_for_first_and_ordered_once(team: TeamAtWork) -> None:
    _lose_schedule(team)
    client = signed_in(team.anna)

    asked = client.get(AGAIN).content.decode()
    still = Level.objects.get(pk=team.primary.pk).schedule_trouble
    ordered, again = client.post(AGAIN), client.post(AGAIN)

    level = Level.objects.get(pk=team.primary.pk)
    assert heading(asked) == "Create the schedule of primary again?"
    assert "It has a new id" in asked
    assert still == Level.Trouble.DELETED
    assert (ordered.status_code, again.status_code) == (302, 409)
    assert (level.pagerduty_schedule_ref, level.schedule_trouble) == ("", "")
    assert SyncRun.objects.get().first_change_at == NOW
    assert AuditEvent.objects.filter(verb="ordered a new schedule").count() == 1


def test_a_schedule_that_is_there_is_not_made_again(team: TeamAtWork) -> None:
    page = page_of(team.anna, AGAIN)

    assert heading(page) == "The schedule of primary is not missing"


def test_a_run_that_waits_says_how_many_are_before_it(team: TeamAtWork) -> None:
    for number in range(3):
        other = builders.make_rotation(team=builders.make_team(name=f"Team {number}"))
        SyncRun.objects.create(rotation=other, cause="x", queued_at=NOW)
    SyncRun.objects.create(rotation=team.rotation, cause="x", queued_at=NOW)
    SyncRun.objects.filter(rotation__slug="team-0").update(
        state="running", leased_until=NOW + dt.timedelta(minutes=1)
    )

    page = page_of(team.anna, PAGE)

    assert "3 other rotations before it, asked for" in page


def test_a_deleted_escalation_policy_is_explained_and_made_again_only_on_order(
    team: TeamAtWork,
) -> None:
    Rotation.objects.update(
        pagerduty_policy_ref="PGONE",
        pagerduty_policy_trouble=Rotation.PolicyTrouble.DELETED,
        pagerduty_policy_trouble_since=NOW,
    )
    again = f"{PAGE}policy-again/"

    told = page_of(team.anna, PAGE)
    asked = page_of(team.anna, again)
    ordered = signed_in(team.anna).post(again)
    twice = signed_in(team.anna).post(again)

    assert "The escalation policy was deleted in PagerDuty" in told
    assert again in told
    assert heading(asked) == "Create the escalation policy again?"
    assert (ordered.status_code, twice.status_code) == (302, 409)
    rotation = Rotation.objects.get()
    assert (rotation.pagerduty_policy_ref, rotation.pagerduty_policy_trouble) == ("", "")
    assert SyncRun.objects.filter(state="queued").exists()
    assert AuditEvent.objects.filter(verb="ordered a new escalation policy").count() == 1


def test_what_a_sync_left_to_a_person_is_told_and_everything_else_is_done(
    team: TeamAtWork,
) -> None:
    what = "“Core: primary” goes on showing Eva until Thu 3 Dec 2026, 12:00."
    SyncRun.objects.create(
        rotation=team.rotation,
        state=SyncRun.State.DONE,
        cause="publication",
        queued_at=NOW,
        finished_at=NOW,
        rests=[{"level": "primary", "what": what, "edits": []}],
    )

    told = page_of(team.anna, PAGE)

    assert heading(told) == "PagerDuty shows somebody else in 1 place"
    assert "Everything else is written." in told
    assert what in told


def test_whose_weeks_are_withheld_is_told_with_how_many(team: TeamAtWork) -> None:
    level = Level.objects.get(rotation=team.rotation, name="primary")
    shift = builders.make_shift(level=level, week_date=builders.NEXT_WEEK, holder=team.ben)
    WithheldWeek.objects.create(
        level=level,
        week_date=shift.week_date,
        engineer=team.ben,
        why=WithheldWeek.Why.OUT_OF_TERM,
        noticed_at=NOW,
    )

    told = page_of(team.anna, PAGE)

    assert "PagerDuty pages nobody in 1 published week of" in told
