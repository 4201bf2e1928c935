"""Two who ask, or answer, at the same moment."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.models import Entry, PayQuestion
from compensation.operations import questions, weeks
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, make_money
from tests.compensation.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _paid() -> tuple[Entry, Actor]:
    money = make_money(weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return Entry.objects.get(), Actor(name=money.ben.email, engineer_id=money.ben.pk)


def test_of_two_questions_about_one_entry_one_is_kept() -> None:
    entry, ben = _paid()
    builders.make_finance()

    def ask() -> None:
        questions.ask_about_entry(entry_id=entry.pk, question="Why?", actor=ben, now=AFTER_OCTOBER)

    raised = at_once(ask, ask, ask)

    assert [type(error) for error in raised] == [questions.QuestionOpenError] * 2
    assert PayQuestion.objects.count() == 1
    assert Message.objects.filter(kind="pay_question_asked").count() == 1
    assert AuditEvent.objects.filter(verb="asked").count() == 1


def test_of_two_answers_to_one_question_one_is_kept() -> None:
    entry, ben = _paid()
    finance = [builders.make_finance(name=name) for name in ("Finn", "Faye")]
    row = questions.ask_about_entry(
        entry_id=entry.pk, question="Why?", actor=ben, now=AFTER_OCTOBER
    )

    def answer_by(number: int) -> None:
        person = finance[number]
        questions.answer_question(
            question_id=row.pk,
            answer=f"Says {person.name}.",
            actor=Actor(name=person.email, engineer_id=person.pk),
            now=AFTER_OCTOBER,
        )

    raised = at_once(lambda: answer_by(0), lambda: answer_by(1))

    assert [type(error) for error in raised] == [questions.QuestionAnsweredError]
    row.refresh_from_db()
    assert row.answered_by is not None
    assert row.answer == f"Says {row.answered_by.name}."
    assert Message.objects.filter(kind="pay_question_answered").count() == 1
    assert AuditEvent.objects.filter(verb="answered").count() == 1
