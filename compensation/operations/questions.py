"""Asking finance about a line of one's own pay, and the answer; both stay on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.models import Entry, PayQuestion
from outbox.operations import queue_message
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor

LONGEST = 2000


class QuestionTextError(RefusedError):
    """Nothing is asked or answered, or with too many words; `fields` says what."""

    code = "TEXT_INVALID"


class NotOwnEntryError(RefusedError):
    """Everybody asks about their own lines."""

    code = "NOT_YOUR_ENTRY"
    status = 403


class QuestionOpenError(RefusedError):
    """A question about this line waits already: a second click asks nothing."""

    code = "QUESTION_OPEN"
    status = 409


class QuestionAnsweredError(RefusedError):
    """It has an answer, which stays as it is."""

    code = "QUESTION_ANSWERED"
    status = 409


class OwnQuestionError(RefusedError):
    """Nobody answers what they asked themselves."""

    code = "OWN_QUESTION"
    status = 403


def ask_about_entry(*, entry_id: int, question: str, actor: Actor, now: dt.datetime) -> PayQuestion:
    """Ask finance about an entry of the actor's own; everybody of finance gets a mail.

    Raises:
        QuestionTextError: no words, or too many.
        NotOwnEntryError: somebody else earned it.
        QuestionOpenError: the last question about it has no answer yet.
    """
    words = _cleaned("question", question)
    entry = Entry.objects.get(pk=entry_id)
    if entry.engineer_id != actor.person_id:
        raise NotOwnEntryError("You can ask about your own entries only.")
    try:
        with transaction.atomic():
            return _asked(entry, words, actor=actor, now=now)
    except IntegrityError as error:  # one open question for each entry
        raise QuestionOpenError(
            "You have asked about this entry already. Finance has not answered yet."
        ) from error


def answer_question(
    *, question_id: int, answer: str, actor: Actor, now: dt.datetime
) -> PayQuestion:
    """Answer somebody's question, once; they get a mail that leads to it.

    Raises:
        QuestionTextError: no words, or too many.
        OwnQuestionError: the actor asked it; the attempt stays on record.
        QuestionAnsweredError: it was answered meanwhile.
    """
    words = _cleaned("answer", answer)
    asked = PayQuestion.objects.select_related("entry").get(pk=question_id)
    if asked.asked_by_id == actor.person_id:
        attempt = f"answering their own question {question_id}"
        record(actor=actor, now=now, area=Area.MONEY, verb="was refused", subject=attempt)
        raise OwnQuestionError("You asked this yourself: somebody else of finance answers it.")
    with transaction.atomic():
        waiting = PayQuestion.objects.select_for_update(of=("self",)).filter(pk=question_id)
        row = waiting.select_related("entry", "asked_by").get()
        if row.answer:
            raise QuestionAnsweredError("This question has been answered meanwhile.")
        row.answer, row.answered_by_id, row.answered_at = words, actor.person_id, now
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        _record(row, actor=actor, now=now, verb="answered")
        _tell_asker(row, now=now)
    return row


def _cleaned(field: str, text: str) -> str:
    cleaner = Cleaner()
    words = cleaner.text(field, text, longest=LONGEST)
    cleaner.raise_problems(QuestionTextError)
    return words


def _asked(entry: Entry, words: str, *, actor: Actor, now: dt.datetime) -> PayQuestion:
    row = PayQuestion.objects.create(
        entry=entry, asked_by_id=actor.person_id, asked_at=now, question=words
    )
    _record(row, actor=actor, now=now, verb="asked")
    name = contacts.contacts(engineer_ids=[actor.person_id])[actor.person_id].name
    link = f"{settings.ROTA_BASE_URL}{reverse('period-question', args=[row.pk])}"
    for address in contacts.finance_addresses(now=now):
        if address != actor.name:
            queue_message(
                to=address,
                kind="pay_question_asked",
                subject=f"{name} asks about entry {entry.number} of their pay",
                body=f"{name} asks about entry {entry.number}.\n\nRead and answer: {link}\n",
                now=now,
            )
    return row


def _tell_asker(row: PayQuestion, *, now: dt.datetime) -> None:
    asker = row.asked_by
    if not asker.is_active:
        return
    link = f"{settings.ROTA_BASE_URL}{reverse('entry-detail', args=[row.entry.number])}"
    queue_message(
        to=asker.email,
        kind="pay_question_answered",
        subject=f"Finance answered your question about entry {row.entry.number}",
        body=(
            f"Hello {asker.name},\n\nfinance has answered your question about entry "
            f"{row.entry.number} of your pay.\n\nRead the answer: {link}\n"
        ),
        now=now,
    )


def _record(row: PayQuestion, *, actor: Actor, now: dt.datetime, verb: str) -> None:
    """Who and about which entry; the words themselves stand in the row alone."""
    asker = contacts.contacts(engineer_ids=[row.asked_by_id])[row.asked_by_id]
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"question {row.pk} about entry {row.entry.number}",
        concerned=[asker.email],
        about=[row, row.entry],
    )
