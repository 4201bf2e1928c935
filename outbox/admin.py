"""Mails and what became of them, to read; their text is between Rota and whom they were sent to."""

from __future__ import annotations

from django.contrib import admin

from common.record_admin import RecordAdmin
from outbox.models import Message


@admin.register(Message)
class MessageAdmin(RecordAdmin[Message]):
    """Mails, newest first, without their text."""

    list_display = ("created_at", "to", "kind", "state", "sent_at", "tries")
    list_filter = ("state",)
    fields = ("to", "kind", "state", "created_at", "sent_at", "tries", "next_try_at", "failure")
    search_fields = ("to",)
    ordering = ("-created_at", "-pk")
