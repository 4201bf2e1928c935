"""How a rotation's published schedule is written in JSON: shifts, duty, loads, handovers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, HundredthsField, StrictSerializer
from rotation.api.serializers import LevelField
from volunteers.api.serializers import PersonRefSerializer


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


class OverLimitSerializer(serializers.Serializer[Any]):
    """A term with more shifts than the policy wants."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    shifts = serializers.IntegerField()
    limit = serializers.IntegerField()


class LoadSerializer(serializers.Serializer[Any]):
    """One person's weeks and load against the fair share of somebody with their time in term.

    Of the weeks, `done` are over and `coming` are published; holidays are weeks with a public
    holiday. Wishes count for published weeks.
    """

    engineer = PersonRefSerializer(source="load.mark")
    weeks = serializers.IntegerField(source="load.weeks")
    load = HundredthsField(source="load.load")
    fair_share = HundredthsField(source="load.fair")
    off = HundredthsField(source="load.off")
    done = serializers.IntegerField()
    coming = serializers.IntegerField()
    holidays_done = serializers.IntegerField()
    holidays_coming = serializers.IntegerField()
    fair_holidays = HundredthsField()
    wishes_met = serializers.IntegerField()
    wishes_unmet = serializers.IntegerField()
    over_limit = OverLimitSerializer(many=True, source="over")


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
