"""Reading JSON with the place of every value, so that a mistake can be named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ABSENT = object()
_JSON_NAMES = {dict: "an object", list: "a list", str: "text", type(None): "null"}


class ProblemError(Exception):
    """The instance is malformed; the message begins with the place, such as `weeks[3].weight`."""

    def __init__(self, place: str, message: str) -> None:
        """Keep the place apart from the sentence."""
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One JSON value, or `ABSENT`, and where it stands."""

    place: str
    value: object

    def error(self, message: str) -> ProblemError:
        """What is wrong here, ready to be raised."""
        return ProblemError(self.place, message)

    def member(self, name: str) -> Field:
        """The value under `name` of this object, `ABSENT` if there is none.

        Raises:
            ProblemError: this is not an object.
        """
        if not isinstance(self.value, dict):
            raise self.error(f"must be an object, not {_kind(self.value)}")
        place = f"{self.place}.{name}" if self.place else name
        return Field(place=place, value=self.value.get(name, ABSENT))

    def members(self) -> Iterator[tuple[str, Field]]:
        """Every name of this object with its value, in the file's order.

        Raises:
            ProblemError: this is not an object.
        """
        if not isinstance(self.value, dict):
            raise self.error(f"must be an object, not {_kind(self.value)}")
        for name in self.value:
            yield str(name), self.member(str(name))

    def items(self) -> Iterator[Field]:
        """The values of this list in order.

        Raises:
            ProblemError: this is not a list.
        """
        if not isinstance(self.value, list):
            raise self.error(f"must be a list, not {_kind(self.value)}")
        for index, value in enumerate(self.value):
            yield Field(place=f"{self.place}[{index}]", value=value)

    def optional_items(self) -> Iterator[Field]:
        """The values of this list; none if it is missing.

        Raises:
            ProblemError: this is there and not a list.
        """
        return iter(()) if self.value is ABSENT else self.items()

    @property
    def is_nothing(self) -> bool:
        """Whether this is null or missing."""
        return self.value is None or self.value is ABSENT

    def text(self) -> str:
        """This text, which may be empty.

        Raises:
            ProblemError: this is not text.
        """
        if not isinstance(self.value, str):
            raise self.error(f"must be text, not {_kind(self.value)}")
        return self.value

    def whole(self, *, minimum: int | None = 0, default: int | None = None) -> int:
        """This integer, at least `minimum`; `default` if it is missing.

        Raises:
            ProblemError: this is not such an integer.
        """
        value = self.value
        if value is ABSENT and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(f"must be an integer, not {_kind(value)}")
        if minimum is not None and value < minimum:
            raise self.error(f"must be at least {minimum}, not {value}")
        return value

    def hundredths(self, *, default: int | None = None) -> int:
        """This decimal number in hundredths, exactly as its text says; `default` if missing.

        Raises:
            ProblemError: this is no number, negative, or has more than two decimals.
        """
        if self.value is ABSENT and default is not None:
            return default
        number = self._number()
        if not number.is_finite() or number < 0:
            raise self.error(f"must be a number of at least 0, not {self.value}")
        if number and number.adjusted() > _MOST_DIGITS:
            raise self.error("is too large")
        scaled = number.scaleb(2)
        if scaled != scaled.to_integral_value():
            raise self.error(f"must have at most two decimals, not {self.value}")
        return int(scaled)

    def _number(self) -> decimal.Decimal:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float | decimal.Decimal):
            raise self.error(f"must be a number, not {_kind(value)}")
        return decimal.Decimal(str(value))

    def instant(self) -> dt.datetime:
        """This ISO 8601 instant, aware.

        Raises:
            ProblemError: this is no such text, or it lacks an offset.
        """
        text = self.text()
        try:
            instant = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise self.error(f"must be an ISO 8601 time, not {text!r}") from error
        if instant.utcoffset() is None:
            raise self.error(f"must have an offset from UTC, not {text!r}")
        return instant


# A load of ten digits is a slip of the hand; decimals beyond it could not be squared exactly.
_MOST_DIGITS = 9


def parsed(text: str) -> object:
    """The JSON value of a text, decimals kept exactly as written.

    Raises:
        ProblemError: the text is not JSON, with the line and column.
    """
    try:
        value: object = json.loads(text, parse_float=decimal.Decimal)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise ProblemError(place, f"is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ProblemError("", f"is not JSON: {error}") from error
    return value


def _kind(value: object) -> str:
    if value is ABSENT:
        return "missing"
    return _JSON_NAMES.get(type(value)) or f"{value!r:.40}"
