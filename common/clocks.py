"""The two clocks that a doorway hands to work that takes time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """The doorway's clocks: business time, which a demo moves, and the machine's."""

    now: Callable[[], dt.datetime]
    real_now: Callable[[], dt.datetime]
