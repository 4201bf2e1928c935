"""Messages and what became of them, to read; their text is between Rota and whom they were for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from common import clock
from common.record_admin import Change, RecordAdmin
from outbox.models import Message
from volunteers.admin.acting import actor_of
from volunteers.operations import messages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.http import HttpRequest


def _send_again(request: HttpRequest, cleaned: Mapping[str, Any], row: Message) -> None:
    del cleaned
    messages.send_again(message_id=row.pk, actor=actor_of(request), now=clock.now())


@admin.register(Message)
class MessageAdmin(RecordAdmin[Message]):
    """Mails and lines for chats, newest first, without their text."""

    list_display = ("created_at", "to", "kind", "state", "sent_at", "tries", "failure")
    list_filter = ("state",)
    fields = (
        "to",
        "kind",
        "state",
        "created_at",
        "good_until",
        "sent_at",
        "tries",
        "next_try_at",
        "failure",
    )
    search_fields = ("to",)
    ordering = ("-created_at", "-pk")
    changes = (
        Change(
            name="send-again",
            title="Send again",
            run=_send_again,
            offered=lambda row: row.state == Message.State.FAILED,
        ),
    )
