"""What a repair changes, and what it leaves."""

from __future__ import annotations

import datetime as dt

import pytest

from rotation.models import Disturbance, Shift
from rotation.operations import publishing, repairs
from tests import builders
from tests.builders import WEEK
from tests.rotation.pages import TeamAtWork, actor
from tests.rotation.repairing import (
    LATER,
    away_from,
    changed_by,
    first_week_of,
    proposed_by,
    published_team,
    solved_repair,
    swept,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> TeamAtWork:
    return published_team()


def test_a_repair_of_an_undisturbed_schedule_changes_nothing(team: TeamAtWork) -> None:
    draft = solved_repair(
        repairs.request_repair(rotation_id=team.rotation.pk, actor=actor(team.anna), now=LATER)
    )

    assert draft.cause == ""
    assert changed_by(draft) == set()


def test_a_long_absence_changes_exactly_the_weeks_that_it_takes(team: TeamAtWork) -> None:
    monday = first_week_of(team.ben)
    away_from(team.ben, monday)
    lost = {
        (shift.level_id, shift.week_date)
        for shift in Shift.objects.filter(holder=team.ben, week_date__lt=monday + 4 * WEEK)
    }

    draft = solved_repair(swept(team))

    assert lost <= changed_by(draft)
    assert len(changed_by(draft)) == draft.figures["levels"][0]["objectives"]["changes"]
    assert None not in proposed_by(draft).values()


def test_where_others_are_free_only_the_lost_weeks_change() -> None:
    team = published_team(more=4)
    monday = first_week_of(team.ben)
    away_from(team.ben, monday)
    lost = {
        (shift.level_id, shift.week_date)
        for shift in Shift.objects.filter(holder=team.ben, week_date__lt=monday + 4 * WEEK)
    }

    draft = solved_repair(swept(team))

    assert changed_by(draft) == lost


def test_agreed_covers_stay_through_a_repair(team: TeamAtWork) -> None:
    kept = Shift.objects.filter(level=team.primary).exclude(holder=team.ben).latest("week_date")
    taker = next(who for who in team.volunteers if who not in {team.ben, kept.holder})
    builders.make_cover(
        shift=kept,
        from_engineer=kept.holder,
        to_engineer=taker,
        ends_at=kept.starts_at + dt.timedelta(days=2),
    )
    away_from(team.ben, first_week_of(team.ben))

    draft = solved_repair(swept(team))

    assert proposed_by(draft)[team.primary.pk, kept.week_date] == kept.holder_id


def test_a_published_repair_disturbs_no_more(team: TeamAtWork) -> None:
    away_from(team.ben, first_week_of(team.ben))
    draft = solved_repair(swept(team))
    publishing.publish_draft(
        draft_id=draft.pk, escalation_gaps_confirmed=True, actor=actor(team.anna), now=LATER
    )

    assert swept(team) is None
    assert not Disturbance.objects.filter(cleared_at__isnull=True).exists()
