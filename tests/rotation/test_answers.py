"""What a worker answers to who else could have taken a week; leases that run out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from rotation import generation, tasks
from rotation.domain import orders
from rotation.models import DraftRule, Shift, WeekQuestion
from rotation.operations import answers, drafts
from rotation.queries import questions as queries
from rotation.queries import waiting
from tests import builders
from tests.builders import NEXT_WEEK, NOW
from tests.rotation.asking import (
    ASKED_WEEK,
    MINUTE,
    answer,
    answered,
    ask,
    ask_about_shift,
    holder_of,
)
from tests.rotation.pages import CLOCKS, TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def test_a_question_about_a_draft_waits_and_is_answered_person_by_person(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)

    asked = ask(team, draft)
    found = answered(asked)

    assert (asked.state, asked.schedule_version) == ("queued", 0)
    assert (found.state, found.failure, found.is_waiting) == ("answered", "", False)
    assert {each.mark.engineer_id for each in found.people} == {who.pk for who in team.volunteers}
    first, *others = found.people
    assert (first.holds, first.mark.engineer_id) == (True, holder_of(draft).pk)
    assert all(each.can and each.proven and each.costs["changes"] for each in others)
    assert [each.moves + 1 for each in others] == [each.costs["changes"] for each in others]
    costs = [tuple(each.costs[name] for name in found.order) for each in others]
    assert costs == sorted(costs)
    assert min(costs) >= tuple(0 for _name in found.order)
    assert AuditEvent.objects.latest("pk").verb == "asked who else could"


def test_the_cost_is_that_of_a_draft_solved_with_the_person_fixed_by_hand(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    found = answered(ask(team, draft))
    drafts.discard_draft(draft_id=draft.pk, actor=actor(team.anna), now=NOW)
    before = found.order[: found.order.index("changes")]

    for each in found.people[1:]:
        fixed = drafts.request_draft(
            rotation_id=team.rotation.pk, weeks=8, actor=actor(team.anna), now=NOW
        )
        DraftRule.objects.create(
            draft=fixed,
            level=team.primary,
            week_date=ASKED_WEEK,
            engineer_id=each.mark.engineer_id,
            kind=DraftRule.Kind.PIN,
            added_by="anna@example.com",
            added_at=NOW,
        )
        generation.generate_draft(draft_id=fixed.pk, holder="test", clocks=CLOCKS)
        fixed.refresh_from_db()
        level = fixed.figures["levels"][0]
        assert level["level"] == "primary"
        for name in before:
            assert level["objectives"][name] == found.base[name] + each.costs[name]
        drafts.discard_draft(draft_id=fixed.pk, actor=actor(team.anna), now=NOW)


def test_whoever_is_away_cannot_take_the_week_and_stands_last(team: TeamAtWork) -> None:
    gus = team.volunteers[-1]
    builders.make_absence(
        engineer=gus, starts_on=ASKED_WEEK, ends_on=ASKED_WEEK + dt.timedelta(days=5)
    )

    found = answered(ask(team, solved_draft(team)))

    last = found.people[-1]
    assert (last.mark.engineer_id, last.why, last.costs) == (gus.pk, "unavailable", {})
    assert not last.can


def test_a_published_week_is_asked_about_in_the_order_of_repairs(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))

    found = answered(ask_about_shift(team))

    assert (found.state, found.draft_id) == ("answered", None)
    assert found.order[:2] == ("gaps", "changes")
    assert found.people[0].holds
    assert (found.base["gaps"], found.base["changes"]) == (0, 0)
    assert found.people[1].moves <= 1


def test_a_holder_who_is_away_by_now_still_holds_the_published_week(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    publish(team, draft)
    holder = holder_of(draft)
    builders.make_absence(
        engineer=holder, starts_on=ASKED_WEEK, ends_on=ASKED_WEEK + dt.timedelta(days=5)
    )

    found = answered(ask_about_shift(team))

    first = found.people[0]
    assert (first.mark.engineer_id, first.holds, first.why) == (holder.pk, True, "unavailable")


def test_facts_that_change_before_the_answer_are_said_instead_of_it(team: TeamAtWork) -> None:
    asked = ask(team, solved_draft(team))
    builders.make_absence(
        engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + dt.timedelta(days=5)
    )

    found = answered(asked)

    assert (found.state, found.people) == ("failed", ())
    assert "solve the draft again" in found.failure


def test_a_draft_that_was_discarded_before_the_answer_is_said_instead_of_it(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    asked = ask(team, draft)
    drafts.discard_draft(draft_id=draft.pk, actor=actor(team.anna), now=NOW)

    found = answered(asked)

    assert (found.state, found.failure) == ("failed", "Draft 1 is discarded by now.")


def test_covers_elsewhere_that_contradict_the_rules_are_named(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    covered = Shift.objects.get(level=team.primary, week_date=NEXT_WEEK)
    other = next(who for who in team.volunteers if who.pk != covered.holder_id)
    builders.make_cover(
        shift=covered,
        from_engineer=covered.holder,
        to_engineer=other,
        starts_at=covered.starts_at,
        ends_at=covered.starts_at + dt.timedelta(days=2),
    )
    assert covered.holder is not None
    builders.make_absence(
        engineer=covered.holder,
        starts_on=NEXT_WEEK + dt.timedelta(days=4),
        ends_on=NEXT_WEEK + dt.timedelta(days=5),
    )

    found = answered(ask_about_shift(team))

    assert found.state == "failed"
    assert f"{covered.holder.name} in the week of {NEXT_WEEK}" in found.failure


def test_a_week_of_somebody_who_has_left_is_compared_with_a_gap(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    publish(team, draft)
    holder = holder_of(draft)
    holder.terms.update(left_on=NEXT_WEEK)

    found = answered(ask_about_shift(team))

    first, second = found.people[:2]
    assert (first.mark.name, first.holds, first.why) == (holder.name, True, "no_role")
    assert second.costs["gaps"] == -found.base["gaps"]


def test_a_worker_that_was_killed_is_followed_by_another_once_its_lease_has_run_out(
    team: TeamAtWork,
) -> None:
    asked = ask(team, solved_draft(team))
    killed = answers.claim_question(question_id=asked.pk, real_now=NOW, now=NOW, holder="killed")

    early = answer(asked, at=NOW + MINUTE / 2, holder="next")
    waiting_early = waiting.waiting_question_ids(real_now=NOW + MINUTE / 2)
    waiting_late = waiting.waiting_question_ids(real_now=NOW + MINUTE)
    late = answer(asked, at=NOW + MINUTE, holder="next")
    too_late = answers.record_answer(question_id=asked.pk, holder="killed", answer={}, now=NOW)

    asked.refresh_from_db()
    assert killed is not None
    assert (early, late, too_late) == (False, True, False)
    assert (waiting_early, waiting_late) == ([], [asked.pk])
    assert (asked.state, asked.tries, asked.lease_holder) == ("answered", 2, "next")
    assert asked.answer["people"]


def test_a_lease_is_kept_only_by_its_holder(team: TeamAtWork) -> None:
    asked = ask(team, solved_draft(team))
    answers.claim_question(question_id=asked.pk, real_now=NOW, now=NOW, holder="worker")

    renewed = answers.renew_question(question_id=asked.pk, real_now=NOW + MINUTE, holder="worker")
    stolen = answers.renew_question(question_id=asked.pk, real_now=NOW + MINUTE, holder="another")

    asked.refresh_from_db()
    assert (renewed, stolen) == (True, False)
    assert asked.leased_until == NOW + 2 * MINUTE
    assert answers.is_held(question_id=asked.pk, holder="worker")
    assert not answers.is_held(question_id=asked.pk, holder="another")


def test_a_question_that_was_interrupted_three_times_is_given_up(team: TeamAtWork) -> None:
    asked = ask(team, solved_draft(team))
    for number in range(3):
        at = NOW + number * MINUTE
        answers.claim_question(question_id=asked.pk, real_now=at, now=at, holder=f"{number}")

    fourth = answer(asked, at=NOW + 3 * MINUTE)

    asked.refresh_from_db()
    assert (fourth, asked.state) == (False, "failed")
    assert asked.failure == "Answering was interrupted 3 times. Ask again."


def test_the_sweep_hands_waiting_questions_to_workers(
    team: TeamAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(team, solved_draft(team))
    sent: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.answer_question, "delay", lambda **ids: sent.append(ids))

    count = tasks.sweep_questions()

    assert (count, sent) == (1, [{"question_id": asked.pk}])


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["gaps", "unfairness", "changes", "spread"], ["gaps", "changes", "unfairness", "spread"]),
        (["overload", "gaps", "spread"], ["overload", "gaps", "changes", "spread"]),
        (["changes", "gaps", "spread"], ["changes", "gaps", "spread"]),
        (["spread", "changes"], ["changes", "spread"]),
    ],
)
def test_a_schedule_that_stands_counts_changes_next_to_gaps(
    order: list[str], expected: list[str]
) -> None:
    found = orders.staying_put(order)

    assert list(found) == expected


def test_an_answer_is_the_same_each_time(team: TeamAtWork) -> None:
    asked = ask(team, solved_draft(team))

    first = answered(asked)
    WeekQuestion.objects.update(state=WeekQuestion.State.QUEUED, leased_until=None)
    again = answered(asked)

    assert dataclasses.replace(again, finished_at=first.finished_at) == first


def test_reading_an_answer_takes_two_queries_however_many_people_it_names(
    team: TeamAtWork, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = ask(team, solved_draft(team))
    answer(asked)
    row = WeekQuestion.objects.select_related("level", "rotation", "asked_by").get(pk=asked.pk)

    with django_assert_max_num_queries(2):
        found = queries.question(row)

    assert len(found.people) == len(team.volunteers)
