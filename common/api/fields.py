"""Fields that take one form of each value and nothing that merely could be read as it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.cleaning import Cleaner
from common.forms import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_LARGEST = 2**53
_SHOWN_NAME = 64
_UNBOUNDED = 10**6


class StrictSerializer(serializers.Serializer[Any]):
    """What a body may hold: a field that it does not know is an error, not a shrug."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The body's values by field.

        Raises:
            serializers.ValidationError: with a message for each field, unknown ones included.
        """
        unknown = unknown_fields(data, self.fields)
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**unknown, **error.detail}) from error  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


def unknown_fields(data: Any, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """A message for each key that is none of the known ones; keys are shown in ASCII."""
    if not isinstance(data, dict):
        return {}
    odd = [key for key in data if key not in known]
    return {
        key.encode("ascii", "backslashreplace").decode()[:_SHOWN_NAME]: ["There is no such field."]
        for key in odd
    }


class DayField(serializers.DateField):
    """A calendar day, `2026-12-07`, of this century; no other spelling of ISO 8601."""

    default_error_messages = {  # noqa: RUF012 - typed by the base class
        "invalid": "This is not a day. Write it as 2026-12-07.",
        "year": "The year must lie between 2000 and 2100.",
    }

    def to_internal_value(self, value: Any) -> dt.date:
        """The day."""
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid")
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.fail("invalid")
        if not EARLIEST <= day <= LATEST:
            self.fail("year")
        return day


class TextField(serializers.CharField):
    """Text that both databases can keep, in NFC; a number is not text."""

    default_error_messages = {"invalid": "This is text, in quotes."}  # noqa: RUF012 - as above

    def __init__(self, *, is_line: bool = False, **kwargs: Any) -> None:
        """Take what any text field takes; a line has no line breaks."""
        self.is_line = is_line
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The cleaned text."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        """The text in NFC.

        Raises:
            serializers.ValidationError: it has a character that cannot be kept.
        """
        cleaner = Cleaner()
        clean = cleaner.line if self.is_line else cleaner.text
        text = clean("text", str(data), longest=_UNBOUNDED, required=False)
        if cleaner.problems:
            raise serializers.ValidationError(cleaner.problems["text"])
        return text


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction; neither text nor true."""

    default_error_messages = {"invalid": "This is a whole number, without quotes."}  # noqa: RUF012 - as above

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not isinstance(data, int) or isinstance(data, bool) or abs(data) > _LARGEST:
            self.fail("invalid")
        return data


class YesNoField(serializers.BooleanField):
    """`true` or `false`; no word for it."""

    default_error_messages = {"invalid": "This is true or false, without quotes."}  # noqa: RUF012 - as above

    def to_internal_value(self, data: Any) -> bool:
        """The value."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "example": "1.50"})
class HundredthsField(serializers.Field[int, Any, str, int]):
    """A load, kept in hundredths, as text with two decimals: `1.50`."""

    def __init__(self, **kwargs: Any) -> None:
        """Only ever read."""
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int) -> str:
        """`1.50` for 150, `-0.25` for -25."""
        whole, part = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole}.{part:02d}"


class InstantField(serializers.DateTimeField):
    """An instant with its offset, `2026-12-05T12:00:00Z`, whole seconds of this century."""

    default_error_messages = {  # noqa: RUF012 - typed by the base class
        "invalid": "This is not an instant. Write it as 2026-12-05T12:00:00Z.",
        "year": "The year must lie between 2000 and 2100.",
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        """The instant in UTC."""
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            self.fail("invalid")
        try:
            at = dt.datetime.fromisoformat(value)
            instant = at.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")
        if not EARLIEST <= instant.date() <= LATEST:
            self.fail("year")
        return instant
