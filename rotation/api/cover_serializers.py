"""How covers and those who can take one are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import HundredthsField, InstantField, StrictSerializer, WholeNumberField
from volunteers.api.serializers import PersonRefSerializer

_KEY = 2**31 - 1


class CoverSerializer(serializers.Serializer[Any]):
    """Somebody carries time of a shift for its holder, or for who covered it before.

    `from_engineer` is null where nobody was on call. `state` is accepted, over, cut (ended early
    while it ran) or undone.
    """

    id = serializers.IntegerField(source="cover_id")
    shift = serializers.IntegerField(source="shift_id")
    from_engineer = PersonRefSerializer(source="relieved", allow_null=True)
    to_engineer = PersonRefSerializer(source="taker")
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")
    state = serializers.ChoiceField(choices=["accepted", "over", "cut", "undone"])
    entered_by = serializers.CharField(source="by")
    entered_at = serializers.DateTimeField(source="at")
    closed_at = serializers.DateTimeField(allow_null=True)
    can_be_undone = serializers.BooleanField(source="is_open_to_undo")


class NewCoverSerializer(StrictSerializer):
    """Who is to carry which time; without times it is all of the shift that is to come.

    With `from_engineer` (null for a gap) it is refused when somebody else is on call by now.
    """

    to_engineer = WholeNumberField(min_value=1, max_value=_KEY)
    from_engineer = WholeNumberField(min_value=1, max_value=_KEY, required=False, allow_null=True)
    starts_at = InstantField(required=False, allow_null=True, default=None)
    ends_at = InstantField(required=False, allow_null=True, default=None)


class PartSerializer(StrictSerializer):
    """Which time of the shift; all that is to come of it when left out."""

    starts_at = InstantField(required=False, default=None)
    ends_at = InstantField(required=False, default=None)


class CandidateSerializer(serializers.Serializer[Any]):
    """One person for the time: `can`, else `why` not (`code`: no_term, away, on_call).

    `warnings` are what the policy wants of a schedule and what this would not keep. Loads are of
    the shift's level. Clear weeks are those to the nearest shift before and after, null without.
    """

    engineer = PersonRefSerializer(source="*")
    can = serializers.BooleanField()
    code = serializers.CharField()
    why = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    serves_at_level = serializers.BooleanField(source="is_of_level")
    load_before = HundredthsField()
    load_after = HundredthsField()
    fair_share = HundredthsField(source="fair")
    clear_weeks_before = serializers.IntegerField(source="clear_before", allow_null=True)
    clear_weeks_after = serializers.IntegerField(source="clear_after", allow_null=True)


class CandidatesSerializer(serializers.Serializer[Any]):
    """The time that was asked for, and everybody of the team for it, best first."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    candidates = CandidateSerializer(many=True)
