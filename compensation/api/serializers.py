"""How rates, entries, pay periods and files are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, StrictSerializer, TextField
from compensation import exports, forms
from compensation.api.money import MoneyField
from compensation.models import PayPeriod
from compensation.queries.closing import CheckCode
from volunteers.api.serializers import PersonRefSerializer
from volunteers.models import TermLevel

OWN, ALL = "own", "all"
LONGEST_SLUG = 64
FORMATS = sorted(exports.CONTENT_TYPES)


class RateSerializer(serializers.Serializer[Any]):
    """What a week and a whole public holiday are worth in an office from a day on."""

    version = serializers.CharField(source="line.version")
    office = serializers.CharField()
    level = serializers.ChoiceField(choices=TermLevel.choices, source="line.level")
    effective_from = serializers.DateField(source="line.effective_from")
    weekly = MoneyField(minor="weekly_minor", source="line")
    holiday = MoneyField(minor="holiday_minor", source="line")


class RateVersionSerializer(RateSerializer):
    """A version of a rate, with who added it and when; a retroactive one by two people."""

    retroactive = serializers.BooleanField(source="line.is_retroactive")
    added_by = serializers.CharField(source="line.added_by")
    added_at = serializers.DateTimeField(source="line.added_at")


class NewRateSerializer(StrictSerializer):
    """A rate for weeks that start on its day or later, in the currency of the office.

    Amounts are text with a decimal point, `600.00`; a number is refused.
    """

    office = TextField(is_line=True, max_length=LONGEST_SLUG)
    level = serializers.ChoiceField(choices=TermLevel.choices)
    effective_from = DayField()
    weekly = TextField(is_line=True, max_length=forms.LONGEST_AMOUNT)
    holiday = TextField(is_line=True, max_length=forms.LONGEST_AMOUNT)


class EntrySerializer(serializers.Serializer[Any]):
    """One line of compensation for one paid segment; an adjustment has no shift and no rate.

    `reverses` and `reversed_by` are numbers of other entries. `week_date` names the week.
    """

    number = serializers.IntegerField()
    period = serializers.CharField(source="month")
    is_closed = serializers.BooleanField()
    engineer = PersonRefSerializer(source="*")
    employee_number = serializers.CharField(source="employee_id")
    shift = serializers.IntegerField(source="shift_id", allow_null=True)
    rotation = serializers.CharField()
    level = serializers.CharField()
    week_date = serializers.DateField(allow_null=True)
    kind = serializers.CharField()
    segment_start = serializers.DateTimeField(allow_null=True)
    segment_end = serializers.DateTimeField(allow_null=True)
    seconds = serializers.IntegerField()
    rate_version = serializers.CharField()
    amount = MoneyField()
    earned_on = serializers.DateField()
    posted_at = serializers.DateTimeField()
    key = serializers.CharField()
    reverses = serializers.IntegerField(allow_null=True)
    reversed_by = serializers.IntegerField(allow_null=True)


class CurrencyTotalSerializer(serializers.Serializer[Any]):
    """What a month is worth in one currency; two of these are never added."""

    entries = serializers.IntegerField()
    amount = MoneyField()


class PeriodSerializer(serializers.Serializer[Any]):
    """One month."""

    period = serializers.CharField(source="month")
    state = serializers.SerializerMethodField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField()
    totals = CurrencyTotalSerializer(many=True)

    def get_state(self, line: Any) -> PayPeriod.State:
        """Open or closed."""
        return PayPeriod.State.CLOSED if line.is_closed else PayPeriod.State.OPEN


class PersonTotalSerializer(serializers.Serializer[Any]):
    """What a month is worth to one person, cost centre and currency."""

    employee_number = serializers.CharField(source="employee_id")
    name = serializers.CharField()
    office = serializers.CharField()
    cost_centre = serializers.CharField()
    entries = serializers.IntegerField()
    paid_seconds = serializers.IntegerField()
    amount = MoneyField()


class CheckSerializer(serializers.Serializer[Any]):
    """One condition for closing; `items` name what stands against it."""

    code = serializers.ChoiceField(choices=[code.value for code in CheckCode])
    passes = serializers.BooleanField()
    sentence = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())


class ExportSerializer(serializers.Serializer[Any]):
    """A stored file of a closed month; its bytes never change.

    `layout` is detail, summary or the slug of an export layout.
    """

    version = serializers.IntegerField()
    layout = serializers.CharField()
    format = serializers.CharField()
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    row_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    sent_by = serializers.CharField()
    is_superseded = serializers.BooleanField()


class PeriodDetailSerializer(PeriodSerializer):
    """A month with its people; an open one has checks, a closed one files."""

    closable_from = serializers.DateTimeField()
    people = PersonTotalSerializer(many=True)
    checks = CheckSerializer(many=True)
    exports = ExportSerializer(many=True)


class BlockedShiftSerializer(serializers.Serializer[Any]):
    """A week that has ended and that no rate prices; it waits, and is never paid 0 silently."""

    shift = serializers.IntegerField(source="shift_id")
    title = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()


class ScopeSerializer(StrictSerializer):
    """Whose entries."""

    scope = serializers.ChoiceField(choices=[OWN, ALL], required=False, default=OWN)


class FileSerializer(StrictSerializer):
    """Which version and format of a file, and whether a byte order mark stands in front."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=10**6, default=None)
    format = serializers.ChoiceField(choices=FORMATS, required=False, default=exports.CSV)
    bom = serializers.ChoiceField(choices=["0", "1"], required=False, default="0")
