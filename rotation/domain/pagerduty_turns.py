"""Turns at PagerDuty's account: what a caller is told, and how a call ended."""

from __future__ import annotations

import dataclasses
import enum


class Ending(enum.Enum):
    """How a call ended, as far as it concerns the account."""

    ANSWERED = "answered"
    LIMITED = "limited"
    REFUSED = "refused"
    FAILED = "failed"
    BROKEN_OFF = "broken off"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Whether the call may be made now; if not, in how many seconds to ask again, and why."""

    taken: bool
    wait_seconds: float = 0.0
    is_pause: bool = False
    said: str = ""
