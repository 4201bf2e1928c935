"""What people ask finance about lines of their pay, with the answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import F

from compensation.models import Entry, PayQuestion
from compensation.queries.entries import entry_lines
from compensation.queries.pages import Page, page_of

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from compensation.queries.entries import EntryLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class QuestionLine:
    """One question about an entry; `answer`, `answered_by` and `answered_at` once it has one."""

    question_id: int
    entry: EntryLine
    asker_id: int
    asked_by: str
    asked_at: dt.datetime
    question: str
    answer: str
    answered_by: str
    answered_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for finance."""
        return not self.answer


def question_lines(questions: QuerySet[PayQuestion]) -> list[QuestionLine]:
    """The questions with their entries, in their order; two queries."""
    rows = list(questions.select_related("entry", "asked_by", "answered_by"))
    entries = Entry.objects.filter(pk__in=[row.entry_id for row in rows])
    lines = {line.number: line for line in entry_lines(entries)}
    return [_line(row, lines[row.entry.number]) for row in rows]


def question_line(questions: QuerySet[PayQuestion], *, question_id: int) -> QuestionLine | None:
    """The one with that id; None when it is not among them."""
    found = question_lines(questions.filter(pk=question_id))
    return found[0] if found else None


def of_entry(questions: QuerySet[PayQuestion], *, number: int) -> list[QuestionLine]:
    """Those about one entry, the oldest first."""
    return question_lines(questions.filter(entry__number=number).order_by("asked_at", "pk"))


def question_page(questions: QuerySet[PayQuestion], *, number: int) -> Page[QuestionLine]:
    """Those that wait, the oldest first, then the answered, the latest first; 100 on a page."""
    ordered = questions.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "pk")
    return page_of(ordered, number=number, lines=question_lines)


def latest(questions: QuerySet[PayQuestion], *, number: int) -> list[QuestionLine]:
    """That many of them, the latest asked first."""
    return question_lines(questions.order_by("-asked_at", "-pk")[:number])


def waiting_count() -> int:
    """How many questions have no answer."""
    return PayQuestion.objects.filter(answer="").count()


def _line(row: PayQuestion, entry: EntryLine) -> QuestionLine:
    return QuestionLine(
        question_id=row.pk,
        entry=entry,
        asker_id=row.asked_by_id,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        question=row.question,
        answer=row.answer,
        answered_by=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
    )
