"""How corrections and adjustments are asked for, and how they are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import (
    DayField,
    InstantField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from compensation.amending import LONGEST_AMOUNT
from compensation.api.money import MoneyField
from compensation.models import RequestState
from compensation.operations.adjustments import LONGEST_DOCUMENT
from compensation.operations.deciding import LONGEST_TEXT
from volunteers.api.serializers import PersonRefSerializer

_KEY = 2**31 - 1


class RequestLineSerializer(serializers.Serializer[Any]):
    """What every request about money says of itself; `decided_by` is empty while it waits."""

    id = serializers.IntegerField(source="request_id")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=RequestState.choices)
    reason = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class WorkedSerializer(serializers.Serializer[Any]):
    """Who had some time of the week; `is_new` says that it differs from the other list."""

    name = serializers.CharField()
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")
    is_new = serializers.BooleanField()


class DifferenceSerializer(serializers.Serializer[Any]):
    """What somebody is paid more or less."""

    engineer = PersonRefSerializer(source="*")
    amount = MoneyField()


class CorrectionSerializer(serializers.Serializer[Any]):
    """A correction with who worked before and after.

    `differences` are everybody's for finance, your own for you; once it is approved they are what
    was posted, in `entries` (their numbers; for finance only).
    """

    id = serializers.IntegerField(source="line.request_id")
    shift = serializers.IntegerField(source="shift_id")
    title = serializers.CharField(source="line.title")
    state = serializers.ChoiceField(choices=RequestState.choices, source="line.state")
    reason = serializers.CharField(source="line.reason")
    evidence = serializers.CharField()
    asked_by = serializers.CharField(source="line.asked_by")
    asked_at = serializers.DateTimeField(source="line.asked_at")
    decided_by = serializers.CharField(source="line.decided_by")
    decided_at = serializers.DateTimeField(source="line.decided_at", allow_null=True)
    note = serializers.CharField()
    before = WorkedSerializer(many=True, source="compared.before")
    after = WorkedSerializer(many=True, source="compared.after")
    differences = DifferenceSerializer(many=True)
    entries = serializers.ListField(child=serializers.IntegerField())


class CorrectionCoverSerializer(StrictSerializer):
    """Who had which time; null is nobody."""

    engineer = WholeNumberField(min_value=1, max_value=_KEY, allow_null=True)
    starts_at = InstantField()
    ends_at = InstantField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what ends before it starts."""
        if attrs["ends_at"] <= attrs["starts_at"]:
            raise serializers.ValidationError({"ends_at": "The end is not after the start."})
        return attrs


class NewCorrectionSerializer(StrictSerializer):
    """Who really worked an ended shift: the full list of covers over its holder.

    They take the place of every cover that counts now; of two for the same time the later counts.
    Without covers the holder had all of it.
    """

    shift = WholeNumberField(min_value=1, max_value=_KEY)
    covers = CorrectionCoverSerializer(many=True)
    reason = TextField(max_length=LONGEST_TEXT)
    evidence = TextField(max_length=LONGEST_TEXT)


class NoteSerializer(StrictSerializer):
    """What is said with a decision; needed to decline."""

    note = TextField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")


class AdjustmentSerializer(serializers.Serializer[Any]):
    """An amount by hand; `entry` is its entry's number, `takes_back` that of what it reverses."""

    id = serializers.IntegerField(source="line.request_id")
    engineer = PersonRefSerializer(source="*")
    amount = MoneyField()
    earned_on = serializers.DateField()
    state = serializers.ChoiceField(choices=RequestState.choices, source="line.state")
    reason = serializers.CharField(source="line.reason")
    document = serializers.CharField()
    asked_by = serializers.CharField(source="line.asked_by")
    asked_at = serializers.DateTimeField(source="line.asked_at")
    decided_by = serializers.CharField(source="line.decided_by")
    decided_at = serializers.DateTimeField(source="line.decided_at", allow_null=True)
    note = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True)
    takes_back = serializers.IntegerField(allow_null=True)


class NewAdjustmentSerializer(StrictSerializer):
    """A signed amount in the currency of the person's office on that day, `-50.00`."""

    engineer = WholeNumberField(min_value=1, max_value=_KEY)
    amount = TextField(is_line=True, max_length=LONGEST_AMOUNT)
    earned_on = DayField()
    reason = TextField(max_length=LONGEST_TEXT)
    document = TextField(is_line=True, max_length=LONGEST_DOCUMENT)


class TakingBackSerializer(StrictSerializer):
    """Why the entry of an adjustment is to be reversed, and by which paper."""

    reason = TextField(max_length=LONGEST_TEXT)
    document = TextField(is_line=True, max_length=LONGEST_DOCUMENT)
