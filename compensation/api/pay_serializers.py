"""How one's own pay, the sum behind an entry, and questions about it are written in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import StrictSerializer, TextField
from compensation.api.money import MoneyField, MoneySerializer
from compensation.api.serializers import EntrySerializer
from compensation.domain.money import format_amount
from compensation.operations import questions
from volunteers.models import TermLevel

_LARGEST = 2**53


class CurrencySumSerializer(serializers.Serializer[Any]):
    """What was earned in one currency; two of these are never added."""

    weeks = serializers.IntegerField()
    amount = MoneyField()


class EarnedMonthSerializer(serializers.Serializer[Any]):
    """One month with entries."""

    period = serializers.CharField(source="month")
    is_closed = serializers.BooleanField()
    sums = CurrencySumSerializer(many=True)


class YearSumSerializer(serializers.Serializer[Any]):
    """A year so far; `key` names it in the address of its statement."""

    key = serializers.CharField(source="year.key")
    first_month = serializers.CharField(source="year.first_month")
    last_month = serializers.CharField(source="year.last_month")
    sums = CurrencySumSerializer(many=True)


class WaitingWeekSerializer(serializers.Serializer[Any]):
    """A week that is not in the ledger yet."""

    rotation = serializers.CharField()
    level = serializers.ChoiceField(choices=TermLevel.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    is_blocked = serializers.BooleanField()


class OwnRateSerializer(serializers.Serializer[Any]):
    """What a week and a whole public holiday are worth in one's office from a day on."""

    version = serializers.CharField()
    level = serializers.ChoiceField(choices=TermLevel.choices)
    effective_from = serializers.DateField()
    weekly = MoneyField(minor="weekly_minor")
    holiday = MoneyField(minor="holiday_minor")


class EarningsSerializer(serializers.Serializer[Any]):
    """What one has earned and what comes next.

    `waiting` are weeks that ended and are not posted yet, `next` is the next one that ends;
    `blocked` says what a week waits for, empty when none does.
    """

    open = EarnedMonthSerializer(many=True)
    closed = EarnedMonthSerializer(many=True)
    years = YearSumSerializer(many=True)
    waiting = WaitingWeekSerializer(many=True, source="ahead.waiting")
    next = WaitingWeekSerializer(source="ahead.next", allow_null=True)
    blocked = serializers.CharField(source="blocked_words")
    rates = OwnRateSerializer(many=True)
    coming_rates = OwnRateSerializer(many=True)


class PartsSerializer(serializers.Serializer[Any]):
    """What an amount is made of, in one currency."""

    weeks = serializers.IntegerField()
    covers = serializers.IntegerField()
    base = MoneyField(minor="base_minor")
    holidays = MoneyField(minor="holiday_minor")
    corrections = MoneyField(minor="correction_minor")
    adjustments = MoneyField(minor="adjustment_minor")
    amount = MoneyField()


class StatementMonthSerializer(serializers.Serializer[Any]):
    """One month of a statement in one currency."""

    period = serializers.CharField(source="month")
    is_closed = serializers.BooleanField()
    parts = PartsSerializer()


class YearStatementSerializer(serializers.Serializer[Any]):
    """The months of a year with entries, and the totals by currency."""

    key = serializers.CharField(source="year.key")
    first_month = serializers.CharField(source="year.first_month")
    last_month = serializers.CharField(source="year.last_month")
    is_final = serializers.BooleanField()
    months = StatementMonthSerializer(many=True)
    totals = PartsSerializer(many=True)


class RoundedSerializer(serializers.Serializer[Any]):
    """`worth` times `part` by `whole` is `minor`, a half rounded up; seconds and minor units."""

    worth = serializers.IntegerField()
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    minor = serializers.IntegerField()


class BaseWorkingSerializer(serializers.Serializer[Any]):
    """A share of the pool of everybody at the same rate: rounded down, and a unit where due.

    `left_over` units go to the largest remainders; this one's is the `place`-th of `parts`.
    """

    pool = RoundedSerializer()
    seconds = serializers.IntegerField()
    floor = serializers.IntegerField(source="floor_minor")
    remainder = serializers.IntegerField()
    left_over = serializers.IntegerField()
    place = serializers.IntegerField()
    parts = serializers.IntegerField()
    minor = serializers.IntegerField()


class HolidayWorkingSerializer(serializers.Serializer[Any]):
    """What the date is worth up to the last second less up to the first."""

    until = RoundedSerializer()
    before = RoundedSerializer()
    minor = serializers.IntegerField()


class WorkingSerializer(serializers.Serializer[Any]):
    """The sum behind an entry: of the week, or of a public holiday; the other is null."""

    base = BaseWorkingSerializer(allow_null=True)
    holiday = HolidayWorkingSerializer(allow_null=True)


class EntryDetailSerializer(serializers.Serializer[Any]):
    """An entry; `working` is null for reversals, adjustments and what has no time.

    `reason` is why there is a correction or an adjustment, empty for others.
    """

    entry = EntrySerializer(source="line")
    working = WorkingSerializer(source="shown.working", allow_null=True)
    takes_back = EntrySerializer(source="taken_back", allow_null=True)
    taken_back_by = EntrySerializer(allow_null=True)
    reason = serializers.SerializerMethodField()

    def get_reason(self, page: Any) -> str:
        """The words of whoever asked for it."""
        return page.grounds.reason if page.grounds else ""


class CostLineSerializer(serializers.Serializer[Any]):
    """Months on end with their total; `amount` and `people` are null where that would tell pay."""

    periods = serializers.ListField(child=serializers.CharField(), source="months")
    currency = serializers.CharField()
    is_open = serializers.BooleanField()
    people = serializers.IntegerField(allow_null=True)
    amount = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_amount(self, line: Any) -> dict[str, Any] | None:
        """The total, null where it is not told."""
        return None if line.minor is None else written(line.minor, line.currency)


class CostSerializer(serializers.Serializer[Any]):
    """What a rotation costs, the latest month first; `open_periods` are not told yet."""

    lines = CostLineSerializer(many=True)
    open_periods = serializers.ListField(child=serializers.CharField(), source="open_months")


class PayQuestionSerializer(serializers.Serializer[Any]):
    """What somebody asked about an entry of theirs; `answer` is empty while it waits."""

    id = serializers.IntegerField(source="question_id")
    entry = serializers.IntegerField(source="entry.number")
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    question = serializers.CharField()
    answer = serializers.CharField()
    answered_by = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class NewPayQuestionSerializer(StrictSerializer):
    """A question about an entry of one's own, by its number."""

    entry = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    question = TextField(max_length=questions.LONGEST)


class PayAnswerSerializer(StrictSerializer):
    """The answer to a question."""

    answer = TextField(max_length=questions.LONGEST)


def written(minor: int, currency: str) -> dict[str, Any]:
    """An amount as `MoneyField` writes it."""
    return {"amount": format_amount(minor, currency), "minor": minor, "currency": currency}
