"""How rotations and their published schedule are written in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import DayField, HundredthsField, StrictSerializer
from rotation.models import LevelName
from volunteers.api.serializers import PersonRefSerializer, TeamRefSerializer

if TYPE_CHECKING:
    from rotation.models import Rotation

KINDS = ["unpublished", "in_line", "waiting", "running", "failed", "unknown"]


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


class PolicySerializer(serializers.Serializer[Any]):
    """The figures in force; null means no limit."""

    number = serializers.IntegerField()
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
    objectives = serializers.ListField(child=serializers.CharField())


class PagerDutyLevelSerializer(serializers.Serializer[Any]):
    """One level's schedule in PagerDuty; its id is empty before the first write."""

    level = LevelField()
    schedule_ref = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)


class PagerDutySerializer(serializers.Serializer[Any]):
    """PagerDuty against the published schedule.

    What failed and whom PagerDuty does not know is told to those who may ask for a sync.
    """

    state = serializers.ChoiceField(choices=KINDS, source="kind")
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    unmatched = serializers.ListField(child=serializers.CharField())
    levels = PagerDutyLevelSerializer(many=True)


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


class PieceSerializer(serializers.Serializer[Any]):
    """Time of one person; nobody's when `engineer` is null."""

    engineer = PersonRefSerializer(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class ReasonSerializer(serializers.Serializer[Any]):
    """Why somebody cannot take a gap."""

    name = serializers.CharField()
    why = serializers.CharField()


class ShiftSerializer(serializers.Serializer[Any]):
    """One published week of one level; a null holder is a gap.

    `stints` tile the shift after covers; `on_call` are the stints cut to the on-call windows:
    what PagerDuty shows and what is paid. Only the team's managers read a gap's reasons.
    """

    id = serializers.IntegerField(source="shift_id")
    level = LevelField()
    week_date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    holder = PersonRefSerializer(allow_null=True)
    stints = PieceSerializer(many=True)
    on_call = PieceSerializer(many=True)
    load = HundredthsField(source="load_hundredths")
    holidays = serializers.ListField(child=serializers.CharField())
    gap_reasons = ReasonSerializer(many=True)
    version = serializers.IntegerField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class ScheduleSerializer(serializers.Serializer[Any]):
    """The published weeks whose handover lies in `[from, until)`, by start, then level."""

    rotation = serializers.CharField()
    schedule_version = serializers.IntegerField()
    until = serializers.DateField()
    shifts = ShiftSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        return {"from": serializers.DateField(), **super().get_fields()}


class HandoverSerializer(serializers.Serializer[Any]):
    """A coming week by the local date of its handover: a day on which a term can start."""

    week_date = serializers.DateField()
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")


class HandoversSerializer(serializers.Serializer[Any]):
    """Coming handovers in order of time."""

    handovers = HandoverSerializer(many=True)


class LoadSerializer(serializers.Serializer[Any]):
    """One person's weeks and load against the fair share of somebody with their time in term."""

    engineer = PersonRefSerializer(source="mark")
    weeks = serializers.IntegerField()
    load = HundredthsField()
    fair_share = HundredthsField(source="fair")
    off = HundredthsField()


class LevelLoadsSerializer(serializers.Serializer[Any]):
    """The people of a level, the furthest above their share first."""

    level = LevelField()
    people = LoadSerializer(many=True, source="lines")


class FairnessSerializer(serializers.Serializer[Any]):
    """How the published schedule shares its load; `furthest` is the largest distance of anybody."""

    furthest = HundredthsField()
    levels = LevelLoadsSerializer(many=True)


class TurnSerializer(serializers.Serializer[Any]):
    """Somebody's unbroken time; a null engineer is a gap."""

    engineer = PersonRefSerializer(source="mark", allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class LevelDutySerializer(serializers.Serializer[Any]):
    """Whose turn it is on a level and who follows; null where nothing is published.

    In office hours `on_call_from` says when on-call time begins; null means that it is now.
    """

    level = LevelField()
    turn = TurnSerializer(allow_null=True)
    follows = TurnSerializer(allow_null=True)
    on_call_from = serializers.DateTimeField(source="from_at", allow_null=True)


class DutySerializer(serializers.Serializer[Any]):
    """Both levels, primary first."""

    at = serializers.DateTimeField()
    levels = LevelDutySerializer(many=True)


class WindowSerializer(StrictSerializer):
    """From which day on and until which, that one excluded."""

    until = DayField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        return {"from": DayField(required=False), **super().get_fields()}


class NotBeforeSerializer(StrictSerializer):
    """A day to begin with."""

    not_before = DayField(required=False)
