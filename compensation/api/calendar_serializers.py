"""How offices' calendars, their changes and the weeks begun before are written in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import DayField, StrictSerializer, TextField
from compensation.api.correction_serializers import RequestLineSerializer
from compensation.domain.money import format_amount
from compensation.models import Recalculation
from compensation.operations.deciding import LONGEST_TEXT
from volunteers.models import TermLevel
from volunteers.operations.calendars import (
    FIRST_YEAR,
    HOLIDAY_NAME_LENGTH,
    LAST_YEAR,
    MOST_DAYS,
    MOST_YEARS,
    REASON_LENGTH,
)


class MoreOrLessSerializer(serializers.Serializer[Any]):
    """More or less in one currency."""

    amount = serializers.CharField()
    minor = serializers.IntegerField()
    currency = serializers.CharField()


class CalendarLineSerializer(serializers.Serializer[Any]):
    """An office: the last holiday on record, weeks that wait for a decision of finance."""

    office = serializers.CharField(source="office.slug")
    name = serializers.CharField(source="office.name")
    country = serializers.CharField(source="office.country")
    subdivision = serializers.CharField(source="office.subdivision")
    last_day = serializers.DateField(source="last", allow_null=True)
    weeks_to_decide = serializers.IntegerField(source="offered")


class DayOffSerializer(serializers.Serializer[Any]):
    """One holiday; a company day is none of the country's."""

    date = serializers.DateField()
    name = serializers.CharField()
    is_company = serializers.BooleanField()


class NamedDaySerializer(serializers.Serializer[Any]):
    """A day with its name."""

    date = serializers.DateField()
    name = serializers.CharField()


class BegunWeekSerializer(serializers.Serializer[Any]):
    """A week that began before a change, with what the change would make of its pay."""

    shift = serializers.IntegerField(source="shift_id")
    title = serializers.CharField()
    earned_on = serializers.DateField()
    is_completed = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Recalculation.State.choices)
    differences = serializers.SerializerMethodField()

    @extend_schema_field(MoreOrLessSerializer(many=True))
    def get_differences(self, week: Any) -> list[dict[str, Any]]:
        """By currency."""
        return [_amount(currency, minor) for currency, minor in week.differences]


class CalendarChangeSerializer(serializers.Serializer[Any]):
    """A change: who, when, why, which days; weeks begun before, and the request about them."""

    number = serializers.IntegerField(source="version.number")
    added = serializers.SerializerMethodField()
    removed = serializers.SerializerMethodField()
    reason = serializers.CharField(source="version.reason")
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField(source="version.made_at")
    weeks = BegunWeekSerializer(many=True)
    request = RequestLineSerializer(allow_null=True)
    note = serializers.CharField()

    @extend_schema_field(NamedDaySerializer(many=True))
    def get_added(self, change: Any) -> list[dict[str, Any]]:
        """Days that are holidays from then on."""
        return _named(change.version.added)

    @extend_schema_field(NamedDaySerializer(many=True))
    def get_removed(self, change: Any) -> list[dict[str, Any]]:
        """Days that are none from then on."""
        return _named(change.version.removed)


class CalendarSerializer(serializers.Serializer[Any]):
    """An office's year and every change of its calendar, the newest first."""

    office = serializers.CharField(source="office.slug")
    year = serializers.IntegerField()
    days = DayOffSerializer(many=True)
    changes = CalendarChangeSerializer(many=True)


class NewDaySerializer(StrictSerializer):
    """A company day."""

    date = DayField()
    name = TextField(is_line=True, max_length=HOLIDAY_NAME_LENGTH)


class NewCalendarChangeSerializer(StrictSerializer):
    """Days to add and to remove with a reason, or years to load from the library.

    With `dry_run` the answer says what it would do, and nothing is changed.
    """

    add = NewDaySerializer(many=True, required=False, default=list)
    remove = serializers.ListField(
        child=DayField(), required=False, default=list, max_length=MOST_DAYS
    )
    years = serializers.ListField(
        child=serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR),
        required=False,
        default=list,
        max_length=MOST_YEARS,
    )
    reason = TextField(
        is_line=True, max_length=REASON_LENGTH, required=False, allow_blank=True, default=""
    )
    dry_run = serializers.BooleanField(required=False, default=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Either days or years.

        Raises:
            serializers.ValidationError: both, or a day twice.
        """
        if values["years"] and (values["add"] or values["remove"]):
            raise serializers.ValidationError({"years": "Load years apart from single days."})
        dates = [day["date"] for day in values["add"]]
        if len(set(dates)) != len(dates):
            raise serializers.ValidationError({"add": "A day stands there twice."})
        return values


class FollowedWeekSerializer(serializers.Serializer[Any]):
    """A published week that has not started and follows the change."""

    shift = serializers.IntegerField(source="shift_id")
    rotation = serializers.CharField(source="rotation_slug")
    level = serializers.ChoiceField(choices=TermLevel.choices)
    week_date = serializers.DateField()
    seconds_before = serializers.IntegerField()
    seconds_after = serializers.IntegerField()
    holidays_before = serializers.ListField(child=serializers.CharField())
    holidays_after = serializers.ListField(child=serializers.CharField())


class OfferedWeekSerializer(serializers.Serializer[Any]):
    """A week that had begun: it keeps its pay until two of finance decide otherwise."""

    shift = serializers.IntegerField(source="payable.shift_id")
    title = serializers.CharField(source="payable.title")
    differences = serializers.SerializerMethodField()

    @extend_schema_field(MoreOrLessSerializer(many=True))
    def get_differences(self, week: Any) -> list[dict[str, Any]]:
        """By currency."""
        return [_amount(currency, minor) for currency, minor in sorted(week.differences.items())]


class CalendarEffectSerializer(serializers.Serializer[Any]):
    """What a change does; `number` is null when nothing changes."""

    number = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    followed = FollowedWeekSerializer(many=True)
    offered = OfferedWeekSerializer(many=True)


class AskRecalculationSerializer(StrictSerializer):
    """Why weeks begun before shall be paid by the change."""

    reason = TextField(max_length=LONGEST_TEXT)


def _named(days: dict[Any, str]) -> list[dict[str, Any]]:
    return [{"date": day.isoformat(), "name": name} for day, name in sorted(days.items())]


def _amount(currency: str, minor: int) -> dict[str, Any]:
    return {"amount": format_amount(minor, currency), "minor": minor, "currency": currency}
