"""Asking about weeks, and answering as a worker does."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from common.clocks import Clocks
from rotation import answering
from rotation.models import Draft, Shift, WeekQuestion
from rotation.operations import questions
from rotation.queries import questions as queries
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import TeamAtWork, actor

if TYPE_CHECKING:
    from volunteers.models import Engineer

MINUTE = dt.timedelta(seconds=60)
ASKED_WEEK = NEXT_WEEK + 2 * WEEK


def ask(team: TeamAtWork, draft: Draft, **more: Any) -> WeekQuestion:
    wanted: dict[str, Any] = {"level": "primary", "week_date": ASKED_WEEK, **more}
    return questions.ask_about_week(draft_id=draft.pk, **wanted, actor=actor(team.anna), now=NOW)


def ask_about_shift(team: TeamAtWork, *, now: dt.datetime = NOW) -> WeekQuestion:
    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)
    return questions.ask_about_shift(shift_id=shift.pk, actor=actor(team.anna), now=now)


def answer(question: WeekQuestion, *, at: dt.datetime = NOW, holder: str = "worker") -> bool:
    return answering.answer_question(
        question_id=question.pk,
        holder=holder,
        clocks=Clocks(now=lambda: at, real_now=lambda: at),
    )


def answered(question: WeekQuestion) -> queries.Question:
    answer(question)
    rows = WeekQuestion.objects.select_related("level", "rotation", "asked_by")
    return queries.question(rows.get(pk=question.pk))


def holder_of(draft: Draft) -> Engineer:
    holder = draft.shifts.get(level__name="primary", week_date=ASKED_WEEK).holder
    assert holder is not None
    return holder
