"""Requests and answers as they go over the wire."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pagerduty_simulator.journal import Exchange

_MOST_PARAMETERS = 5000


class UnusableRequestError(ValueError):
    """A hook was not given what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came over the wire; header names in lower case."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    def form(self) -> dict[str, str]:
        """The fields of an HTML form that was sent; the last value of each.

        Raises:
            UnusableRequestError: it is no such form.
        """
        try:
            text = self.body.decode("utf-8")
            pairs = urllib.parse.parse_qsl(
                text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
            )
        except ValueError as error:
            raise UnusableRequestError("the form cannot be read") from error
        return dict(pairs)

    def query(self) -> dict[str, list[str]]:
        """All parameters with all their values.

        Raises:
            ValueError: there are too many.
        """
        return urllib.parse.parse_qs(
            self.raw_query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )


@dataclass(slots=True, kw_only=True)
class Response:
    """An answer as it goes over the wire, or the order to close the connection without one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    drop: bool = False
    exchange: Exchange | None = None


def read_json(body: bytes) -> Any:
    """The body's JSON; None for an empty one.

    Raises:
        RefusedError: 400 when it is no JSON.
    """
    if not body.strip():
        return None
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refusals.invalid("The request body is not valid JSON") from error


def document(request: Request) -> dict[str, Any]:
    """The JSON object in a hook's request.

    Raises:
        UnusableRequestError: the body is something else.
    """
    try:
        found = read_json(request.body)
    except refusals.RefusedError as error:
        raise UnusableRequestError("the body is not valid JSON") from error
    if not isinstance(found, dict):
        raise UnusableRequestError("the body must be a JSON object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def json_response(status: int, body: Any) -> Response:
    """An answer with a JSON body; without any body for None."""
    if body is None:
        return Response(status=status)
    return Response(
        status=status,
        headers={"content-type": "application/json; charset=utf-8"},
        body=json.dumps(body).encode(),
    )
