"""How rotations and their published schedule are written in JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import (
    HundredthsField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    YesNoField,
)
from rotation.models import Level, LevelName
from rotation.operations import policies
from rotation.queries import account
from volunteers.api.serializers import PersonRefSerializer, TeamRefSerializer

if TYPE_CHECKING:
    from rotation.models import Rotation

_LOAD = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?", re.ASCII)
KINDS = ["unpublished", "in_line", "waiting", "running", "failed", "drift", "unknown"]


class LevelField(serializers.ChoiceField):
    """`primary` or `escalation`."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer both."""
        super().__init__(choices=LevelName.choices, **kwargs)


class RotationLineSerializer(serializers.Serializer[Any]):
    """One rotation in a list: whose stint runs on each level, and what is covered from now on."""

    slug = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    schedule_version = serializers.IntegerField(source="version")
    primary = PersonRefSerializer(allow_null=True)
    escalation = PersonRefSerializer(allow_null=True)
    coming_shifts = serializers.IntegerField(source="shifts")
    coming_gaps = serializers.IntegerField(source="gaps")


class LoadTextField(TextField):
    """A load of up to 10 as text, `0.50`, kept in hundredths."""

    default_error_messages = {  # noqa: RUF012 - typed by the base class
        "load": "Write it as 0.50, with two decimals at most, in quotes.",
        "range": f"A load from 0 to {policies.MOST_WEIGHT // 100}.",
    }

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The load in hundredths."""
        found = _LOAD.fullmatch(super().to_internal_value(data))
        if found is None:
            self.fail("load")
        load = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if load > policies.MOST_WEIGHT:
            self.fail("range")
        return load


class PolicySerializer(serializers.Serializer[Any]):
    """One version's figures; null means no limit.

    `holiday_weights` gives the load of a public holiday by the office whose calendar counts; empty,
    the rotation's own calendar counts with `holiday_load`. PagerDuty passes a page on after
    `escalation_delay_minutes` and begins again `escalation_loops` times; `drift_choice` says what
    happens when it shows somebody else: ask a manager, restore ours, adopt an override as a cover.
    With `deduplicates_pay`, weeks published from then on pay nothing for time that another rotation
    pays the same person already, at as much a week or more.
    """

    number = serializers.IntegerField()
    changed_by = serializers.CharField()
    effective_from = serializers.DateTimeField()
    reason = serializers.CharField()
    term_weeks = serializers.IntegerField()
    cool_down_weeks = serializers.IntegerField()
    target_size = serializers.IntegerField()
    minimum_size = serializers.IntegerField()
    horizon_weeks = serializers.IntegerField()
    primary_rest_weeks = serializers.IntegerField()
    primary_shifts_per_term = serializers.IntegerField()
    escalation_rest_weeks = serializers.IntegerField()
    escalation_shifts_per_term = serializers.IntegerField(allow_null=True)
    spacing_weeks = serializers.IntegerField()
    holiday_load = HundredthsField(source="holiday_load_hundredths")
    holiday_weights = serializers.DictField(child=HundredthsField())
    objectives = serializers.ListField(child=serializers.CharField())
    escalation_delay_minutes = serializers.IntegerField()
    escalation_loops = serializers.IntegerField()
    drift_choice = serializers.ChoiceField(choices=policies.DRIFT_CHOICES)
    deduplicates_pay = serializers.BooleanField()


class NewPolicySerializer(StrictSerializer):
    """What changes, and why. A figure that is left out stays as it is.

    `seen` is the number of the version that the change was made from: a later one is a conflict.
    """

    reason = TextField(is_line=True)
    seen = WholeNumberField(required=False)
    term_weeks = WholeNumberField(required=False)
    cool_down_weeks = WholeNumberField(required=False)
    target_size = WholeNumberField(required=False)
    minimum_size = WholeNumberField(required=False)
    horizon_weeks = WholeNumberField(required=False)
    primary_rest_weeks = WholeNumberField(required=False)
    primary_shifts_per_term = WholeNumberField(required=False)
    escalation_rest_weeks = WholeNumberField(required=False)
    escalation_shifts_per_term = WholeNumberField(required=False, allow_null=True)
    spacing_weeks = WholeNumberField(required=False)
    holiday_load = LoadTextField(required=False, source="holiday_load_hundredths")
    holiday_weights = serializers.DictField(child=LoadTextField(), required=False)
    objectives = serializers.ListField(
        child=serializers.ChoiceField(choices=policies.OBJECTIVES), required=False
    )
    escalation_delay_minutes = WholeNumberField(required=False)
    escalation_loops = WholeNumberField(required=False)
    drift_choice = serializers.ChoiceField(choices=policies.DRIFT_CHOICES, required=False)
    deduplicates_pay = YesNoField(required=False)


class PagerDutyLevelSerializer(serializers.Serializer[Any]):
    """One level's schedule in PagerDuty; its id is empty before the first write."""

    level = LevelField()
    schedule_ref = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.ChoiceField(choices=Level.Trouble.values)
    trouble_since = serializers.DateTimeField(allow_null=True)


class PagerDutyAccountSerializer(serializers.Serializer[Any]):
    """Whether PagerDuty may be asked at all: with `refused` the token must change."""

    state = serializers.ChoiceField(choices=account.KINDS, source="kind")
    said = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)


class PagerDutySerializer(serializers.Serializer[Any]):
    """PagerDuty against the published schedule.

    What failed, whom PagerDuty does not know, and what a sync that wrote everything else left
    (`rests`) is told to those who may ask for a sync.
    """

    state = serializers.ChoiceField(choices=KINDS, source="kind")
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    unmatched = serializers.ListField(child=serializers.CharField())
    rests = serializers.ListField(child=serializers.CharField())
    levels = PagerDutyLevelSerializer(many=True)
    account = PagerDutyAccountSerializer()


class HoursSerializer(serializers.Serializer[Any]):
    """Office hours, in which the rotation is not on call."""

    start = serializers.TimeField(source="business_start", format="%H:%M")
    end = serializers.TimeField(source="business_end", format="%H:%M")


class RotationSerializer(serializers.Serializer[Any]):
    """A team's standing arrangement; without office hours it is on call at every hour.

    `handover_weekday` is 0 for Monday; `holidays_of` is an office.
    """

    slug = serializers.CharField()
    name = serializers.CharField()
    team = TeamRefSerializer()
    time_zone = serializers.CharField()
    handover_weekday = serializers.IntegerField()
    handover_time = serializers.TimeField(format="%H:%M")
    office_hours = serializers.SerializerMethodField()
    holidays_of = serializers.CharField(source="holiday_office.slug", default=None, allow_null=True)
    level2_paid = serializers.BooleanField()
    schedule_version = serializers.IntegerField()
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(source="published_by.name", default=None, allow_null=True)

    @extend_schema_field(HoursSerializer(allow_null=True))
    def get_office_hours(self, rotation: Rotation) -> dict[str, Any] | None:
        """Both ends, or null."""
        if rotation.business_start is None:
            return None
        return dict(HoursSerializer(rotation).data)


class RotationDetailSerializer(RotationSerializer):
    """A rotation with its policy in force and its state in PagerDuty."""

    policy = PolicySerializer()
    pagerduty = PagerDutySerializer()
