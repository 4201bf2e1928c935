"""Questioning a line of one's own pay: who may ask, who answers, and what stays on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.models import Entry, PayQuestion
from compensation.operations import questions, weeks
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money
from tests.rotation.pages import heading, page_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
WHY = "Was I not on call on Sunday too?"
BECAUSE = "Carla had the Sunday."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def money() -> Money:
    """Ben's one paid week."""
    money = make_money(weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


@pytest.fixture
def finn(money: Money) -> Engineer:
    assert money.ben.pk
    return builders.make_finance()


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def _asked(by: Engineer) -> PayQuestion:
    entry = Entry.objects.get()
    return questions.ask_about_entry(
        entry_id=entry.pk, question=WHY, actor=_actor(by), now=AFTER_OCTOBER
    )


# ------------------------------------------------------------------ asking
def test_a_question_goes_to_finance_and_the_answer_comes_back(money: Money, finn: Engineer) -> None:
    sent = signed_in(money.ben).post("/pay/entries/1/question/", {"question": WHY})
    question = PayQuestion.objects.get()
    listed = page_of(finn, "/finance/questions/")
    answered = signed_in(finn).post(
        f"/finance/questions/{question.pk}/answer/", {"answer": BECAUSE}
    )
    page = page_of(money.ben, "/pay/entries/1/")

    assert sent.headers["Location"] == "/pay/entries/1/"
    assert heading(listed) == "1 question waits for an answer"
    assert WHY in listed
    assert answered.headers["Location"] == "/finance/questions/"
    assert WHY in page
    assert BECAUSE in page
    assert "Finn" in page
    mails = Message.objects.order_by("pk")
    assert [(mail.to, mail.kind) for mail in mails] == [
        ("finn@example.com", "pay_question_asked"),
        ("ben@example.com", "pay_question_answered"),
    ]
    assert f"/finance/questions/{question.pk}/" in mails[0].body
    assert "/pay/entries/1/" in mails[1].body
    for mail in mails:
        assert "600.00" not in mail.body + mail.subject
        assert WHY not in mail.body


def test_both_stay_on_record_without_their_words_and_without_an_amount(
    money: Money, finn: Engineer
) -> None:
    question = _asked(money.ben)
    questions.answer_question(
        question_id=question.pk, answer=BECAUSE, actor=_actor(finn), now=AFTER_OCTOBER
    )

    events = AuditEvent.objects.filter(verb__in=["asked", "answered"]).order_by("pk")
    assert [(event.actor, event.verb, event.area) for event in events] == [
        ("ben@example.com", "asked", "money"),
        ("finn@example.com", "answered", "money"),
    ]
    assert {event.subject for event in events} == {f"question {question.pk} about entry 1"}
    assert {event.before for event in events} | {event.after for event in events} == {None}


def test_one_open_question_for_each_line(money: Money) -> None:
    _asked(money.ben)

    again = signed_in(money.ben).post("/pay/entries/1/question/", {"question": "Again?"})

    assert again.status_code == 409
    assert "Finance has not answered yet." in again.content.decode()
    assert PayQuestion.objects.count() == 1
    assert AuditEvent.objects.filter(verb="asked").count() == 1


def test_after_the_answer_one_can_ask_again(money: Money, finn: Engineer) -> None:
    first = _asked(money.ben)
    assert "Question this line" not in page_of(money.ben, "/pay/entries/1/")
    questions.answer_question(
        question_id=first.pk, answer=BECAUSE, actor=_actor(finn), now=AFTER_OCTOBER
    )

    assert "Ask again" in page_of(money.ben, "/pay/entries/1/")
    _asked(money.ben)

    assert PayQuestion.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "said"), [("", "This is needed."), ("a" * 2001, "At most 2000 characters")]
)
def test_no_words_or_too_many_are_refused_beside_the_field(
    money: Money, words: str, said: str
) -> None:
    answer = signed_in(money.ben).post("/pay/entries/1/question/", {"question": words})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PayQuestion.objects.exists()


def test_nobody_asks_about_anothers_line(money: Money) -> None:
    carla, finn = builders.make_carla(), builders.make_finance()

    for other in (carla, finn, builders.make_anna(team=money.rotation.team)):
        answer = signed_in(other).post("/pay/entries/1/question/", {"question": WHY})
        assert answer.status_code == 404
    with pytest.raises(questions.NotOwnEntryError):
        _asked(carla)
    assert not PayQuestion.objects.exists()


def test_what_one_asked_is_among_ones_own_data(money: Money) -> None:
    _asked(money.ben)

    held = signed_in(money.ben).get("/me/data/file.json").json()

    assert [row["question"] for row in held["pay_questions"]] == [WHY]
    assert held["pay_questions"][0]["entry_number"] == 1
    assert not signed_in(builders.make_carla()).get("/me/data/file.json").json()["pay_questions"]


def test_finance_finds_what_waits_on_home_and_beside_the_periods(
    money: Money, finn: Engineer
) -> None:
    _asked(money.ben)

    for address in ("/", "/finance/periods/"):
        page = page_of(finn, address)
        assert "1 question about pay" in page
        assert 'href="/finance/questions/"' in page


# ------------------------------------------------------------------ answering
def test_nobody_answers_their_own_question_and_the_attempt_is_recorded(money: Money) -> None:
    builders.make_role(engineer=money.ben, role="finance")
    question = _asked(money.ben)
    address = f"/finance/questions/{question.pk}/"

    page = page_of(money.ben, address)
    answer = signed_in(money.ben).post(f"{address}answer/", {"answer": "Yes."})

    assert "Somebody else of finance answers it." in page
    assert answer.status_code == 403
    question.refresh_from_db()
    assert question.answer == ""
    event = AuditEvent.objects.get(verb="was refused")
    assert event.subject == f"answering their own question {question.pk}"
    assert not Message.objects.filter(to=money.ben.email).exists()


def test_an_answer_is_given_once(money: Money, finn: Engineer) -> None:
    question = _asked(money.ben)
    address = f"/finance/questions/{question.pk}/answer/"
    signed_in(finn).post(address, {"answer": BECAUSE})

    again = signed_in(finn).post(address, {"answer": "Otherwise."})

    question.refresh_from_db()
    assert again.status_code == 409
    assert question.answer == BECAUSE
    assert Message.objects.filter(kind="pay_question_answered").count() == 1


def test_who_is_not_of_finance_answers_nothing_and_the_attempt_is_recorded(money: Money) -> None:
    question = _asked(money.ben)
    anna = builders.make_anna(team=money.rotation.team)

    answer = signed_in(anna).post(f"/finance/questions/{question.pk}/answer/", {"answer": "No."})

    assert answer.status_code == 403
    assert WHY not in answer.content.decode()
    event = AuditEvent.objects.get(verb="was refused")
    assert (event.actor, event.subject) == (
        anna.email,
        f"answering question {question.pk} about pay",
    )


def test_whoever_left_meanwhile_gets_no_mail(money: Money, finn: Engineer) -> None:
    question = _asked(money.ben)
    type(money.ben).objects.filter(pk=money.ben.pk).update(is_active=False)

    questions.answer_question(
        question_id=question.pk, answer=BECAUSE, actor=_actor(finn), now=AFTER_OCTOBER
    )

    assert not Message.objects.filter(to=money.ben.email).exists()


def test_without_a_question_the_list_says_how_one_comes(finn: Engineer) -> None:
    page = page_of(finn, "/finance/questions/")

    assert heading(page) == "No question waits"
    assert "Everybody can question a line of their own pay" in page
