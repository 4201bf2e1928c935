"""Seconds as people read them."""

from __future__ import annotations

from compensation.domain.money import half_up


def hours(seconds: int) -> str:
    """Hours with at most two decimals: `125.5`, `24`, `1,204.25`; a true minus first.

    Two decimals round what is not a whole number of 36 seconds; amounts never follow from them.
    """
    whole, part = divmod(half_up(abs(seconds), 36), 100)
    decimals = f"{part:02d}".rstrip("0")
    sign = "\N{MINUS SIGN}" if seconds < 0 else ""
    return f"{sign}{whole:,}.{decimals}" if decimals else f"{sign}{whole:,}"
