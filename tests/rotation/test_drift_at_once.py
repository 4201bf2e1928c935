"""Choices that meet other decisions at the same moment, on the engine of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from rotation.models import Cover, Drift, SyncRun
from rotation.operations import covers, drift_checks, drift_choices
from rotation.operations.covers import CoverTakenError, Seen, WantedCover
from rotation.operations.drift_choices import DriftDecidedError
from tests import builders
from tests.builders import NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.guards.world import make_drift
from tests.rotation.pages import TeamAtWork, actor, mark_published, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def _drift(team: TeamAtWork, number: int) -> Drift:
    shift = builders.make_shift(
        level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
    )
    return make_drift(shift, by=team.volunteers[1])


def _choice(choose: Callable[..., Drift], drift: Drift, by: Engineer) -> Callable[[], Drift]:
    return lambda: choose(drift_id=drift.pk, seen="", actor=actor(by), now=NOW)


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def test_of_two_choices_one_wins_and_the_other_is_told_who_chose_what(team: TeamAtWork) -> None:
    for number in range(ROUNDS):
        drift = _drift(team, number)

        raised = at_once(
            _choice(drift_choices.adopt_drift, drift, team.anna),
            _choice(drift_choices.restore_drift, drift, team.max),
        )

        drift.refresh_from_db()
        assert [type(error) for error in raised] == [DriftDecidedError]
        assert drift.chosen_by is not None
        assert drift.chosen_by.name in str(raised[0])
        adopted = drift.choice == Drift.Choice.ADOPT
        assert Cover.objects.filter(drift=drift).exists() is adopted
        assert AuditEvent.objects.filter(verb="decided drift").count() == number + 1


def test_of_an_adoption_and_a_cover_of_the_same_time_one_wins(team: TeamAtWork) -> None:
    eve = team.volunteers[2]
    for number in range(ROUNDS):
        drift = _drift(team, number)
        shift = drift.level.shifts.get(starts_at__lte=drift.starts_at, ends_at__gt=drift.starts_at)
        wanted = WantedCover(
            shift_id=shift.pk, to_engineer_id=eve.pk, seen=Seen(engineer_id=shift.holder_id)
        )

        raised = at_once(
            _choice(drift_choices.adopt_drift, drift, team.anna),
            lambda wanted=wanted: covers.enter_cover(  # type: ignore[misc]
                wanted=wanted, actor=actor(team.max), now=NOW
            ),
        )

        # The adoption may come second: then it relieves Eve of that day.
        assert {type(error) for error in raised} <= {CoverTakenError}
        assert Cover.objects.filter(shift=shift).count() == 2 - len(raised)
    assert SyncRun.objects.count() == 1


def test_of_two_workers_one_gets_the_check(team: TeamAtWork) -> None:
    drift_checks.request_check(rotation_id=team.rotation.pk, actor=actor(team.anna), now=NOW)
    check_id = team.rotation.drift_checks.get().pk
    got: list[str] = []

    def claim(holder: str) -> Callable[[], None]:
        def run() -> None:
            if drift_checks.claim_check(check_id=check_id, real_now=NOW, holder=holder, now=NOW):
                got.append(holder)

        return run

    raised = at_once(claim("one"), claim("two"), claim("three"))

    assert (raised, len(got)) == ([], 1)


def test_two_beats_leave_one_check(team: TeamAtWork) -> None:
    type(team.primary).objects.filter(pk=team.primary.pk).update(pagerduty_schedule_ref="PSCHED1")

    raised = at_once(*[lambda: drift_checks.queue_due(now=NOW)] * 3)

    assert (raised, team.rotation.drift_checks.count()) == ([], 1)
