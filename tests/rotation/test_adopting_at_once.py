"""Two managers who adopt the same thing in PagerDuty at the same moment, on this run's engine."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from rotation.models import Level, Lookup, Rotation, SyncRun
from rotation.operations import adoption, policy_syncing, syncing
from tests import builders
from tests.builders import NOW
from tests.compensation.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
ANNA = Actor(name="anna@example.com")


@pytest.fixture
def two() -> list[Rotation]:
    return [
        builders.make_rotation(team=builders.make_team(name=f"Team {number}"))
        for number in range(2)
    ]


def _answer(rotation: Rotation, level: str, ref: str) -> int:
    """What a worker found out about it: it can be adopted."""
    lookup = Lookup.objects.create(
        rotation=rotation,
        level=rotation.levels.get(name=level) if level else None,
        kind=Lookup.Kind.ADOPTION,
        query=ref,
        state=Lookup.State.DONE,
        queued_at=NOW,
        finished_at=NOW,
        schedule_version=rotation.schedule_version,
        result={},
    )
    return lookup.pk


def _both_adopt(two: list[Rotation], level: str, ref: str) -> list[BaseException]:
    answers = [_answer(rotation, level, ref) for rotation in two]
    return at_once(
        *[lambda pk=pk: adoption.adopt(lookup_id=pk, actor=ANNA, now=NOW) for pk in answers]
    )


def test_of_two_rotations_that_adopt_one_policy_one_gets_it_and_the_other_is_told(
    two: list[Rotation],
) -> None:
    for number in range(1, ROUNDS + 1):
        raised = _both_adopt(two, "", f"POLICY{number}")

        assert [type(error) for error in raised] == [adoption.NotAdoptableError]
        assert str(raised[0]).startswith("Another rotation uses this escalation policy by now.")
        assert Rotation.objects.filter(pagerduty_policy_ref=f"POLICY{number}").count() == 1
    assert AuditEvent.objects.filter(verb="adopted").count() == ROUNDS
    assert SyncRun.objects.count() <= len(two)


def test_of_two_levels_that_adopt_one_schedule_one_gets_it_and_the_other_is_told(
    two: list[Rotation],
) -> None:
    for number in range(1, ROUNDS + 1):
        raised = _both_adopt(two, "primary", f"SCHEDULE{number}")

        assert [type(error) for error in raised] == [adoption.NotAdoptableError]
        assert str(raised[0]).startswith("Another level uses this schedule by now.")
        assert Level.objects.filter(pagerduty_schedule_ref=f"SCHEDULE{number}").count() == 1


def test_a_run_does_not_link_what_another_rotation_adopted_meanwhile(two: list[Rotation]) -> None:
    adoption.adopt(lookup_id=_answer(two[0], "", "POLICY"), actor=ANNA, now=NOW)
    adoption.adopt(lookup_id=_answer(two[0], "primary", "SCHEDULE"), actor=ANNA, now=NOW)
    level = two[1].levels.get(name="primary")

    assert not policy_syncing.remember_policy(
        rotation_id=two[1].pk, before="", ref="POLICY", now=NOW
    )
    assert not syncing.remember_schedule(level_id=level.pk, before="", ref="SCHEDULE", now=NOW)


def test_rotations_without_a_policy_stand_beside_each_other(two: list[Rotation]) -> None:
    assert {rotation.pagerduty_policy_ref for rotation in two} == {""}
    Rotation.objects.filter(pk=two[0].pk).update(pagerduty_policy_ref="POLICY")

    with pytest.raises(IntegrityError), transaction.atomic():
        Rotation.objects.filter(pk=two[1].pk).update(pagerduty_policy_ref="POLICY")
