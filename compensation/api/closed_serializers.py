"""How requests to open a month again are written in JSON, and what is sent about a closed one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import StrictSerializer, TextField
from compensation.models import RequestState
from compensation.operations.reopening import LONGEST_TEXT

LONGEST_NAME = 200
MOST_FILES = 100


class DeciderSerializer(serializers.Serializer[Any]):
    """Who decided; left out while a request waits."""

    id = serializers.IntegerField(source="decided_by_id")
    name = serializers.CharField(source="decided_by")


class AskerSerializer(serializers.Serializer[Any]):
    """Who asked."""

    id = serializers.IntegerField(source="asked_by_id")
    name = serializers.CharField(source="asked_by")


class ReopeningSerializer(serializers.Serializer[Any]):
    """A request to open a closed month again; a second person of finance decides."""

    id = serializers.IntegerField(source="reopening_id")
    period = serializers.CharField(source="month")
    state = serializers.ChoiceField(choices=RequestState.choices)
    reason = serializers.CharField()
    asked_by = AskerSerializer(source="*")
    asked_at = serializers.DateTimeField()
    decided_by = serializers.SerializerMethodField()
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()

    @extend_schema_field(DeciderSerializer(allow_null=True))
    def get_decided_by(self, line: Any) -> dict[str, Any] | None:
        """Who decided, null while it waits."""
        return None if line.decided_by_id is None else DeciderSerializer(line).data


class NewReopeningSerializer(StrictSerializer):
    """Why the month should be open again; it stays on record."""

    reason = TextField(max_length=LONGEST_TEXT)


class DeclineReopeningSerializer(StrictSerializer):
    """Why it stays closed; whoever asked reads it."""

    note = TextField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")


class SentFilesSerializer(StrictSerializer):
    """Names of stored files that went to payroll."""

    file_names = serializers.ListField(
        child=TextField(is_line=True, max_length=LONGEST_NAME),
        min_length=1,
        max_length=MOST_FILES,
    )
