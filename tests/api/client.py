"""A small client of the REST API, over HTTP to any base address or inside the test's process."""

from __future__ import annotations

import abc
import dataclasses
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "/api/v1/"
_ANSWER_SECONDS = 30


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back: status, headers by lower-case name, the body's bytes."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON body; None for an empty one."""
        return json.loads(self.raw) if self.raw else None

    def expect(self, status: int) -> Any:
        """The body of an answer that must have this status."""
        assert self.status == status, (self.status, self.raw[:2000])
        return self.body


class Api(abc.ABC):
    """One person's way in; paths are given without the prefix: `rotations/core/shifts/`."""

    @abc.abstractmethod
    def send(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> Answer:
        """The answer to one request; `path` is complete, with its query."""

    def call(self, method: str, path: str, body: Any = None, **query: str | int) -> Answer:
        """The answer to a request with a JSON body."""
        address = path if path.startswith("/") else PREFIX + path
        if query:
            address += "?" + urllib.parse.urlencode(query)
        raw = None if body is None else json.dumps(body).encode()
        return self.send(method, address, raw, {"Content-Type": "application/json"})

    def get(self, path: str, **query: str | int) -> Answer:
        """The answer to GET; a name with a trailing underscore loses it (`from_`)."""
        return self.call("GET", path, **{name.rstrip("_"): value for name, value in query.items()})

    def post(self, path: str, **body: Any) -> Answer:
        """The answer to POST with these fields."""
        return self.call("POST", path, body)

    def delete(self, path: str) -> Answer:
        """The answer to DELETE."""
        return self.call("DELETE", path)

    def all(self, path: str, **query: str | int) -> list[Any]:
        """Every result of a list, page by page."""
        answer = self.get(path, **query).expect(200)
        found = list(answer["results"])
        while answer["next"]:
            parts = urllib.parse.urlsplit(answer["next"])
            answer = self.call("GET", f"{parts.path}?{parts.query}").expect(200)
            found += answer["results"]
        return found


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HttpApi(Api):
    """Over HTTP: `base_url` is the product's address without a slash at its end."""

    base_url: str
    token: str

    def send(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> Answer:
        """The answer over the wire, refusals included."""
        request = urllib.request.Request(  # noqa: S310 - the test's own address
            self.base_url + path,
            data=raw,
            method=method,
            headers=headers | {"Authorization": f"Token {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - as above
                return _answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LocalApi(Api):
    """Inside the process, through every middleware; an empty token comes as nobody."""

    token: str

    def send(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> Answer:
        """The answer; an exception that the product did not expect is raised here."""
        if self.token:
            headers = headers | {"Authorization": f"Token {self.token}"}
        kind = headers.pop("Content-Type", "application/json")
        answer = Client().generic(method, path, raw or b"", content_type=kind, headers=headers)
        return _answer(answer.status_code, answer.headers, answer.getvalue())


def _answer(status: int, headers: Any, raw: bytes) -> Answer:
    return Answer(
        status=status, headers={name.lower(): value for name, value in headers.items()}, raw=raw
    )
