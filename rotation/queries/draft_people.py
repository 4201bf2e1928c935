"""Each person in a draft: load against the fair share, holidays, wishes and spacing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from common import wording
from rotation.queries import draft_figures
from rotation.queries.fairness import one_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rotation.queries.draft_figures import PersonFigures
    from rotation.queries.fairness import LevelLoads, LoadLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """A person's load with the rest in words; empty where the draft has no such figure."""

    load: LoadLine
    holidays: str
    fair_holidays: str
    wishes: str
    wishes_missed: int
    spacing: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelPeople:
    """The people of one level, the furthest above their share first."""

    level: str
    lines: tuple[PersonLine, ...]


def level_people(figures: Mapping[str, Any], loads: Sequence[LevelLoads]) -> list[LevelPeople]:
    """The lines of the table, in the order of `loads`."""
    by_level = {
        level.level: {person.engineer_id: person for person in level.people}
        for level in draft_figures.levels_of(figures)
    }
    return [
        LevelPeople(
            level=level.level,
            lines=tuple(
                _line(line, by_level.get(level.level, {}).get(line.mark.engineer_id))
                for line in level.lines
            ),
        )
        for level in loads
    ]


def has_more(people: Sequence[LevelPeople]) -> bool:
    """Whether anybody has figures beside the load."""
    return any(line.holidays for level in people for line in level.lines)


def _line(load: LoadLine, person: PersonFigures | None) -> PersonLine:
    if person is None or person.holidays is None:
        return PersonLine(
            load=load, holidays="", fair_holidays="", wishes="", wishes_missed=0, spacing=""
        )
    met = person.wishes_met or 0
    asked = met + person.wishes_unmet
    spacing = person.shortest_spacing
    return PersonLine(
        load=load,
        holidays=f"{person.holidays}",
        fair_holidays=one_decimal(person.fair_holidays),
        wishes=f"{met} of {asked}" if asked else "none",
        wishes_missed=person.wishes_unmet,
        spacing="" if spacing is None else wording.counted(spacing, "week"),
    )
