from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from portal.queries import manager_home
from rotation.models import Draft, SyncRun
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, TODAY, WEEK
from tests.rotation.pages import TeamAtWork, mark_published, team_at_work
from volunteers import access

if TYPE_CHECKING:
    from rotation.queries.attention import Need

pytestmark = pytest.mark.django_db
MUCH_LATER = THIS_WEEK + 20 * WEEK


@pytest.fixture
def team() -> TeamAtWork:
    """A team whose schedule reaches half a year ahead."""
    team = team_at_work()
    builders.make_shift(level=team.primary, week_date=MUCH_LATER, holder=team.ben)
    mark_published(team.rotation, team.anna)
    return team


def _needs(team: TeamAtWork) -> list[Need]:
    viewer = access.viewer_for(engineer=team.anna, now=NOW)
    return list(manager_home.manager_home(viewer=viewer, now=NOW).needs)


def _sync(team: TeamAtWork, state: str, queued_at: dt.datetime = NOW) -> None:
    SyncRun.objects.create(
        rotation=team.rotation,
        state=state,
        cause="version 1 published",
        queued_at=queued_at,
        finished_at=queued_at,
        failure="PagerDuty did not answer." if state == "failed" else "",
    )


def test_nothing_needs_a_manager_whose_team_is_in_order(team: TeamAtWork) -> None:
    _sync(team, "done")

    assert _needs(team) == []


def test_a_gap_is_told_with_its_day_and_leads_to_why(team: TeamAtWork) -> None:
    gap = builders.make_shift(level=team.primary, week_date=NEXT_WEEK)

    (need,) = _needs(team)

    assert need.what == "1 week has nobody for primary: Mon 30 Nov 2026"
    assert (need.on, need.route, need.argument) == (NEXT_WEEK, "shift-detail", str(gap.pk))


def test_a_gap_that_somebody_covers_is_none(team: TeamAtWork) -> None:
    gap = builders.make_shift(level=team.primary, week_date=NEXT_WEEK)
    builders.make_cover(shift=gap, from_engineer=None, to_engineer=team.ben)

    assert _needs(team) == []


def test_only_a_failure_of_the_last_run_counts(team: TeamAtWork) -> None:
    _sync(team, "failed", NOW - dt.timedelta(hours=1))
    _sync(team, "done")

    assert _needs(team) == []


def test_a_failed_sync_stands_before_what_is_older(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)
    _sync(team, "failed")

    needs = _needs(team)

    assert [need.kind for need in needs] == ["sync", "application"]
    assert needs[0].what == "PagerDuty does not show the schedule of Core"
    assert needs[0].more == "PagerDuty did not answer. The published schedule is unchanged."


def test_applications_are_counted_without_ones_own(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)
    builders.make_application(team=team.rotation.team, engineer=team.anna)

    (need,) = _needs(team)

    assert need.what == "1 application waits"
    assert need.more == "Core, the oldest since Mon 23 Nov 2026"


def test_a_draft_that_waits_is_led_to(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)

    (need,) = _needs(team)

    assert need.what == "Draft 1 waits for a decision"
    assert need.more == "Core: 4 weeks, Mon 30 Nov to Mon 28 Dec 2026"
    assert (need.route, need.argument) == ("draft-detail", str(draft.pk))


def test_a_repair_says_why_it_was_made(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)
    Draft.objects.filter(pk=draft.pk).update(kind="repair", cause="Ben left on Mon 30 Nov 2026")

    (need,) = _needs(team)

    assert need.what == "Draft 1 waits for a decision"
    assert need.more == "Core: a repair, because Ben left on Mon 30 Nov 2026"


def test_a_draft_from_an_older_version_is_out_of_date(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation)
    mark_published(team.rotation, team.max, version=2)

    (need,) = _needs(team)

    assert need.what == "Draft 1 is out of date"


def test_a_failed_draft_counts_until_another_is_there(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)
    failed = _needs(team)
    builders.make_draft(rotation=team.rotation)

    assert [need.what for need in failed] == ["Draft 1 has no solution"]
    assert [need.what for need in _needs(team)] == ["Draft 2 waits for a decision"]


def test_a_schedule_that_ends_soon_wants_a_draft() -> None:
    team = team_at_work()
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    mark_published(team.rotation, team.anna)

    (need,) = _needs(team)

    assert need.what == "The published schedule ends Mon 7 Dec 2026"
    assert (need.route, need.argument) == ("draft-make", "core")


def test_a_team_without_a_schedule_wants_its_first_draft() -> None:
    assert [need.what for need in _needs(team_at_work())] == ["Nothing is published yet"]


def test_other_teams_are_not_the_managers(team: TeamAtWork) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    builders.make_shift(level=builders.level_of(other), week_date=NEXT_WEEK)
    builders.make_draft(rotation=other)
    builders.make_application(team=other.team, engineer=team.carla)

    assert _needs(team) == []


def test_who_is_needed_by_when_is_told_with_why(team: TeamAtWork) -> None:
    builders.make_forecast(
        rotation=team.rotation,
        first_gap=NEXT_WEEK + 20 * WEEK,
        needed=[("primary", 2, NEXT_WEEK + 18 * WEEK)],
        below_from=NEXT_WEEK + 19 * WEEK,
        people=(7, 5),
    )

    (need,) = _needs(team)

    assert need.what == "2 more volunteers needed by Mon 5 Apr 2027"
    assert need.more == (
        "Core: the team falls to 5 people on Mon 12 Apr 2027, below its minimum of 6; "
        "no draft closes the week of Mon 19 Apr 2027"
    )
    assert (need.on, need.route, need.part) == (
        NEXT_WEEK + 18 * WEEK,
        "rotation-detail",
        "forecast",
    )


def test_a_team_that_is_too_small_is_told_as_long_as_it_is(team: TeamAtWork) -> None:
    forecast = builders.make_forecast(rotation=team.rotation, below_from=TODAY, people=(5, 5))
    small = _needs(team)
    forecast.delete()
    builders.make_forecast(rotation=team.rotation)

    over = _needs(team)

    assert [need.what for need in small] == ["The team has 5 people, fewer than its minimum of 6"]
    assert over == []


def test_what_is_needed_in_more_than_half_a_year_asks_for_nothing_yet(team: TeamAtWork) -> None:
    far = NEXT_WEEK + 30 * WEEK
    builders.make_forecast(
        rotation=team.rotation, first_gap=far, needed=[("primary", 2, far)], below_from=far
    )

    assert _needs(team) == []
