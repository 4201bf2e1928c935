"""Reads of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Min, Q

from outbox.models import Message

if TYPE_CHECKING:
    import datetime as dt


def waiting_message_ids(*, real_now: dt.datetime, limit: int) -> list[int]:
    """Ids of mails that may be tried now, oldest first."""
    due = Message.objects.filter(state=Message.State.QUEUED).filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=real_now),
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now),
    )
    return list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def oldest_waiting_at() -> dt.datetime | None:
    """When the oldest mail that still waits was written, or None."""
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    oldest: dt.datetime | None = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    return oldest
