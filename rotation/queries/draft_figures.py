"""The figures that a draft was solved with, read from its row.

Drafts that were solved before a figure existed give None for it, and pages leave it out.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.queries.fairness import one_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonFigures:
    """One person at one level: loads and fair shares in hundredths, with what was before.

    `shortest_spacing` is in weeks between two of their shifts, None with fewer than two.
    """

    engineer_id: int
    shifts: int
    load: int
    fair: int
    holidays: int | None
    fair_holidays: int
    wishes_met: int | None
    wishes_unmet: int
    shortest_spacing: int | None

    @property
    def off(self) -> int:
        """How far the load is above the fair share; below it is negative."""
        return self.load - self.fair

    @property
    def load_text(self) -> str:
        """The load with one decimal."""
        return one_decimal(self.load)

    @property
    def off_text(self) -> str:
        """The distance from the fair share with its sign, a true minus."""
        return one_decimal(self.off, sign=True)

    @property
    def holidays_off(self) -> int:
        """How far the holiday weeks are above their fair share, in hundredths."""
        return 100 * (self.holidays or 0) - self.fair_holidays


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One way to fill a level: its objectives and its people."""

    objectives: Mapping[str, int]
    people: tuple[PersonFigures, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A change that would close a gap: of a kind, of somebody (None: of a newcomer)."""

    kind: str
    engineer_id: int | None
    weeks: int
    from_date: str
    closes: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelFigures:
    """One level as solved, beside a plain round robin and the published schedule."""

    level: str
    objectives: Mapping[str, int]
    bounds: Mapping[str, float]
    people: tuple[PersonFigures, ...]
    round_robin: Standing | None
    published: Standing | None
    ways: Mapping[str, tuple[Way, ...]]


def levels_of(figures: Mapping[str, Any]) -> tuple[LevelFigures, ...]:
    """The levels in the order in which they were solved."""
    return tuple(_level(level) for level in figures.get("levels", []))


def solved_together(levels: Sequence[LevelFigures]) -> bool:
    """Whether somebody serves at two levels, so that both share one set of objectives."""
    seen: set[int] = set()
    for level in levels:
        ids = {person.engineer_id for person in level.people}
        if seen & ids:
            return True
        seen |= ids
    return False


def apart(levels: Sequence[LevelFigures]) -> Sequence[LevelFigures]:
    """The levels whose objectives add up: one of them alone where they were solved together."""
    return levels[:1] if solved_together(levels) else levels


def order_of(figures: Mapping[str, Any]) -> tuple[str, ...]:
    """The objectives in the order in which they were solved for."""
    levels = figures.get("levels", [])
    first = levels[0].get("objectives", {}) if levels else {}
    return tuple(figures.get("order") or first)


def furthest(people: Iterable[PersonFigures]) -> int:
    """The largest distance of anybody from their fair share, in hundredths."""
    return max((abs(person.off) for person in people), default=0)


def _level(found: Mapping[str, Any]) -> LevelFigures:
    return LevelFigures(
        level=str(found["level"]),
        objectives=found.get("objectives", {}),
        bounds=found.get("bounds", {}),
        people=_people(found),
        round_robin=_standing(found.get("round_robin")),
        published=_standing(found.get("published")),
        ways={
            str(each["week"]): tuple(_way(way) for way in each.get("ways", []))
            for each in found.get("closings", [])
        },
    )


def _standing(found: Mapping[str, Any] | None) -> Standing | None:
    if not found:
        return None
    return Standing(objectives=found.get("objectives", {}), people=_people(found))


def _people(found: Mapping[str, Any]) -> tuple[PersonFigures, ...]:
    return tuple(
        PersonFigures(
            engineer_id=int(person["engineer"]),
            shifts=int(person.get("shifts", 0)),
            load=int(person.get("load", 0)),
            fair=int(person.get("fair", 0)),
            holidays=person.get("holidays"),
            fair_holidays=int(person.get("fair_holidays") or 0),
            wishes_met=person.get("wishes_met"),
            wishes_unmet=int(person.get("wishes_unmet") or 0),
            shortest_spacing=person.get("shortest_spacing"),
        )
        for person in found.get("people", [])
    )


def _way(found: Mapping[str, Any]) -> Way:
    return Way(
        kind=str(found.get("kind", "")),
        engineer_id=found.get("engineer"),
        weeks=int(found.get("weeks") or 0),
        from_date=str(found.get("from") or ""),
        closes=int(found.get("closes") or 1),
    )
