"""Reads of the outbox."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q

from outbox.models import ChatHook, Message, TurnedOff

if TYPE_CHECKING:
    from django.db.models import QuerySet

GIVEN_UP_SHOWN = dt.timedelta(days=30)


def waiting_message_ids(*, real_now: dt.datetime, limit: int) -> list[int]:
    """Ids of mails that may be tried now, oldest first."""
    due = _due(real_now).filter(chat__isnull=True)
    return list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def waiting_lines(*, real_now: dt.datetime, limit: int) -> list[tuple[int, int]]:
    """Ids of lines for chats that may be posted now, each with its chat's, oldest first."""
    due = _due(real_now).filter(chat__isnull=False)
    return list(due.order_by("created_at", "pk").values_list("pk", "chat_id")[:limit])


def _due(real_now: dt.datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.QUEUED).filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=real_now),
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now),
    )


def given_up(*, now: dt.datetime) -> int:
    """How many messages of the last 30 days were given up."""
    since = now - GIVEN_UP_SHOWN
    return Message.objects.filter(state=Message.State.FAILED, created_at__gte=since).count()


def turned_off(*, engineer_id: int) -> frozenset[str]:
    """The kinds that somebody does not want."""
    rows = TurnedOff.objects.filter(engineer_id=engineer_id)
    return frozenset(rows.values_list("kind", flat=True))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """A team's chat without its address; `last` is the line that was posted or tried last."""

    is_set: bool
    set_by: str
    set_at: dt.datetime | None
    last: Message | None
    waiting: int
    failed: int


def chat_of(*, team_id: int) -> Chat:
    """How a team's chat stands; two queries."""
    hook = ChatHook.objects.filter(team_id=team_id).first()
    if hook is None or not hook.address:
        return Chat(is_set=False, set_by="", set_at=None, last=None, waiting=0, failed=0)
    since = Message.objects.filter(chat=hook, created_at__gte=hook.set_at)
    counts = since.aggregate(
        waiting=Count("pk", filter=Q(state=Message.State.QUEUED)),
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
    )
    return Chat(
        is_set=True,
        set_by=hook.set_by,
        set_at=hook.set_at,
        last=since.order_by("-pk").first(),
        **counts,
    )


def oldest_waiting_at() -> dt.datetime | None:
    """When the oldest mail that still waits was written, or None."""
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    oldest: dt.datetime | None = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    return oldest
