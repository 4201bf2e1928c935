"""How applications are written in JSON, and what is sent about applications and terms."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, StrictSerializer, TextField, WholeNumberField
from volunteers.api.serializers import TeamRefSerializer
from volunteers.models import Application
from volunteers.operations.applications import MOST_UNSUITABLE_WEEKS

SLUG_LENGTH = 64


class ApplicantSerializer(serializers.Serializer[Any]):
    """Who applies."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    email = serializers.EmailField()


class ApplicationSerializer(serializers.Serializer[Any]):
    """A request for a term; `term` is the term that accepting it made."""

    id = serializers.IntegerField(source="pk")
    team = TeamRefSerializer()
    engineer = ApplicantSerializer()
    motivation = serializers.CharField()
    earliest_start_on = serializers.DateField()
    unsuitable_weeks = serializers.ListField(child=serializers.DateField())
    told_own_manager = serializers.ChoiceField(choices=Application.Told.choices)
    state = serializers.ChoiceField(choices=Application.State.choices)
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by.name", default="")
    decline_reason = serializers.CharField()
    term = serializers.IntegerField(source="term.pk", default=None, allow_null=True)


class NewApplicationSerializer(StrictSerializer):
    """For oneself. A start between two handovers means the later one; weeks are handovers' days."""

    team = TextField(is_line=True, max_length=SLUG_LENGTH)
    motivation = TextField(allow_blank=True)
    earliest_start_on = DayField()
    unsuitable_weeks = serializers.ListField(
        child=DayField(), required=False, default=list, max_length=MOST_UNSUITABLE_WEEKS
    )
    told_own_manager = serializers.ChoiceField(
        choices=Application.Told.choices, required=False, default=Application.Told.SOON
    )


class AcceptSerializer(StrictSerializer):
    """The term's start; a day between two handovers means the later one."""

    starts_on = DayField()


class DeclineSerializer(StrictSerializer):
    """The line that the applicant sees."""

    reason = TextField(is_line=True, allow_blank=True)


class NewTermSerializer(StrictSerializer):
    """Who of the team's managers serves on level 2, and when; without an end it stays open.

    A day between two handovers means the later one.
    """

    team = TextField(is_line=True, max_length=SLUG_LENGTH)
    engineer = WholeNumberField()
    starts_on = DayField()
    ends_on = DayField(required=False, allow_null=True, default=None)


class EndTermSerializer(StrictSerializer):
    """The last day, excluded; one between two handovers means the later one."""

    left_on = DayField()
