"""Asking who else could have taken a week: what is asked once, what is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from rotation.models import Draft, Shift, WeekQuestion
from rotation.operations import questions
from rotation.queries import questions as queries
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.asking import (
    ASKED_WEEK,
    MINUTE,
    answer,
    ask,
    ask_about_shift,
)
from tests.rotation.pages import TeamAtWork, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def test_a_published_draft_is_asked_about_as_the_schedule(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    publish(team, draft)

    asked = ask(team, draft)

    assert (asked.draft, asked.schedule_version) == (None, 1)
    assert ask_about_shift(team).pk == asked.pk


def test_the_same_question_is_asked_once(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    first = ask(team, draft)

    waiting_again = ask(team, draft)
    answer(first)
    answered_again = ask(team, draft)

    assert first.pk == waiting_again.pk == answered_again.pk
    assert AuditEvent.objects.filter(verb="asked who else could").count() == 1


def test_a_failed_question_is_asked_anew(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    first = ask(team, draft)
    WeekQuestion.objects.update(state=WeekQuestion.State.FAILED)

    again = ask(team, draft)

    assert again.pk != first.pk


def test_a_published_week_is_asked_anew_after_its_facts_changed(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    first = ask_about_shift(team)
    answer(first)
    builders.make_absence(
        engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + dt.timedelta(days=5)
    )

    again = ask_about_shift(team)

    assert again.pk != first.pk


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"level": "third"}, "level"),
        ({"week_date": NEXT_WEEK - WEEK}, "week_date"),
        ({"week_date": NEXT_WEEK + 8 * WEEK}, "week_date"),
        ({"week_date": ASKED_WEEK + dt.timedelta(days=1)}, "week_date"),
    ],
)
def test_a_week_that_the_draft_does_not_have_is_refused(
    team: TeamAtWork, wanted: dict[str, Any], field: str
) -> None:
    draft = solved_draft(team)

    with pytest.raises(questions.QuestionInvalidError) as refused:
        ask(team, draft, **wanted)

    assert list(refused.value.fields) == [field]
    assert WeekQuestion.objects.count() == 0


def test_a_week_that_has_started_or_was_cancelled_is_refused(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    started_at = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK).starts_at

    with pytest.raises(questions.QuestionInvalidError, match="published from now on"):
        ask_about_shift(team, now=started_at + MINUTE)
    Shift.objects.filter(level=team.primary, week_date=ASKED_WEEK).update(cancelled_at=NOW)
    with pytest.raises(questions.QuestionInvalidError):
        ask_about_shift(team)


@pytest.mark.parametrize("state", ["queued", "solving", "failed", "cancelled", "discarded"])
def test_a_draft_that_nobody_decides_about_is_refused(team: TeamAtWork, state: str) -> None:
    draft = solved_draft(team)
    Draft.objects.update(state=state, closed_at=NOW)

    with pytest.raises(questions.QuestionNotReadyError, match=state) as refused:
        ask(team, draft)

    assert (refused.value.code, refused.value.status) == ("QUESTION_DRAFT_NOT_READY", 409)


def _somebody_goes_away(team: TeamAtWork) -> None:
    builders.make_absence(
        engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + dt.timedelta(days=5)
    )


def _somebody_joins(team: TeamAtWork) -> None:
    builders.make_term(team=team.rotation.team, engineer=builders.make_engineer(name="Jo"))


def _another_is_published(team: TeamAtWork) -> None:
    team.rotation.schedule_version += 1
    team.rotation.save(update_fields=["schedule_version"])


@pytest.mark.parametrize("happens", [_somebody_goes_away, _somebody_joins, _another_is_published])
def test_a_draft_made_from_other_facts_has_to_be_solved_again_first(
    team: TeamAtWork, happens: Callable[[TeamAtWork], None]
) -> None:
    draft = solved_draft(team)
    happens(team)

    with pytest.raises(questions.QuestionStaleError, match="again") as refused:
        ask(team, draft)

    assert (refused.value.code, refused.value.status) == ("QUESTION_STALE", 409)


def test_a_covered_week_is_refused(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)
    other = next(who for who in team.volunteers if who.pk != shift.holder_id)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=other)

    with pytest.raises(questions.QuestionCoveredError, match="undo the cover"):
        ask_about_shift(team)


def test_the_sixth_question_waits_for_an_answer(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    for number in range(5):
        ask(team, draft, week_date=NEXT_WEEK + number * WEEK)

    with pytest.raises(questions.QuestionsWaitError):
        ask(team, draft, week_date=NEXT_WEEK + 5 * WEEK)
    answer(WeekQuestion.objects.earliest("pk"))
    ask(team, draft, week_date=NEXT_WEEK + 5 * WEEK)

    assert WeekQuestion.objects.count() == 6


def test_the_newest_question_of_each_week_is_found_by_draft_and_by_shift(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    ask(team, draft)
    WeekQuestion.objects.update(state=WeekQuestion.State.FAILED)
    newest = ask(team, draft)
    of_draft = queries.newest_of_draft(draft=draft)
    publish(team, draft)
    of_schedule = ask_about_shift(team)
    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)

    assert of_draft == {("primary", ASKED_WEEK): newest}
    assert queries.newest_of_shift(shift=shift) == of_schedule
