"""What people typed, made safe to keep: one message for each field that cannot be kept.

Both databases then refuse the same text: PostgreSQL takes no NUL and neither takes half a
surrogate pair.
"""

from __future__ import annotations

import functools
import unicodedata
import zoneinfo
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

if TYPE_CHECKING:
    from common.refusals import RefusedError

EMAIL_LENGTH = 254
# Control characters, halves of surrogate pairs, line and paragraph separators. Format characters
# stay: an emoji family and Arabic names are written with them.
_NOT_IN_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_LAYOUT = frozenset("\n\t")
_NOT_A_PLACE = frozenset({"Factory", "localtime"})


class Cleaner:
    """Cleans one value after another and remembers what was wrong, by field."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.problems: dict[str, str] = {}

    def refuse(self, field: str, message: str) -> None:
        """Note what is wrong with a field; the first message stays."""
        self.problems.setdefault(field, message)

    def line(self, field: str, value: str, *, longest: int, required: bool = True) -> str:
        """The text in NFC without surrounding spaces, on one line."""
        return self._text(field, value, longest=longest, required=required, allowed=frozenset())

    def text(self, field: str, value: str, *, longest: int, required: bool = True) -> str:
        """As `line`, over several lines that end in a line feed."""
        unix = value.replace("\r\n", "\n").replace("\r", "\n")
        return self._text(field, unix, longest=longest, required=required, allowed=_LAYOUT)

    def email(self, field: str, value: str) -> str:
        """The address as accounts are compared: NFC, stripped, lower case, ASCII.

        Letters that only look like ASCII would make a second account that nobody can tell apart.
        """
        address = self.line(field, value, longest=EMAIL_LENGTH).lower()
        if not address:
            return ""
        if not address.isascii():
            self.refuse(field, "Use plain letters; write the domain as xn--….")
            return address
        try:
            EmailValidator()(address)
        except ValidationError:
            self.refuse(field, "That is not an e-mail address.")
        return address

    def zone(self, field: str, value: str) -> str:
        """The name of a time zone, as in `Europe/Dublin`."""
        name = value.strip()
        if name not in zone_names():
            self.refuse(field, "That is not a time zone; write it as in Europe/Dublin.")
        return name

    def raise_problems(self, refusal: type[RefusedError]) -> None:
        """Refuse when anything was wrong; the sentence names each field with its message.

        Raises:
            RefusedError: the given kind.
        """
        if self.problems:
            sentences = (f"{words(name)}: {said}" for name, said in self.problems.items())
            raise refusal(" ".join(sentences), fields=self.problems)

    def _text(
        self, field: str, value: str, *, longest: int, required: bool, allowed: frozenset[str]
    ) -> str:
        text = unicodedata.normalize("NFC", value).strip()
        odd = [letter for letter in text if letter not in allowed and _is_odd(letter)]
        if odd:
            self.refuse(field, f"It contains a character that cannot be kept: U+{ord(odd[0]):04X}.")
            return ""
        if required and is_blank(text):
            self.refuse(field, "This is needed.")
        if len(text) > longest:
            self.refuse(field, f"At most {longest} characters; this has {len(text)}.")
        return text


def _is_odd(letter: str) -> bool:
    return unicodedata.category(letter) in _NOT_IN_A_LINE


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) != "Cf" and not letter.isspace()


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing of it: spaces and characters without a shape."""
    return not any(_is_seen(letter) for letter in text)


def words(field: str) -> str:
    """A field's name in a sentence: `Cost centre`."""
    return "E-mail" if field == "email" else field.replace("_", " ").capitalize()


@functools.cache
def zone_names() -> frozenset[str]:
    """Every time zone that this machine knows by name."""
    return frozenset(zoneinfo.available_timezones() - _NOT_A_PLACE)
