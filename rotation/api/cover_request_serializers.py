"""How requests for cover are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import InstantField, StrictSerializer, WholeNumberField
from volunteers.api.serializers import PersonRefSerializer

_KEY = 2**31 - 1
STATES = ["open", "accepted", "withdrawn", "expired", "undone"]


class AskSerializer(serializers.Serializer[Any]):
    """Somebody who is asked, and whether they said no."""

    engineer = PersonRefSerializer(source="mark")
    state = serializers.ChoiceField(choices=["waiting", "declined"])
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class CoverRequestSerializer(serializers.Serializer[Any]):
    """Cover that is or was asked for; `from_engineer` is null where it is to fill a gap.

    It can be taken until `open_until`, and given back by who took it until `given_back_until`.
    """

    id = serializers.IntegerField(source="cover_id")
    shift = serializers.IntegerField(source="shift_id")
    rotation = serializers.CharField(source="rotation_slug")
    level = serializers.CharField()
    week_date = serializers.DateField()
    from_engineer = PersonRefSerializer(source="asker", allow_null=True)
    to_engineer = PersonRefSerializer(source="taker", allow_null=True)
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")
    state = serializers.ChoiceField(choices=STATES)
    asks_everyone = serializers.BooleanField()
    is_urgent = serializers.BooleanField()
    message = serializers.CharField()
    asked_by = serializers.CharField(source="by")
    asked_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    open_until = serializers.DateTimeField(source="ends_at")
    given_back_until = serializers.DateTimeField()
    asks = AskSerializer(many=True)


class NewRequestSerializer(StrictSerializer):
    """Which time is to be taken, and who is asked; an empty list asks everyone who can.

    Without times it is all of the shift that is to come. With `from_engineer` (null for a gap) it
    is refused when somebody else is on call by now; who manages no team always asks for their own.
    """

    asked = serializers.ListField(
        child=WholeNumberField(min_value=1, max_value=_KEY), required=False, max_length=200
    )
    from_engineer = WholeNumberField(min_value=1, max_value=_KEY, required=False, allow_null=True)
    starts_at = InstantField(required=False, allow_null=True, default=None)
    ends_at = InstantField(required=False, allow_null=True, default=None)
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=280)


class AnswerSerializer(StrictSerializer):
    """For whom it is answered; left out for oneself, others only by a manager of the team."""

    engineer = WholeNumberField(min_value=1, max_value=_KEY, required=False)
