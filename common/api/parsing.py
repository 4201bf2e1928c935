"""Reading JSON bodies without any of JSON's tolerances, and answering in JSON whatever is asked."""

from __future__ import annotations

import json
import math
from typing import IO, TYPE_CHECKING, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import NoReturn

    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

LONGEST_BODY = 256 * 1024
# A client that sends more reads no answer before it has sent it all: so much is taken and dropped.
MOST_DROPPED = 64 * 1024 * 1024


class BodyTooLargeError(APIException):
    """The body is longer than any that the API has a use for."""

    status_code = 413
    default_detail = f"A body has at most {LONGEST_BODY // 1024} KiB."
    default_code = "body_too_large"


class StrictJsonParser(BaseParser):
    """JSON in UTF-8 as RFC 8259 has it: each key once, finite numbers, no more than 256 KiB."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body's value; an empty body is an empty object.

        Raises:
            BodyTooLargeError: more than 256 KiB.
            ParseError: not UTF-8, not JSON, a key twice, a number that is none, or too deep.
        """
        del media_type, parser_context
        raw = stream.read(LONGEST_BODY + 1)
        if len(raw) > LONGEST_BODY:
            _drop(stream)
            raise BodyTooLargeError
        if not raw.strip():
            return {}
        try:
            return json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_each_key_once,
                parse_constant=_refuse_constant,
                parse_float=_finite,
            )
        except ValueError as error:
            raise ParseError(f"The body is not JSON as the API reads it: {_why(error)}") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deep.") from error


class JsonAlways(BaseContentNegotiation):
    """Answers in the view's own format; what the client says it would rather have is not asked."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser for the body's media type; None when the API reads no such thing."""
        essence = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == essence), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The first renderer and its media type."""
        del request, format_suffix
        first = next(iter(renderers))
        return first, str(first.media_type)


class _JsonRuleError(ValueError):
    """A sentence about what the parser does not take."""


def _drop(stream: IO[Any]) -> None:
    dropped = 0
    while dropped < MOST_DROPPED and (chunk := stream.read(LONGEST_BODY)):
        dropped += len(chunk)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _JsonRuleError("an object has a key twice.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _JsonRuleError(f"{name} is no number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _JsonRuleError("a number is too large.")
    return number


def _why(error: ValueError) -> str:
    if isinstance(error, _JsonRuleError):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}, column {error.colno}."
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8."
    return "a number is too long."
