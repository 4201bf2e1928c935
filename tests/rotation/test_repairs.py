"""What disturbs a published schedule, and the repairs that are proposed for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from outbox.models import Message
from rotation import tasks
from rotation.models import Disturbance, Draft, DraftRule, Shift
from rotation.operations import draft_rules, drafts, repairs
from rotation.queries import disturbances
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TeamAtWork, actor, publish, solved_draft, team_at_work
from tests.rotation.repairing import (
    LATER,
    WEEKS,
    away_from,
    changed_by,
    entered_later,
    first_week_of,
    proposed_by,
    published_team,
    solved_repair,
    swept,
)
from volunteers.models import Absence, Engineer, Term

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> TeamAtWork:
    return published_team()


# ------------------------------------------------------------------ what is proposed
def test_nothing_is_proposed_while_the_schedule_stands(team: TeamAtWork) -> None:
    assert swept(team) is None
    assert not Disturbance.objects.exists()
    assert not Message.objects.exists()


def test_a_long_absence_over_published_weeks_starts_a_repair_with_its_cause(
    team: TeamAtWork,
) -> None:
    monday = first_week_of(team.ben)
    away_from(team.ben, monday)

    draft = swept(team)

    assert draft is not None
    assert (draft.kind, draft.state, draft.requested_by) == ("repair", "queued", None)
    assert draft.cause.startswith("Ben is away Mon ")
    assert (draft.first_week_date, draft.weeks) == (NEXT_WEEK, WEEKS)
    assert draft.objectives[:2] == ["gaps", "changes"]
    event = AuditEvent.objects.get(verb="asked for", actor="sweep:sweep_repairs")
    assert event.after is not None
    assert event.after["cause"] == draft.cause


def test_a_sweep_twice_is_one_proposal_and_one_mail_to_each_manager(team: TeamAtWork) -> None:
    away_from(team.ben, first_week_of(team.ben))

    once, twice = swept(team), swept(team, now=LATER + dt.timedelta(seconds=15))

    assert once is not None
    assert twice is None
    mails = Message.objects.filter(kind="repair_proposed").order_by("to")
    assert [mail.to for mail in mails] == [team.anna.email, team.max.email]
    assert mails[0].subject == f"Core needs a repair: {once.cause}"
    assert "primary in the week of" in mails[0].body
    assert "Surgery" not in mails[0].body


def test_an_absence_between_ones_own_weeks_is_no_disturbance(team: TeamAtWork) -> None:
    away_from(team.ben, first_week_of(team.ben) + WEEK + dt.timedelta(days=1), weeks=1)

    assert swept(team) is None


def test_an_absence_over_a_week_that_others_cover_is_no_disturbance(team: TeamAtWork) -> None:
    shift = Shift.objects.filter(holder=team.ben).earliest("week_date")
    other = next(person for person in team.volunteers if person != team.ben)
    builders.make_cover(shift=shift, from_engineer=team.ben, to_engineer=other)
    away_from(team.ben, shift.week_date, weeks=1)

    assert swept(team) is None


def test_somebody_who_leaves_is_the_cause_by_name_and_day(team: TeamAtWork) -> None:
    monday = first_week_of(team.ben)
    Term.objects.filter(engineer=team.ben).update(left_on=monday)

    draft = swept(team)

    assert draft is not None
    assert draft.cause.startswith("Ben leaves on Mon ")


def test_somebody_who_was_deactivated_is_the_cause(team: TeamAtWork) -> None:
    Engineer.objects.filter(pk=team.ben.pk).update(is_active=False)

    draft = solved_repair(swept(team))

    assert draft.cause == "Ben was deactivated"
    assert team.ben.pk not in proposed_by(draft).values()


def test_a_newcomer_who_can_fill_a_gap_is_the_cause() -> None:
    team = team_at_work()
    Term.objects.filter(level="escalation").update(left_on=NEXT_WEEK + 2 * WEEK)
    publish(team, solved_draft(team, weeks=4))
    assert swept(team) is None
    term = builders.make_escalation_term(
        team=team.rotation.team, engineer=team.carla, starts_on=NEXT_WEEK + 3 * WEEK
    )
    entered_later(term)

    draft = solved_repair(swept(team))

    assert draft.cause == "Carla starts on Mon 21 Dec 2026"
    assert changed_by(draft) == {(team.escalation.pk, NEXT_WEEK + 3 * WEEK)}


def test_somebody_known_when_the_schedule_was_made_fills_no_gap() -> None:
    team = team_at_work()
    Term.objects.filter(level="escalation").update(left_on=NEXT_WEEK + 2 * WEEK)
    publish(team, solved_draft(team, weeks=4))
    builders.make_escalation_term(team=team.rotation.team, engineer=team.carla)

    assert swept(team) is None


def test_weeks_that_have_started_are_not_in_a_repair(team: TeamAtWork) -> None:
    later = NOW + 2 * WEEK
    first = NEXT_WEEK + 2 * WEEK
    holder = Shift.objects.get(level=team.primary, week_date=first).holder
    assert holder is not None
    away_from(holder, first)

    draft = swept(team, now=later)

    assert draft is not None
    assert (draft.first_week_date, draft.weeks) == (first, WEEKS - 2)


# ------------------------------------------------------------------ once for each cause
@pytest.mark.parametrize("close", [drafts.discard_draft, drafts.cancel_draft])
def test_a_proposal_that_a_manager_ends_is_not_made_again(team: TeamAtWork, close: object) -> None:
    away_from(team.ben, first_week_of(team.ben))
    draft = swept(team)
    assert draft is not None
    if close is drafts.discard_draft:
        solved_repair(draft)
    close(draft_id=draft.pk, actor=actor(team.anna), now=LATER)  # type: ignore[operator]

    assert swept(team, now=LATER + WEEK) is None
    assert Message.objects.filter(kind="repair_proposed").count() == 2


def test_days_away_that_disturb_another_week_are_proposed_anew(team: TeamAtWork) -> None:
    weeks = list(Shift.objects.filter(holder=team.ben).order_by("week_date"))
    absence = away_from(team.ben, weeks[0].week_date, weeks=1)
    draft = solved_repair(swept(team))
    drafts.discard_draft(draft_id=draft.pk, actor=actor(team.anna), now=LATER)

    Absence.objects.filter(pk=absence.pk).update(ends_on=weeks[1].week_date + WEEK)

    assert swept(team) is not None
    assert Message.objects.filter(kind="repair_proposed").count() == 4


def test_what_no_longer_disturbs_is_forgotten_so_that_it_counts_when_it_comes_back(
    team: TeamAtWork,
) -> None:
    absence = away_from(team.ben, first_week_of(team.ben))
    draft = solved_repair(swept(team))
    drafts.discard_draft(draft_id=draft.pk, actor=actor(team.anna), now=LATER)
    Absence.objects.filter(pk=absence.pk).update(cancelled_at=LATER)
    assert swept(team) is None
    assert not Disturbance.objects.filter(cleared_at__isnull=True).exists()

    Absence.objects.filter(pk=absence.pk).update(cancelled_at=None)

    assert swept(team) is not None


def test_a_second_cause_replaces_the_proposal_and_keeps_its_rules_by_hand(
    team: TeamAtWork,
) -> None:
    monday = first_week_of(team.ben)
    away_from(team.ben, monday)
    first = solved_repair(swept(team))
    other = next(
        person
        for person in team.volunteers
        if person.pk not in {team.ben.pk, proposed_by(first)[team.primary.pk, monday]}
    )
    draft_rules.add_rule(
        draft_id=first.pk,
        level="primary",
        week_date=monday,
        engineer_id=other.pk,
        kind=DraftRule.Kind.FORBID,
        actor=actor(team.anna),
        now=LATER,
    )
    leaver = next(person for person in team.volunteers if person not in {team.ben, other})
    Term.objects.filter(engineer=leaver).update(left_on=first_week_of(leaver))

    second = solved_repair(swept(team))

    first.refresh_from_db()
    assert first.state == Draft.State.DISCARDED
    assert second.solved_again_from == first
    assert "Ben is away" in second.cause
    assert f"{leaver.name} leaves on" in second.cause
    assert second.rules.count() == 1
    subjects = Message.objects.filter(to=team.anna.email).order_by("pk")
    assert [mail.subject.split(": ")[1][:7] for mail in subjects] == [
        "Ben is ",
        leaver.name[:7],
    ]


def test_a_proposal_that_another_publication_overtook_is_made_anew_without_a_mail() -> None:
    team = team_at_work()
    Term.objects.filter(level="escalation").update(left_on=NEXT_WEEK + 2 * WEEK)
    publish(team, solved_draft(team, weeks=4))
    unaware = solved_draft(team, weeks=4)
    entered_later(builders.make_escalation_term(team=team.rotation.team, engineer=team.carla))
    overtaken = solved_repair(swept(team))
    publish(team, unaware)

    anew = solved_repair(swept(team))

    overtaken.refresh_from_db()
    assert overtaken.state == Draft.State.DISCARDED
    assert (anew.base_version, anew.solved_again_from) == (2, overtaken)
    assert swept(team) is None
    told = Message.objects.filter(kind="repair_proposed", to=team.anna.email)
    assert told.count() == 1


def test_nothing_is_proposed_while_a_draft_is_being_made(team: TeamAtWork) -> None:
    away_from(team.ben, first_week_of(team.ben))
    waiting = drafts.request_draft(
        rotation_id=team.rotation.pk, weeks=None, actor=actor(team.anna), now=LATER
    )

    assert swept(team) is None
    drafts.cancel_draft(draft_id=waiting.pk, actor=actor(team.anna), now=LATER)
    assert swept(team) is not None


def test_nothing_is_proposed_while_a_draft_that_knows_waits_for_a_decision(
    team: TeamAtWork,
) -> None:
    away_from(team.ben, first_week_of(team.ben))
    draft = solved_draft(team)

    assert swept(team) is None
    drafts.discard_draft(draft_id=draft.pk, actor=actor(team.anna), now=LATER)
    assert swept(team) is not None


def test_a_manager_who_repairs_now_is_not_told_again(team: TeamAtWork) -> None:
    away_from(team.ben, first_week_of(team.ben))

    draft = repairs.request_repair(rotation_id=team.rotation.pk, actor=actor(team.anna), now=LATER)
    drafts.cancel_draft(draft_id=draft.pk, actor=actor(team.anna), now=LATER)

    assert draft.requested_by == team.anna
    assert draft.cause.startswith("Ben is away")
    assert swept(team) is None
    assert not Message.objects.exists()


def test_nothing_published_is_nothing_to_repair() -> None:
    team = team_at_work()

    with pytest.raises(drafts.NothingToRepairError, match="published no week"):
        repairs.request_repair(rotation_id=team.rotation.pk, actor=actor(team.anna), now=NOW)
    assert disturbances.rotation_ids_to_look_at(now=NOW) == []


def test_the_sweep_proposes_and_hands_the_draft_to_a_worker(
    team: TeamAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    away_from(team.ben, first_week_of(team.ben))
    sent: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.generate_draft, "delay", lambda **ids: sent.append(ids))

    with time_machine.travel(LATER, tick=False):
        counts = [tasks.sweep_repairs(), tasks.sweep_repairs()]

    assert counts == [1, 0]
    assert sent == [{"draft_id": Draft.objects.get(kind="repair").pk}]


def test_looking_takes_the_same_queries_however_many_are_away(
    team: TeamAtWork, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as before:
        disturbances.found_in(rotation=team.rotation, now=LATER)
    for volunteer in team.volunteers:
        away_from(volunteer, first_week_of(volunteer))

    with django_assert_num_queries(len(before)):
        found = disturbances.found_in(rotation=team.rotation, now=LATER)

    assert len({each.engineer_id for each in found}) == len(team.volunteers)


# ------------------------------------------------------------------ at once
@pytest.mark.django_db(transaction=True)
def test_ten_sweeps_at_once_propose_once() -> None:
    team = team_at_work()
    publish(team, solved_draft(team, weeks=WEEKS))
    away_from(team.ben, first_week_of(team.ben))

    raised = at_once(*[lambda: swept(team)] * 10)

    assert raised == []
    assert Draft.objects.filter(kind="repair").count() == 1
    assert Message.objects.filter(kind="repair_proposed").count() == 2
