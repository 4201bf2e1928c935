"""How the end of a term is written in JSON: what leaving means, more weeks, a record of service."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, StrictSerializer, TextField, WholeNumberField
from volunteers.models import MOST_EXTENSION_WEEKS, TermExtension, TermLevel
from volunteers.queries import terms


class LeaveDaySerializer(StrictSerializer):
    """Any day; the term ends at the first handover on or after it."""

    on = DayField(required=False)


class LeaveSerializer(StrictSerializer):
    """The day, and if wanted the digest of the effect that was shown for it."""

    left_on = DayField()
    seen = TextField(is_line=True, required=False, allow_null=True, default=None, max_length=32)


class LeftWeekSerializer(serializers.Serializer[Any]):
    """A published week of the leaver's afterwards; `carriers` have agreed to cover some of it."""

    shift = serializers.IntegerField(source="shift_id")
    level = serializers.ChoiceField(choices=TermLevel.choices)
    week_date = serializers.DateField()
    carriers = serializers.ListField(child=serializers.CharField())
    is_open = serializers.BooleanField()


class TakenTimeSerializer(serializers.Serializer[Any]):
    """A cover that goes back; `falls_to` is empty where nobody was on call before."""

    cover = serializers.IntegerField(source="cover_id")
    shift = serializers.IntegerField(source="shift_id")
    level = serializers.ChoiceField(choices=TermLevel.choices)
    starts_at = serializers.DateTimeField(source="period.starts_at")
    ends_at = serializers.DateTimeField(source="period.ends_at")
    falls_to = serializers.CharField()
    is_swap = serializers.BooleanField()


class LeavingSerializer(serializers.Serializer[Any]):
    """What it means when a term ends at a handover; `digest` is sent back as `seen`."""

    left_on = serializers.DateField()
    left_at = serializers.DateTimeField()
    weeks = LeftWeekSerializer(many=True)
    covers = TakenTimeSerializer(many=True)
    open_requests = serializers.IntegerField(source="requests")
    people_then = serializers.IntegerField(source="size_then")
    minimum = serializers.IntegerField()
    told = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField()


class NewExtensionSerializer(StrictSerializer):
    """How many weeks longer."""

    weeks = WholeNumberField(min_value=1, max_value=MOST_EXTENSION_WEEKS)


class DeclineExtensionSerializer(StrictSerializer):
    """Why not; the engineer reads it."""

    reason = TextField(allow_blank=True)


class ExtensionSerializer(serializers.Serializer[Any]):
    """Weeks beyond a term's planned end: `ends_on` without them, `new_end` with them."""

    id = serializers.IntegerField(source="extension_id")
    term = serializers.IntegerField(source="term_id")
    team = serializers.CharField(source="team_slug")
    engineer = serializers.CharField(source="name")
    weeks = serializers.IntegerField()
    state = serializers.ChoiceField(choices=TermExtension.State.choices)
    ends_on = serializers.DateField()
    new_end = serializers.DateField()
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    reason = serializers.CharField()


class CarriedSerializer(serializers.Serializer[Any]):
    """What was carried: own weeks, covers of others' weeks, hours, public holidays, pages."""

    weeks = serializers.IntegerField()
    covers = serializers.IntegerField()
    hours = serializers.IntegerField()
    holidays = serializers.IntegerField()
    pages = serializers.IntegerField()
    pages_asleep = serializers.IntegerField(source="asleep")


class ServedTermSerializer(serializers.Serializer[Any]):
    """A term as it ran or runs, and what was carried in it."""

    id = serializers.IntegerField(source="term.term_id")
    team = serializers.CharField(source="term.team_slug")
    team_name = serializers.CharField(source="term.team_name")
    level = serializers.ChoiceField(choices=TermLevel.choices, source="term.level")
    starts_on = serializers.DateField(source="term.starts_on")
    ends_on = serializers.DateField(source="term.ends_on", allow_null=True)
    state = serializers.ChoiceField(choices=[terms.ACTIVE, terms.ENDED], source="term.state")
    carried = CarriedSerializer()


class ServiceRecordSerializer(serializers.Serializer[Any]):
    """One's own record of service, without amounts; `before_rota` are weeks before Rota's time."""

    since = serializers.DateField(allow_null=True)
    terms = ServedTermSerializer(many=True)
    total = CarriedSerializer()
    before_rota = serializers.IntegerField()
