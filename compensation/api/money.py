"""Amounts in JSON: decimal text and whole minor units, always with their currency."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compensation.domain.money import format_amount


class MoneySerializer(serializers.Serializer[Any]):
    """`amount` has the currency's own decimals, `98.81` or `40001`; `minor` is the same whole."""

    amount = serializers.CharField()
    minor = serializers.IntegerField()
    currency = serializers.CharField()


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Any, Any, dict[str, Any], Any]):
    """The amount that a line holds under `minor`, in the line's `currency`."""

    def __init__(self, *, minor: str = "amount_minor", source: str = "*") -> None:
        """Only ever read; `source` is where the line stands, the object itself by default."""
        self.minor = minor
        super().__init__(read_only=True, source=source)

    def to_representation(self, value: Any) -> dict[str, Any]:
        """Text, minor units, currency."""
        minor = getattr(value, self.minor)
        return {
            "amount": format_amount(minor, value.currency),
            "minor": minor,
            "currency": value.currency,
        }
