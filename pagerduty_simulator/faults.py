"""Faults that are put in from outside: wrong statuses, waits, lost answers, failing items."""

from __future__ import annotations

import fnmatch
import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import refusals
from pagerduty_simulator.exchange import LAST_ITEM

if TYPE_CHECKING:
    from pagerduty_simulator.state import Json

_FIELDS = frozenset(
    {
        "method",
        "path",
        "path_pattern",
        "status",
        "headers",
        "body",
        "delay",
        "after_write",
        "drop_after_write",
        "drop_before_write",
        "partial",
        "count",
        "skip",
    }
)
_LONGEST_DELAY = 600
_CODES = {401: refusals.AUTHENTICATION_FAILED, 404: refusals.NOT_FOUND, 429: refusals.RATE_LIMITED}
_DEFAULT_CODES = {4: refusals.INVALID_INPUT, 5: refusals.INTERNAL}


class UnusableFaultError(ValueError):
    """The wanted fault lacks something or holds something of the wrong shape."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong, for which requests, and how often still."""

    number: int
    method: str | None
    path: str
    status: int | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    delay: float = 0.0
    after_write: bool = False
    drop_after_write: bool = False
    drop_before_write: bool = False
    partial: frozenset[int] = frozenset()
    count: int | None = None
    skip: int = 0
    hits: int = 0

    def concerns(self, method: str, path: str) -> bool:
        """Whether the request is one of those that the fault is for."""
        return self.method in {None, method} and _matches(self.path, path)

    @property
    def replaces_answer(self) -> bool:
        """Whether the fault brings an answer of its own."""
        return self.status is not None or self.has_body

    @property
    def prevents_work(self) -> bool:
        """Whether the request is not carried out at all."""
        return self.drop_before_write or (
            self.replaces_answer and not self.after_write and not self.drop_after_write
        )

    def answer_status(self) -> int:
        """The status of the fault's own answer; 200 when only a body was given."""
        return 200 if self.status is None else self.status

    def answer_body(self) -> Any:
        """The body of the fault's own answer: as given, else PagerDuty's error object."""
        if self.has_body:
            return self.body
        status = self.answer_status()
        usual = _DEFAULT_CODES.get(status // 100)
        code = _CODES.get(status, usual)
        return None if code is None else refusals.error_body(code)

    def shown(self) -> Json:
        """The fault as GET /_sim/faults tells it."""
        return {
            "id": self.number,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "headers": self.headers,
            "body": self.body,
            "delay": self.delay,
            "after_write": self.after_write,
            "drop_after_write": self.drop_after_write,
            "drop_before_write": self.drop_before_write,
            "partial": sorted(self.partial),
            "count": self.count,
            "skip": self.skip,
            "hits": self.hits,
        }


def _matches(pattern: str, path: str) -> bool:
    """A glob or a regular expression for the whole path; `^…` is searched from the beginning."""
    if fnmatch.fnmatchcase(path, pattern):
        return True
    try:
        expression = re.compile(pattern)
    except re.error:
        return False
    found = expression.search(path) if pattern.startswith("^") else expression.fullmatch(path)
    return found is not None


@dataclass(slots=True)
class Faults:
    """The faults that are in force, oldest first; the first that concerns a request acts."""

    _active: list[Fault] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, raw: object) -> Fault:
        """Put a fault in.

        Raises:
            UnusableFaultError: with what is wrong.
        """
        with self._lock:
            fault = _fault(raw, next(self._numbers))
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults out."""
        with self._lock:
            self._active.clear()

    def shown(self) -> list[Json]:
        """All faults, spent ones too, oldest first."""
        with self._lock:
            return [fault.shown() for fault in self._active]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that acts on this request, counted as used; None when there is none."""
        with self._lock:
            for fault in self._active:
                if fault.count == 0 or not fault.concerns(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.hits += 1
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None


def _fault(raw: object, number: int) -> Fault:
    if not isinstance(raw, dict):
        raise UnusableFaultError("a fault is a JSON object")
    unknown = set(raw) - _FIELDS
    if unknown:
        raise UnusableFaultError(f"unknown field {', '.join(sorted(map(str, unknown)))}")
    method = raw.get("method")
    return Fault(
        number=number,
        method=None if method in {None, "*"} else str(method).upper(),
        path=str(raw.get("path", raw.get("path_pattern", "*"))),
        status=_whole(raw, "status", lowest=200, highest=599),
        headers=_headers(raw.get("headers") or {}),
        body=raw.get("body"),
        has_body="body" in raw,
        delay=_delay(raw.get("delay", 0)),
        after_write=_flag(raw, "after_write"),
        drop_after_write=_flag(raw, "drop_after_write"),
        drop_before_write=_flag(raw, "drop_before_write"),
        partial=_partial(raw.get("partial")),
        count=_whole(raw, "count", lowest=0, highest=1_000_000),
        skip=_whole(raw, "skip", lowest=0, highest=1_000_000) or 0,
    )


def _whole(raw: Json, name: str, *, lowest: int, highest: int) -> int | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise UnusableFaultError(f"{name} must be a whole number from {lowest} to {highest}")
    return value


def _flag(raw: Json, name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise UnusableFaultError(f"{name} must be true or false")
    return value


def _delay(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= _LONGEST_DELAY:
        raise UnusableFaultError(f"delay must be 0 to {_LONGEST_DELAY} seconds")
    return float(value)


def _headers(value: object) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise UnusableFaultError("headers must be an object; null takes a header away")
    return {str(name): None if text is None else str(text) for name, text in value.items()}


def _partial(value: object) -> frozenset[int]:
    """Indexes of the items that fail; `true` means the last item."""
    if value is None or value is False:
        return frozenset()
    if value is True:
        return frozenset({LAST_ITEM})
    indexes = value if isinstance(value, list) else [value]
    if not all(isinstance(index, int) for index in indexes):
        raise UnusableFaultError("partial must be a list of indexes, or true for the last item")
    return frozenset(indexes)
