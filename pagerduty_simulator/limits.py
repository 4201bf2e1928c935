"""PagerDuty's rate limit: so many requests a minute for each token.

Source: PagerDuty developer docs, REST-API/04-Rate-Limits.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

_PERIOD = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a token has left in its minute."""

    limit: int
    remaining: int
    reset_seconds: int
    exceeded: bool

    def headers(self) -> dict[str, str]:
        """The three headers with which every answer tells it; none while there is no limit."""
        if self.limit == 0:
            return {}
        return {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(self.remaining),
            "ratelimit-reset": str(self.reset_seconds),
        }


@dataclass(slots=True)
class Limits:
    """Counts requests per token, in minutes that begin with a token's first request."""

    _minutes: dict[str, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, token: str, limit: int) -> Allowance:
        """Count one request of the token against the limit; a limit of 0 is none."""
        at = time.monotonic()
        with self._lock:
            began, used = self._minutes.get(token, (at, 0))
            if at - began >= _PERIOD:
                began, used = at, 0
            used += 1
            self._minutes[token] = (began, used)
        return Allowance(
            limit=limit,
            remaining=max(0, limit - used),
            reset_seconds=max(1, round(began + _PERIOD - at)),
            exceeded=limit > 0 and used > limit,
        )
