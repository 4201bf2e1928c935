"""Two people who decide the same thing at the same moment, on the engine of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from rotation.models import Draft, DraftShift, Shift, SyncRun
from rotation.operations import drafts, publishing
from rotation.queries import patterns, planning
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY
from tests.compensation.test_at_once import at_once
from volunteers.models import Application, Term
from volunteers.operations import application_decisions, application_moves, applications

if TYPE_CHECKING:
    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def _ready_draft(rotation: Rotation) -> Draft:
    """A draft of four weeks that nobody carries, as the facts are now."""
    draft = builders.make_draft(rotation=rotation)
    plan = planning.plan_for(
        rotation=rotation,
        policy=patterns.policy_in_force(rotation_id=rotation.pk, now=NOW),
        first_week_date=NEXT_WEEK,
        weeks=4,
    )
    for level in rotation.levels.all():
        for week in plan.weeks:
            DraftShift.objects.create(
                draft=draft, level=level, week_date=week.week_date, load_hundredths=week.load
            )
    return draft


def test_of_two_managers_who_publish_one_wins_and_the_other_is_told() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    max_ = builders.make_engineer(name="Max")
    rotation = builders.make_rotation(team=team)

    for number in range(1, ROUNDS + 1):
        rotation.refresh_from_db()
        both = [_ready_draft(rotation), _ready_draft(rotation)]
        raised = at_once(
            *[
                lambda draft=draft, who=who: publishing.publish_draft(
                    draft_id=draft.pk,
                    escalation_gaps_confirmed=True,
                    actor=_actor(who),
                    now=NOW,
                )
                for draft, who in zip(both, (anna, max_), strict=True)
            ]
        )

        rotation.refresh_from_db()
        assert [type(error) for error in raised] == [publishing.ScheduleMovedOnError]
        assert rotation.schedule_version == number
        assert Draft.objects.filter(state="published").count() == number
    assert Shift.objects.count() == 8
    assert SyncRun.objects.count() == 1
    assert AuditEvent.objects.filter(verb="published").count() == ROUNDS


def test_of_a_publication_and_a_discard_of_one_draft_one_wins() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    rotation = builders.make_rotation(team=team)

    for _round in range(ROUNDS):
        rotation.refresh_from_db()
        before = rotation.schedule_version
        draft = _ready_draft(rotation)
        raised = at_once(
            lambda draft=draft: publishing.publish_draft(  # type: ignore[misc]
                draft_id=draft.pk, escalation_gaps_confirmed=True, actor=_actor(anna), now=NOW
            ),
            lambda draft=draft: drafts.discard_draft(  # type: ignore[misc]
                draft_id=draft.pk, actor=_actor(anna), now=NOW
            ),
        )

        rotation.refresh_from_db()
        draft.refresh_from_db()
        assert [type(error) for error in raised] == [drafts.DraftMovedOnError]
        assert (draft.state == "published") == (rotation.schedule_version == before + 1)


def test_an_application_is_accepted_or_withdrawn_and_never_both() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    builders.make_rotation(team=team)

    for number in range(ROUNDS):
        ben = builders.make_engineer(name=f"Ben {number}")
        application = builders.make_application(team=team, engineer=ben)
        raised = at_once(
            lambda pk=application.pk: application_decisions.accept_application(  # type: ignore[misc]
                application_id=pk,
                starts_on=NEXT_WEEK,
                term_weeks=26,
                actor=_actor(anna),
                today=TODAY,
                now=NOW,
            ),
            lambda pk=application.pk, who=ben: applications.withdraw_application(  # type: ignore[misc]
                application_id=pk, actor=_actor(who), now=NOW
            ),
        )

        application.refresh_from_db()
        accepted = application.state == Application.State.ACCEPTED
        assert [type(error) for error in raised] == [application_moves.ApplicationNotOpenError]
        assert Term.objects.filter(engineer=ben).exists() is accepted
        events = AuditEvent.objects.filter(subject__contains=f"application {application.pk} ")
        assert [event.verb for event in events] == ["accepted" if accepted else "withdrew"]


def test_somebody_who_applies_twice_at_once_has_applied_once() -> None:
    team = builders.make_team()
    builders.make_rotation(team=team)
    ben = builders.make_ben()

    def apply() -> None:
        applications.apply_for_term(
            team_id=team.pk,
            motivation="I would like to help.",
            earliest_start_on=NEXT_WEEK,
            unsuitable_weeks=[],
            told_own_manager="yes",
            actor=_actor(ben),
            today=TODAY,
            now=NOW,
        )

    raised = at_once(*[apply] * 5)

    assert {type(error) for error in raised} == {applications.ApplicationAlreadyOpenError}
    assert Application.objects.count() == 1
