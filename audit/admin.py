"""The audit trail, to read."""

from __future__ import annotations

from django.contrib import admin

from audit.models import AuditEvent
from common.record_admin import RecordAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin[AuditEvent]):
    """Who did what, newest first."""

    list_display = ("at", "actor", "verb", "subject", "area", "team")
    list_filter = ("area",)
    fields = (
        "at",
        "actor",
        "on_behalf_of",
        "verb",
        "subject",
        "area",
        "team",
        "concerned",
        "before",
        "after",
        "request_id",
    )
    search_fields = ("actor", "verb", "subject")
    ordering = ("-at", "-pk")
