"""What was asked and answered: the latest exchanges, bounded in number and in size."""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pagerduty_simulator.state import Json

_MOST_EXCHANGES = 20_000
_MOST_BYTES = 96 * 1024 * 1024

# Everything else, the token above all, is not written down.
KEPT_HEADERS = frozenset({"accept", "content-type", "from", "user-agent"})


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request with its answer; bodies are kept as JSON text."""

    number: int
    at: str
    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    request_text: str
    status: int
    response_text: str
    in_flight: int
    fault: int | None
    answered: bool = False
    seconds: float | None = None

    def size(self) -> int:
        """Roughly how much memory it takes, in bytes."""
        return len(self.request_text) + len(self.response_text) + 1000

    def shown(self) -> Json:
        """The exchange as GET /_sim/requests tells it."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "request_headers": dict(self.headers),
            "request_body": json.loads(self.request_text),
            "status": self.status,
            "response_body": json.loads(self.response_text),
            "answered": self.answered,
            "in_flight": self.in_flight,
            "fault": self.fault,
            "seconds": self.seconds,
        }


@dataclass(slots=True)
class Journal:
    """The latest exchanges, oldest first."""

    _kept: deque[Exchange] = field(default_factory=deque)
    _bytes: int = 0
    _forgotten: int = 0
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_number(self) -> int:
        """The number of the next exchange; numbers grow and are never given again."""
        return next(self._numbers)

    def add(self, exchange: Exchange) -> None:
        """Write an exchange down; the oldest ones go when there are too many."""
        with self._lock:
            self._kept.append(exchange)
            self._bytes += exchange.size()
            while len(self._kept) > _MOST_EXCHANGES or self._bytes > _MOST_BYTES:
                self._bytes -= self._kept.popleft().size()
                self._forgotten += 1

    def clear(self) -> None:
        """Forget all exchanges."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
            self._forgotten = 0

    def forgotten(self) -> int:
        """How many exchanges had to go since the journal was last cleared."""
        return self._forgotten

    def exchanges(self) -> Iterator[Exchange]:
        """The kept exchanges, oldest first."""
        with self._lock:
            kept = list(self._kept)
        return iter(kept)

    def latest(self, count: int) -> list[Exchange]:
        """The last exchanges, newest first."""
        with self._lock:
            return list(itertools.islice(reversed(self._kept), count))
