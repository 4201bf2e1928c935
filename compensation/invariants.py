"""What the database keeps about rates, entries and exports beyond `Meta.constraints`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.invariants import Invariant

INVARIANTS: list[Invariant] = []
