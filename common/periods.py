"""Half-open periods `[starts_at, ends_at)` and arithmetic on lists of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Period:
    """An unbroken stretch of time, start included, end excluded; both aware and in UTC."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a period needs aware instants")
        if self.ends_at <= self.starts_at:
            raise ValueError("a period ends after it starts")

    @property
    def seconds(self) -> int:
        """Whole seconds between the two instants."""
        return int((self.ends_at - self.starts_at).total_seconds())

    def contains(self, instant: dt.datetime) -> bool:
        """Whether `instant` lies in the period; the end does not."""
        return self.starts_at <= instant < self.ends_at

    def overlap(self, other: Period) -> Period | None:
        """The time that both periods share, or None; neighbours that touch share none."""
        starts_at = max(self.starts_at, other.starts_at)
        ends_at = min(self.ends_at, other.ends_at)
        return Period(starts_at=starts_at, ends_at=ends_at) if starts_at < ends_at else None


def seconds(periods: Iterable[Period]) -> int:
    """The sum of the periods' seconds."""
    return sum(period.seconds for period in periods)


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same time in as few periods as possible, in order of time; touching ones become one."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.starts_at <= joined[-1].ends_at:
            last = joined.pop()
            ends_at = max(last.ends_at, period.ends_at)
            joined.append(Period(starts_at=last.starts_at, ends_at=ends_at))
        else:
            joined.append(period)
    return joined


def intersection(first: Iterable[Period], second: Iterable[Period]) -> list[Period]:
    """The time in both lists, in order of time; each list must not overlap itself."""
    others = list(second)
    shared = [period.overlap(other) for period in first for other in others]
    return sorted(period for period in shared if period is not None)


def difference(first: Iterable[Period], second: Iterable[Period]) -> list[Period]:
    """The time in `first` that is not in `second`, in order of time."""
    left = sorted(first)
    for hole in merged(second):
        left = [piece for period in left for piece in _without(period, hole)]
    return left


def _without(period: Period, hole: Period) -> list[Period]:
    if period.overlap(hole) is None:
        return [period]
    pieces = []
    if period.starts_at < hole.starts_at:
        pieces.append(Period(starts_at=period.starts_at, ends_at=hole.starts_at))
    if hole.ends_at < period.ends_at:
        pieces.append(Period(starts_at=hole.ends_at, ends_at=period.ends_at))
    return pieces
