"""How rates from a past day, and what they change, are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import TextField
from compensation import forms
from compensation.api.money import MoneyField
from compensation.api.serializers import NewRateSerializer
from compensation.models import RequestState
from volunteers.models import TermLevel


class NewRateProposalSerializer(NewRateSerializer):
    """A rate that begins on a day that is over, and why it comes only now."""

    reason = TextField(max_length=forms.LONGEST_REASON)


class RateProposalSerializer(serializers.Serializer[Any]):
    """A proposed rate; `version` is empty until a second person of finance approved it."""

    id = serializers.IntegerField(source="request.request_id")
    office = serializers.CharField(source="office_slug")
    level = serializers.ChoiceField(choices=TermLevel.choices)
    effective_from = serializers.DateField()
    weekly = MoneyField(minor="weekly_minor")
    holiday = MoneyField(minor="holiday_minor")
    state = serializers.ChoiceField(choices=RequestState.choices, source="request.state")
    reason = serializers.CharField(source="request.reason")
    proposed_by = serializers.CharField(source="request.asked_by")
    proposed_at = serializers.DateTimeField(source="request.asked_at")
    decided_by = serializers.CharField(source="request.decided_by")
    decided_at = serializers.DateTimeField(source="request.decided_at", allow_null=True)
    version = serializers.CharField()


class CurrencyImpactSerializer(serializers.Serializer[Any]):
    """What the changed entries of one currency are worth before and after."""

    before = MoneyField(minor="before_minor")
    after = MoneyField(minor="after_minor")


class RateWeekSerializer(serializers.Serializer[Any]):
    """One ended week that changes."""

    shift = serializers.IntegerField(source="shift_id")
    title = serializers.CharField()
    earned_on = serializers.DateField()
    people = serializers.IntegerField()
    entries = serializers.IntegerField()
    change = MoneyField(minor="change_minor")


class RateImpactSerializer(serializers.Serializer[Any]):
    """What approving does: `lines` are the first of `weeks`; `priced` weeks waited for a rate."""

    weeks = serializers.IntegerField()
    taken_back = serializers.IntegerField()
    added = serializers.IntegerField()
    priced = serializers.IntegerField()
    people = serializers.SerializerMethodField()
    totals = CurrencyImpactSerializer(many=True, source="currencies")
    lines = RateWeekSerializer(many=True)

    def get_people(self, impact: Any) -> int:
        """How many people it concerns."""
        return len(impact.concerned)


class RecalculationProgressSerializer(serializers.Serializer[Any]):
    """How many weeks were priced anew, and why others wait."""

    done = serializers.IntegerField()
    waiting = serializers.IntegerField()
    failures = serializers.ListField(child=serializers.CharField())


class RateProposalDetailSerializer(serializers.Serializer[Any]):
    """A proposal with its effect while it waits, and its progress once it is approved."""

    proposal = RateProposalSerializer(source="line")
    note = serializers.CharField()
    impact = RateImpactSerializer(allow_null=True)
    progress = RecalculationProgressSerializer(allow_null=True)
