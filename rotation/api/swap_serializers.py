"""How swaps, and taking over now, are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import InstantField, StrictSerializer, WholeNumberField
from volunteers.api.serializers import PersonRefSerializer

_KEY = 2**31 - 1
STATES = ["open", "agreed", "undone", "declined", "withdrawn", "lapsed"]


class SwapHalfSerializer(serializers.Serializer[Any]):
    """One of the two weeks: who takes which time of it from whom."""

    shift = serializers.IntegerField(source="shift.shift_id")
    level = serializers.CharField(source="shift.level")
    week_date = serializers.DateField(source="shift.week_date")
    from_engineer = PersonRefSerializer(source="giver")
    to_engineer = PersonRefSerializer(source="taker")
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")


class SwapSerializer(serializers.Serializer[Any]):
    """A swap as one agreement; `decider` is who agrees, until `open_until`."""

    id = serializers.IntegerField(source="offer_id")
    cover_request = serializers.IntegerField(source="cover_id")
    rotation = serializers.CharField(source="rotation_slug")
    state = serializers.ChoiceField(choices=STATES)
    decider = PersonRefSerializer()
    asked = SwapHalfSerializer()
    returned = SwapHalfSerializer()
    offered_by = serializers.CharField(source="by")
    offered_at = serializers.DateTimeField()
    open_until = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class NewSwapSerializer(StrictSerializer):
    """The shift that is given in return, or part of it; for oneself unless a manager names one."""

    shift = WholeNumberField(min_value=1, max_value=_KEY)
    starts_at = InstantField(required=False, allow_null=True, default=None)
    ends_at = InstantField(required=False, allow_null=True, default=None)
    engineer = WholeNumberField(min_value=1, max_value=_KEY, required=False)


class NewProposalSerializer(StrictSerializer):
    """Whose time is to be given in return, and which of one's own is asked to be taken."""

    engineer = WholeNumberField(min_value=1, max_value=_KEY)
    return_shift = WholeNumberField(min_value=1, max_value=_KEY)
    return_starts_at = InstantField(required=False, allow_null=True, default=None)
    return_ends_at = InstantField(required=False, allow_null=True, default=None)
    starts_at = InstantField(required=False, allow_null=True, default=None)
    ends_at = InstantField(required=False, allow_null=True, default=None)
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=280)


class TakeOverSerializer(StrictSerializer):
    """What is left of the running shift, until its end unless a time is given."""

    ends_at = InstantField(required=False, allow_null=True, default=None)
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=280)


class TakeOverOfferSerializer(StrictSerializer):
    """Who takes over, oneself unless a manager names somebody, and until when."""

    ends_at = InstantField(required=False, allow_null=True, default=None)
    engineer = WholeNumberField(min_value=1, max_value=_KEY, required=False)
