"""Which totals can be told to somebody who must not learn what one person is paid.

A total is told when at least three people have a part of it and none of them has more than three
quarters: then somebody who knows their own part still cannot work out another's. Months that do
not reach this are added to those after them until they do, so that no two totals that are told
overlap and none follows from the difference of two others. What is told never changes later: the
runs begin at the first month, and only closed months, in order, are given here.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEWEST_PEOPLE = 3
# At most three of four parts are one person's.
_MOST, _OF = 3, 4


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthShares:
    """What each person has of a month, in minor units of one currency."""

    month: str
    by_person: Mapping[int, int]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Months on end with one total; `is_told` says whether it may be read."""

    months: tuple[str, ...]
    minor: int
    people: int
    is_told: bool


def is_safe(by_person: Mapping[int, int]) -> bool:
    """Whether the sum of these parts tells nobody's own."""
    parts = [abs(minor) for minor in by_person.values() if minor]
    if len(parts) < FEWEST_PEOPLE:
        return False
    return max(parts) * _OF <= sum(parts) * _MOST


def runs(months: Iterable[MonthShares]) -> list[Run]:
    """The months, which are in order, in runs that can be told; the last may be one that cannot."""
    found: list[Run] = []
    waiting: list[MonthShares] = []
    for month in months:
        waiting.append(month)
        if is_safe(_added(waiting)):
            found.append(_run(waiting, is_told=True))
            waiting = []
    if waiting:
        found.append(_run(waiting, is_told=False))
    return found


def _added(months: Iterable[MonthShares]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for month in months:
        for person, minor in month.by_person.items():
            sums[person] = sums.get(person, 0) + minor
    return sums


def _run(months: Iterable[MonthShares], *, is_told: bool) -> Run:
    known = list(months)
    sums = _added(known)
    return Run(
        months=tuple(month.month for month in known),
        minor=sum(sums.values()),
        people=sum(1 for minor in sums.values() if minor),
        is_told=is_told,
    )
