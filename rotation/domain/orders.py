"""Orders of objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def staying_put(order: Sequence[str]) -> tuple[str, ...]:
    """The order for a schedule that stands: next to gaps nothing counts more than changes.

    What stood before gaps stays before it, and all else stays as it was.
    """
    if "gaps" not in order:
        return ("changes", *(name for name in order if name != "changes"))
    place = list(order).index("gaps") + 1
    before, after = order[:place], order[place:]
    if "changes" in before:
        return tuple(order)
    return (*before, "changes", *(name for name in after if name != "changes"))
