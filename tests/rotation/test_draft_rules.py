"""Rules by hand, and solving again with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from common.refusals import RefusedError
from rotation import generation
from rotation.models import Draft, DraftRule
from rotation.operations import draft_rules, drafts
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import CLOCKS, TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
MONDAY = NEXT_WEEK + 2 * WEEK


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _rule(team: TeamAtWork, draft: Draft, engineer: Engineer, **more: Any) -> DraftRule:
    wanted: dict[str, Any] = {
        "level": "primary",
        "week_date": MONDAY,
        "kind": DraftRule.Kind.PIN,
        "now": LATER,
        **more,
    }
    return draft_rules.add_rule(
        draft_id=draft.pk, engineer_id=engineer.pk, actor=actor(team.anna), **wanted
    )


def _again(team: TeamAtWork, draft: Draft, *, now: dt.datetime = LATER) -> Draft:
    again = drafts.solve_again(draft_id=draft.pk, actor=actor(team.anna), now=now)
    generation.generate_draft(draft_id=again.pk, holder="test", clocks=CLOCKS)
    again.refresh_from_db()
    return again


def _holder(draft: Draft, week_date: dt.date = MONDAY, level: str = "primary") -> Engineer | None:
    return draft.shifts.get(level__name=level, week_date=week_date).holder


def _somebody_else(team: TeamAtWork, draft: Draft) -> Engineer:
    return next(person for person in team.volunteers if person != _holder(draft))


# ------------------------------------------------------------------ what rules do
def test_a_person_fixed_by_hand_gets_the_week_once_the_draft_is_solved_again(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    wanted = _somebody_else(team, draft)

    _rule(team, draft, wanted)
    again = _again(team, draft)

    assert _holder(draft) != wanted
    assert again.state == Draft.State.READY
    assert _holder(again) == wanted


def test_a_person_kept_away_by_hand_does_not_get_the_week(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    unwanted = _holder(draft)
    assert unwanted is not None

    _rule(team, draft, unwanted, kind=DraftRule.Kind.FORBID)

    assert _holder(_again(team, draft)) not in {unwanted, None}


def test_a_rule_does_not_count_before_the_draft_is_solved_again(team: TeamAtWork) -> None:
    draft = solved_draft(team)

    rule = _rule(team, draft, _somebody_else(team, draft), now=NOW)

    assert rule.added_at > draft.requested_at
    assert publish(team, draft) == 1


def test_solving_again_carries_the_rules_over_and_puts_the_old_draft_aside(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    rule = _rule(team, draft, _somebody_else(team, draft))

    again = _again(team, draft)

    draft.refresh_from_db()
    carried = again.rules.get()
    assert draft.state == Draft.State.DISCARDED
    assert again.solved_again_from == draft
    assert (again.kind, again.weeks, again.first_week_date) == (
        draft.kind,
        draft.weeks,
        draft.first_week_date,
    )
    assert (carried.engineer, carried.kind, carried.added_by) == (
        rule.engineer,
        rule.kind,
        team.anna.email,
    )


def test_a_rule_taken_back_no_longer_counts(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    rule = _rule(team, draft, _somebody_else(team, draft))
    once = _again(team, draft)

    draft_rules.remove_rule(rule_id=once.rules.get().pk, actor=actor(team.anna), now=LATER)
    twice = _again(team, once)

    assert rule.engineer == _holder(once)
    assert not twice.rules.exists()
    assert _holder(twice) == _holder(draft)


def test_adding_and_taking_back_stand_in_the_trail(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    wanted = _somebody_else(team, draft)

    rule = _rule(team, draft, wanted)
    draft_rules.remove_rule(rule_id=rule.pk, actor=actor(team.anna), now=LATER)

    events = AuditEvent.objects.filter(concerned=[wanted.email]).order_by("pk")
    assert [event.verb for event in events] == ["fixed", "no longer fixed"]
    assert "primary, week of Mon 14 Dec 2026 in draft 1 of Core" in events[0].subject


def test_weeks_that_have_started_are_left_out_when_solved_again(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _rule(team, draft, _somebody_else(team, draft), week_date=NEXT_WEEK + WEEK)

    later = NOW + dt.timedelta(weeks=2)
    again = drafts.solve_again(draft_id=draft.pk, actor=actor(team.anna), now=later)

    assert (again.first_week_date, again.weeks) == (NEXT_WEEK + 2 * WEEK, 6)
    assert not again.rules.exists()


def test_a_draft_that_failed_can_be_solved_again(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)

    assert _again(team, draft).state == Draft.State.READY


def test_a_fixed_week_that_became_impossible_is_named_and_can_be_taken_back(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    _rule(team, draft, team.ben)
    builders.make_absence(engineer=team.ben, starts_on=MONDAY, ends_on=MONDAY + WEEK)

    failed = _again(team, draft)
    draft_rules.remove_rule(rule_id=failed.rules.get().pk, actor=actor(team.anna), now=LATER)
    again = _again(team, failed)

    assert failed.state == Draft.State.FAILED
    assert "fixed by hand contradicts the rules: Ben in the week of 2026-12-14" in failed.failure
    assert again.state == Draft.State.READY


# ------------------------------------------------------------------ refusals
def test_somebody_who_is_away_cannot_be_fixed(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    builders.make_absence(engineer=team.ben, starts_on=MONDAY, ends_on=MONDAY + WEEK)

    with pytest.raises(draft_rules.DraftRuleInvalidError, match="Ben is away in the week of Mon"):
        _rule(team, draft, team.ben)


def test_somebody_outside_can_neither_be_fixed_nor_kept_away(team: TeamAtWork) -> None:
    draft = solved_draft(team)

    for kind in DraftRule.Kind:
        with pytest.raises(draft_rules.DraftRuleInvalidError, match="Carla has no term") as refused:
            _rule(team, draft, team.carla, kind=kind)
        assert set(refused.value.fields) == {"engineer"}


def test_somebody_whose_term_ends_before_cannot_be_fixed(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    team.rotation.team.terms.filter(engineer=team.ben).update(left_on=MONDAY)

    with pytest.raises(draft_rules.DraftRuleInvalidError, match="not in a term for the whole week"):
        _rule(team, draft, team.ben)


def test_somebody_who_rests_from_a_started_week_cannot_be_fixed(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK - WEEK, holder=team.ben)
    draft = solved_draft(team)

    with pytest.raises(
        draft_rules.DraftRuleInvalidError,
        match="2 clear weeks between this week and the week of Mon 23 Nov 2026",
    ):
        _rule(team, draft, team.ben)


def test_somebody_fixed_in_a_week_nearby_cannot_be_fixed(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _rule(team, draft, team.ben)

    with pytest.raises(draft_rules.DraftRuleInvalidError, match="fixed by hand; the policy wants"):
        _rule(team, draft, team.ben, week_date=MONDAY + 3 * WEEK)


def test_a_week_with_an_agreed_cover_takes_no_rule(team: TeamAtWork) -> None:
    shift = builders.make_shift(level=team.primary, week_date=MONDAY, holder=team.ben)
    builders.make_cover(shift=shift, from_engineer=team.ben, to_engineer=team.volunteers[1])
    draft = solved_draft(team)

    with pytest.raises(draft_rules.DraftRuleInvalidError, match="Undo the cover first"):
        _rule(team, draft, team.volunteers[2])


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"week_date": MONDAY + 20 * WEEK}, "week_date", "has no week of"),
        ({"week_date": MONDAY + dt.timedelta(days=1)}, "week_date", "has no week of"),
        ({"level": "third"}, "level", "primary or escalation"),
        ({"now": NOW + dt.timedelta(weeks=5)}, "week_date", "has started"),
    ],
)
def test_a_week_outside_the_draft_takes_no_rule(
    team: TeamAtWork, more: dict[str, Any], field: str, words: str
) -> None:
    draft = solved_draft(team)

    with pytest.raises(draft_rules.DraftRuleInvalidError, match=words) as refused:
        _rule(team, draft, team.ben, **more)

    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("first", "second"), [("pin", "forbid"), ("forbid", "pin"), ("pin", "pin")]
)
def test_one_person_is_not_fixed_and_kept_away_in_one_week(
    team: TeamAtWork, first: str, second: str
) -> None:
    draft = solved_draft(team)
    _rule(team, draft, team.ben, kind=first)

    with pytest.raises(draft_rules.DraftRuleClashError):
        _rule(team, draft, team.ben, kind=second)


def test_two_people_are_not_fixed_in_one_week(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _rule(team, draft, team.ben)

    with pytest.raises(draft_rules.DraftRuleClashError, match="Ben is fixed in this week by hand"):
        _rule(team, draft, team.volunteers[1])


@pytest.mark.parametrize("state", ["queued", "solving", "published", "discarded"])
def test_a_draft_that_is_being_made_or_over_takes_no_rule_and_is_not_solved_again(
    team: TeamAtWork, state: str
) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=state)

    for act in (
        lambda: _rule(team, draft, team.ben),
        lambda: drafts.solve_again(draft_id=draft.pk, actor=actor(team.anna), now=LATER),
    ):
        with pytest.raises(drafts.DraftMovedOnError) as refused:
            act()
        assert isinstance(refused.value, RefusedError)


def test_a_draft_is_not_solved_again_while_another_is_being_made(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    builders.make_draft(rotation=team.rotation, state=Draft.State.QUEUED)

    with pytest.raises(drafts.DraftInProgressError, match="Draft 2 is being made"):
        drafts.solve_again(draft_id=draft.pk, actor=actor(team.anna), now=LATER)


# ------------------------------------------------------------------ at once
@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_fix_different_people_in_a_week_one_wins() -> None:
    team = team_at_work()
    draft = solved_draft(team)
    both = team.volunteers[:2]

    raised = at_once(*[lambda who=who: _rule(team, draft, who) for who in both])

    assert [type(error) for error in raised] == [draft_rules.DraftRuleClashError]
    assert draft.rules.count() == 1
    assert AuditEvent.objects.filter(verb="fixed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_solve_again_at_once_one_wins() -> None:
    team = team_at_work()
    draft = solved_draft(team)

    def again() -> None:
        drafts.solve_again(draft_id=draft.pk, actor=actor(team.anna), now=LATER)

    raised = at_once(again, again)

    assert [type(error) for error in raised] == [drafts.DraftMovedOnError]
    assert Draft.objects.filter(solved_again_from=draft).count() == 1
