"""What shape a value of parsed JSON has."""

from __future__ import annotations

from typing import TypeGuard


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)
