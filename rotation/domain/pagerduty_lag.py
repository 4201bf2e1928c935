"""What PagerDuty holds, as far as reads may not show it yet: they can lag behind a write.

A write whose effect no run has read back yet counts as its answer said, for a bounded time;
otherwise the next run would write the same again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotation.domain.pagerduty_state import OverrideState, ScheduleState

# Within the two minutes after which everything has to be in line again.
LONGEST_LAG = dt.timedelta(seconds=100)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Unseen:
    """What PagerDuty answered to a level's latest writes, which nobody has read back yet.

    `removed` are ids of overrides, `schedule` is the answer to the last write of layers.
    """

    created: tuple[OverrideState, ...] = ()
    removed: frozenset[str] = frozenset()
    schedule: ScheduleState | None = None

    def overrides(self, read: Iterable[OverrideState]) -> list[OverrideState]:
        """The overrides that were read, without the removed and with the created ones."""
        there = [one for one in read if one.ref not in self.removed]
        return [*there, *(one for one in self.created if not _is_shown(one, there))]

    def layers(self, read: ScheduleState | None) -> ScheduleState | None:
        """The schedule as it was answered, unless what was read has a layer more: that is newer."""
        known = self.schedule
        if read is None or known is None or known.ref != read.ref:
            return read
        more = {layer.ref for layer in read.layers} - {layer.ref for layer in known.layers}
        return read if more else known


def _is_shown(override: OverrideState, there: Iterable[OverrideState]) -> bool:
    """Whether it is there, perhaps without its id and with a start that was cut."""
    return any(
        one.ref == override.ref
        or (
            one.ref is None
            and one.user_ref == override.user_ref
            and one.period.overlap(override.period) is not None
        )
        for one in there
    )
