"""Each person's load in a draft against the fair share, and against the published schedule."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import fairness
from rotation.domain.fairness import Share
from rotation.queries import cells
from rotation.queries.fairness import LevelLoads, line_of, one_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rotation.models import Draft
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonLoad:
    """One person at one level, in hundredths; `was` is None when nothing is published to compare.

    Loads count what was worked before the draft's first week; `shifts` only the draft's own.
    """

    level: str
    engineer_id: int
    shifts: int
    was: int | None
    load: int
    fair: int


def person_loads(draft: Draft, weeks: Sequence[ProposedWeek]) -> dict[tuple[str, int], PersonLoad]:
    """The loads by level and engineer, in the order in which they were solved."""
    found = {}
    for level in draft.figures.get("levels", []):
        name = str(level["level"])
        for person in level["people"]:
            key = (name, int(person["engineer"]))
            found[key] = PersonLoad(
                level=name,
                engineer_id=key[1],
                shifts=int(person["shifts"]),
                was=_was(weeks, *key, prior=int(person["prior_load"])),
                load=int(person["load"]),
                fair=int(person["fair"]),
            )
    return found


def furthest_now(loads: Mapping[tuple[str, int], PersonLoad]) -> str:
    """The largest distance from a fair share as published, empty without a schedule."""
    offs = [load.was - load.fair for load in loads.values() if load.was is not None]
    return one_decimal(fairness.furthest(offs)) if offs else ""


def furthest_then(loads: Mapping[tuple[str, int], PersonLoad]) -> str:
    """The largest distance from a fair share in the draft."""
    offs = [load.load - load.fair for load in loads.values()]
    return one_decimal(fairness.furthest(offs))


def level_loads(
    loads: Mapping[tuple[str, int], PersonLoad], marks: Mapping[int, PersonMark]
) -> list[LevelLoads]:
    """The table of loads, by level in the order of the figures, the furthest above first."""
    return [_level(level, loads, marks) for level in dict.fromkeys(key[0] for key in loads)]


def _level(
    level: str,
    loads: Mapping[tuple[str, int], PersonLoad],
    marks: Mapping[int, PersonMark],
) -> LevelLoads:
    own = [load for load in loads.values() if load.level == level]
    widest = max((max(load.load, load.fair, load.was or 0) for load in own), default=0)
    return LevelLoads(
        level=level,
        lines=tuple(
            line_of(
                cells.mark_of(load.engineer_id, marks),
                Share(
                    engineer_id=load.engineer_id,
                    weeks=load.shifts,
                    load=load.load,
                    fair=load.fair,
                ),
                widest=widest,
                was=load.was,
            )
            for load in sorted(own, key=lambda load: (load.fair - load.load, load.engineer_id))
        ),
    )


def _was(weeks: Sequence[ProposedWeek], level: str, engineer_id: int, *, prior: int) -> int | None:
    standing = [
        week.published for week in weeks if week.level == level and week.published is not None
    ]
    if not standing:
        return None
    return prior + sum(each.load for each in standing if each.holder_id == engineer_id)
