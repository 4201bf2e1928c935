"""Questions about pay, for the world of the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.models import Entry, PayQuestion
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer

QUESTION = "Was I not on call on Sunday too?"


def make_question(owner: Engineer) -> dict[str, object]:
    """They ask about the first of their entries; of the last one they have not asked."""
    entries = Entry.objects.filter(engineer=owner).order_by("number")
    first, last = entries[0], entries.reverse()[0]
    question = PayQuestion.objects.create(
        entry=first, asked_by=owner, asked_at=builders.NOW, question=QUESTION
    )
    return {"asked_id": question.pk, "entry_number": last.number, "key": "2026"}
