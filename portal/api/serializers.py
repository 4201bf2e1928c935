"""How applications are written in JSON, and what is sent about applications and terms."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import (
    DayField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    YesNoField,
)
from volunteers.api.serializers import TeamRefSerializer
from volunteers.models import MOST_SHADOW_WEEKS, Application
from volunteers.operations.application_moves import MOST_UNSUITABLE_WEEKS
from volunteers.queries import applications

SLUG_LENGTH = 64


class ApplicantSerializer(serializers.Serializer[Any]):
    """Who applies."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    email = serializers.EmailField()


class ApplicationSerializer(serializers.Serializer[Any]):
    """A request for a term; `term` is the term that accepting it made.

    `ahead` is how many are before it on the team's waiting list, null when it is not on it. A
    change names the `version` that it was made from.
    """

    id = serializers.IntegerField(source="pk")
    team = TeamRefSerializer()
    engineer = ApplicantSerializer()
    motivation = serializers.CharField()
    experience = serializers.CharField()
    earliest_start_on = serializers.DateField()
    unsuitable_weeks = serializers.ListField(child=serializers.DateField())
    told_own_manager = serializers.ChoiceField(choices=Application.Told.choices)
    state = serializers.ChoiceField(choices=Application.State.choices)
    version = serializers.IntegerField()
    ahead = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by.name", default="")
    decline_reason = serializers.CharField()
    term = serializers.IntegerField(source="term.pk", default=None, allow_null=True)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_ahead(self, row: Application) -> int | None:
        """How many are before it."""
        return applications.ahead_of(row)


class AnswersSerializer(StrictSerializer):
    """A start between two handovers means the later one; weeks are handovers' days."""

    motivation = TextField(allow_blank=True)
    experience = TextField(allow_blank=True, required=False, default="")
    earliest_start_on = DayField()
    unsuitable_weeks = serializers.ListField(
        child=DayField(), required=False, default=list, max_length=MOST_UNSUITABLE_WEEKS
    )
    told_own_manager = serializers.ChoiceField(
        choices=Application.Told.choices, required=False, default=Application.Told.SOON
    )


class NewApplicationSerializer(AnswersSerializer):
    """For oneself. A start between two handovers means the later one; weeks are handovers' days."""

    team = TextField(is_line=True, max_length=SLUG_LENGTH)


class ChangedApplicationSerializer(AnswersSerializer):
    """All answers anew, and the version of the application that was changed."""

    version = WholeNumberField(min_value=1)


class KeptAnswersSerializer(StrictSerializer):
    """Answers that are not sent yet; each may be missing."""

    motivation = TextField(allow_blank=True, required=False, default="")
    experience = TextField(allow_blank=True, required=False, default="")
    earliest_start_on = DayField(required=False, allow_null=True, default=None)
    unsuitable_weeks = serializers.ListField(
        child=DayField(), required=False, default=list, max_length=MOST_UNSUITABLE_WEEKS
    )
    told_own_manager = serializers.ChoiceField(
        choices=Application.Told.choices, required=False, allow_blank=True, default=""
    )


class KeptApplicationSerializer(serializers.Serializer[Any]):
    """What one has typed of an application and not sent."""

    motivation = serializers.CharField()
    experience = serializers.CharField()
    earliest_start_on = serializers.DateField(allow_null=True)
    unsuitable_weeks = serializers.ListField(child=serializers.DateField())
    told_own_manager = serializers.CharField(source="told")
    saved_at = serializers.DateTimeField()


class StepSerializer(serializers.Serializer[Any]):
    """One thing that happened to an application."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    what = serializers.CharField()
    more = serializers.CharField()


class SpreadSerializer(serializers.Serializer[Any]):
    """How many people come from one place."""

    name = serializers.CharField()
    people = serializers.IntegerField()


class EffectSerializer(serializers.Serializer[Any]):
    """What accepting with the proposed start would do, the applicant counted in.

    `weeks_each` and `weeks_each_before` are the weeks of a term by the people, with and without.
    """

    starts_on = serializers.DateField(source="term.starts_on")
    ends_on = serializers.DateField(source="term.ends_on")
    gaps_closed = serializers.ListField(child=serializers.DateField(), source="gaps")
    gaps = serializers.IntegerField(source="all_gaps")
    people = serializers.IntegerField(source="people_then")
    minimum_size = serializers.IntegerField(source="minimum")
    target_size = serializers.IntegerField(source="target")
    weeks_each = serializers.CharField(source="share_after")
    weeks_each_before = serializers.CharField(source="share_before")
    offices = SpreadSerializer(many=True)
    home_teams = SpreadSerializer(many=True)


class PlacesSerializer(serializers.Serializer[Any]):
    """A team's size against its target; `free_from` is null while nobody's end leaves a place."""

    team = serializers.SlugField(source="joining.slug")
    people = serializers.IntegerField()
    target_size = serializers.IntegerField(source="joining.target_size")
    minimum_size = serializers.IntegerField(source="joining.minimum_size")
    free_from = serializers.DateField(allow_null=True)
    waiting_list = serializers.IntegerField(source="listed")


class MoveSerializer(StrictSerializer):
    """One place up or down, from the place, counted from 1, that one saw."""

    direction = serializers.ChoiceField(choices=["up", "down"])
    seen_place = WholeNumberField(min_value=1)


class AcceptSerializer(StrictSerializer):
    """The term's start; a day between two handovers means the later one.

    Without an end the policy's term counts. In the first `shadow_weeks` the newcomer looks on.
    `above_target` lets the team grow beyond its target size.
    """

    starts_on = DayField()
    ends_on = DayField(required=False, allow_null=True, default=None)
    shadow_weeks = WholeNumberField(
        required=False, default=0, min_value=0, max_value=MOST_SHADOW_WEEKS
    )
    above_target = YesNoField(required=False, default=False)


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
