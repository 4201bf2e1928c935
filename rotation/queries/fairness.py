"""How the published schedule shares its load."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import fairness, slots
from rotation.models import LevelName, Shift
from rotation.queries import cells

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.fairness import Share
    from rotation.queries.board_facts import BoardFacts
    from volunteers.domain import PersonMark

BAR_WIDTH = 260


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LoadLine:
    """One person's weeks, load, fair share and distance, in hundredths; `was` before a draft.

    The bars' lengths are in units of a picture 260 wide.
    """

    mark: PersonMark
    weeks: int
    was: int | None
    load: int
    fair: int
    off: int
    was_bar: int
    load_bar: int
    fair_bar: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelLoads:
    """The people of one level, the furthest above their share first."""

    level: str
    lines: tuple[LoadLine, ...]


def published_loads(facts: BoardFacts) -> list[LevelLoads]:
    """Both levels' loads from joining to the last published week; one query."""
    rows = Shift.objects.filter(level__rotation=facts.rotation, cancelled_at__isnull=True)
    weeks: dict[str, list[fairness.HeldWeek]] = collections.defaultdict(list)
    for level, week_date, load, holder_id in rows.order_by("week_date", "pk").values_list(
        "level__name", "week_date", "load_hundredths", "holder_id"
    ):
        weeks[level].append(fairness.HeldWeek(week_date=week_date, load=load, holder_id=holder_id))
    return [_level_loads(level, weeks[level], facts) for level in LevelName]


def furthest(loads: list[LevelLoads]) -> int:
    """The largest distance of anybody from their share."""
    return fairness.furthest(line.off for level in loads for line in level.lines)


def line_of(mark: PersonMark, share: Share, *, widest: int, was: int | None = None) -> LoadLine:
    """A share with its bars drawn to the scale of the widest figure of the table."""
    return LoadLine(
        mark=mark,
        weeks=share.weeks,
        was=was,
        load=share.load,
        fair=share.fair,
        off=share.off,
        was_bar=_bar(was or 0, widest),
        load_bar=_bar(share.load, widest),
        fair_bar=_bar(share.fair, widest),
    )


def _level_loads(level: LevelName, weeks: list[fairness.HeldWeek], facts: BoardFacts) -> LevelLoads:
    people: dict[int, list[tuple[dt.date, dt.date | None]]] = collections.defaultdict(list)
    for line in facts.services:
        if line.level == level and (line.ends_on is None or line.ends_on > facts.today):
            people[line.engineer_id].append((line.starts_on, line.ends_on))
    current = slots.week_at(facts.pattern, facts.now).week_date
    terms = {engineer_id: tuple(dates) for engineer_id, dates in people.items()}
    found = fairness.shares(terms, weeks, current)
    widest = max((max(share.load, share.fair) for share in found), default=0)
    return LevelLoads(
        level=level.value,
        lines=tuple(
            line_of(cells.mark_of(share.engineer_id, facts.marks), share, widest=widest)
            for share in found
        ),
    )


def _bar(value: int, widest: int) -> int:
    return value * BAR_WIDTH // widest if widest > 0 else 0
