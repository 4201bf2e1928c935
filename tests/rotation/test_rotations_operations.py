from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from rotation.models import Draft, PolicyVersion, Rotation
from rotation.operations import policies, rotations
from rotation.queries import patterns
from rotation.solver import instance
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import OnCallTeam

SHELL = Actor.shell()
NOW = builders.NOW
DUBLIN = rotations.Hours(
    time_zone="Europe/Dublin", business_start=dt.time(9), business_end=dt.time(17, 30)
)
NINE = dt.time(9)


def create(team: OnCallTeam, hours: rotations.Hours = DUBLIN) -> Rotation:
    return rotations.create_rotation(
        team_id=team.pk,
        hours=hours,
        figures=policies.Figures(),
        reason="We start.",
        actor=SHELL,
        now=NOW,
    )


@pytest.mark.django_db
def test_a_rotation_comes_with_two_levels_and_a_policy_in_force() -> None:
    team = builders.make_team()

    rotation = create(team)

    assert (rotation.slug, rotation.name) == (team.slug, team.name)
    assert sorted(rotation.levels.values_list("name", flat=True)) == ["escalation", "primary"]
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    assert (policy.number, policy.reason) == (1, "We start.")
    assert policy.objectives == list(policies.OBJECTIVES)
    assert AuditEvent.objects.get().team == team.slug


@pytest.mark.django_db
def test_an_on_call_team_has_one_rotation() -> None:
    team = builders.make_team()
    create(team)

    with pytest.raises(rotations.RotationAlreadyThereError):
        create(team)

    assert PolicyVersion.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (rotations.Hours(time_zone="Mars/Olympus"), "time_zone"),
        (rotations.Hours(time_zone="UTC", handover_weekday=7), "handover_weekday"),
        (rotations.Hours(time_zone="UTC", handover_time=dt.time(12, 0, 1)), "handover_time"),
        (rotations.Hours(time_zone="UTC", business_start=NINE), "business_end"),
        (rotations.Hours(time_zone="UTC", business_end=NINE), "business_start"),
        (
            rotations.Hours(time_zone="UTC", business_start=NINE, business_end=NINE),
            "business_end",
        ),
        (rotations.Hours(time_zone="UTC", holiday_office_id=999), "holiday_office"),
    ],
)
def test_hours_that_make_no_week_are_refused_beside_the_field(
    hours: rotations.Hours, field: str
) -> None:
    team = builders.make_team()

    with pytest.raises(rotations.RotationInvalidError) as refusal:
        create(team, hours)

    assert list(refusal.value.fields) == [field]
    assert not Rotation.objects.exists()


@pytest.mark.django_db
def test_hours_change_while_nothing_is_published_and_drafts_are_closed() -> None:
    rotation = builders.make_rotation()
    waiting = builders.make_draft(rotation=rotation, state=Draft.State.QUEUED)
    ready = builders.make_draft(rotation=rotation)
    hours = dataclasses.replace(DUBLIN, handover_weekday=2)

    rotations.edit_hours(rotation_id=rotation.pk, hours=hours, actor=SHELL, now=NOW)

    rotation.refresh_from_db()
    waiting.refresh_from_db()
    ready.refresh_from_db()
    assert rotation.handover_weekday == 2
    assert (waiting.state, ready.state) == ("cancelled", "discarded")
    event = AuditEvent.objects.get()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["handover_weekday"], event.after["handover_weekday"]) == (0, 2)


@pytest.mark.django_db
def test_hours_stay_once_a_week_is_published() -> None:
    rotation = builders.make_rotation()
    builders.make_shift(level=builders.level_of(rotation))
    hours = dataclasses.replace(DUBLIN, handover_weekday=2)

    with pytest.raises(rotations.SchedulePublishedError) as refusal:
        rotations.edit_hours(rotation_id=rotation.pk, hours=hours, actor=SHELL, now=NOW)

    rotation.refresh_from_db()
    assert refusal.value.status == 409
    assert rotation.handover_weekday == 0


@pytest.mark.django_db
def test_the_same_hours_again_close_no_draft_and_are_not_recorded() -> None:
    rotation = builders.make_rotation()
    draft = builders.make_draft(rotation=rotation)

    rotations.edit_hours(rotation_id=rotation.pk, hours=DUBLIN, actor=SHELL, now=NOW)

    draft.refresh_from_db()
    assert draft.state == "ready"
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_policy_is_followed_by_the_next_version_from_now_on() -> None:
    rotation = builders.make_rotation()

    version = policies.change_policy(
        rotation_id=rotation.pk,
        figures=policies.Figures(term_weeks=13),
        reason="Six months were too long.",
        actor=Actor(name="anna@example.com", engineer_id=1),
        now=NOW,
    )

    assert (version.number, version.changed_by) == (2, "anna@example.com")
    before = NOW - dt.timedelta(seconds=1)
    assert patterns.policy_in_force(rotation_id=rotation.pk, now=before).term_weeks == 26
    assert patterns.policy_in_force(rotation_id=rotation.pk, now=NOW).term_weeks == 13
    event = AuditEvent.objects.get()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["term_weeks"], event.after["term_weeks"]) == (26, 13)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("figures", "reason", "field"),
    [
        (policies.Figures(), "  ", "reason"),
        (policies.Figures(), "x" * 501, "reason"),
        (policies.Figures(term_weeks=0), "Why", "term_weeks"),
        (policies.Figures(horizon_weeks=54), "Why", "horizon_weeks"),
        (policies.Figures(primary_rest_weeks=-1), "Why", "primary_rest_weeks"),
        (policies.Figures(minimum_size=8), "Why", "minimum_size"),
        (policies.Figures(objectives=("overload",)), "Why", "objectives"),
        (policies.Figures(objectives=("gaps", "gaps")), "Why", "objectives"),
        (policies.Figures(objectives=("gaps", "luck")), "Why", "objectives"),
    ],
)
def test_a_policy_out_of_bounds_or_without_a_reason_is_refused(
    figures: policies.Figures, reason: str, field: str
) -> None:
    rotation = builders.make_rotation()

    with pytest.raises(policies.PolicyInvalidError) as refusal:
        policies.change_policy(
            rotation_id=rotation.pk, figures=figures, reason=reason, actor=SHELL, now=NOW
        )

    assert list(refusal.value.fields) == [field]
    assert rotation.policies.count() == 1


@pytest.mark.django_db
def test_a_policy_version_is_never_changed_in_place() -> None:
    rotation = builders.make_rotation()

    with pytest.raises(IntegrityError), transaction.atomic():
        rotation.policies.update(term_weeks=1)

    assert rotation.policies.get().term_weeks == 26


def test_a_policy_can_ask_for_what_the_solver_knows() -> None:
    assert set(policies.OBJECTIVES) == set(instance.OBJECTIVES)
