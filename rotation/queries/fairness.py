"""How the published schedule shares its load."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import fairness, slots
from rotation.models import LevelName, Shift
from rotation.queries import agreed, cells, history

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.domain.fairness import Share
    from rotation.models import Rotation
    from rotation.queries.board_facts import BoardFacts
    from volunteers.domain import PersonMark

BAR_WIDTH = 260
NEAR = 150


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LoadLine:
    """One person's weeks, load, fair share and distance, in hundredths; `was` before a draft.

    The bars' lengths are in units of a picture 260 wide. Texts have one decimal, so that columns
    align.
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

    @property
    def was_text(self) -> str:
        """The load as published, empty when nothing is."""
        return "" if self.was is None else one_decimal(self.was)

    @property
    def load_text(self) -> str:
        """The load."""
        return one_decimal(self.load)

    @property
    def fair_text(self) -> str:
        """The fair share."""
        return one_decimal(self.fair)

    @property
    def off_text(self) -> str:
        """The distance with its sign, a true minus."""
        return one_decimal(self.off, sign=True)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelLoads:
    """The people of one level, the furthest above their share first."""

    level: str
    lines: tuple[LoadLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PublishedWeeks:
    """All weeks by level, each with whoever carries it: published ones, and those before Rota."""

    published: Mapping[str, Sequence[fairness.HeldWeek]]
    carried: Mapping[str, Sequence[fairness.HeldWeek]]


def published_loads(facts: BoardFacts) -> list[LevelLoads]:
    """Both levels' loads from joining to the last published week; four queries."""
    return loads_of(facts, published_weeks(rotation=facts.rotation))


def loads_of(facts: BoardFacts, weeks: PublishedWeeks) -> list[LevelLoads]:
    """Both levels' loads from these weeks, primary first."""
    return [_level_loads(level, weeks, facts) for level in LevelName]


def published_weeks(*, rotation: Rotation) -> PublishedWeeks:
    """The weeks that loads are counted from, in order of time; four queries.

    The numbers are those that drafts are solved by: weeks carried before Rota count, and a week
    that was wholly covered is its carrier's.
    """
    rows = Shift.objects.filter(level__rotation=rotation, cancelled_at__isnull=True)
    carriers = agreed.carriers_before(rotation=rotation)
    weeks: dict[str, list[fairness.HeldWeek]] = collections.defaultdict(list)
    for pk, level, week_date, load, holidays, holder_id in rows.order_by(
        "week_date", "pk"
    ).values_list("pk", "level__name", "week_date", "load_hundredths", "holidays", "holder_id"):
        weeks[level].append(
            fairness.HeldWeek(
                week_date=week_date,
                load=load,
                holder_id=carriers.get(pk, holder_id),
                is_holiday=bool(holidays),
            )
        )
    return PublishedWeeks(published=weeks, carried=history.carried_weeks(rotation=rotation))


def shares_at(level: LevelName, weeks: PublishedWeeks, facts: BoardFacts) -> list[fairness.Share]:
    """The shares of those who serve at the level or will, the furthest above first."""
    people: dict[int, list[tuple[dt.date, dt.date | None]]] = collections.defaultdict(list)
    for line in facts.services:
        if line.level == level and (line.ends_on is None or line.ends_on > facts.today):
            people[line.engineer_id].append((line.starts_on, line.ends_on))
    current = slots.week_at(facts.pattern, facts.now).week_date
    terms = {engineer_id: tuple(dates) for engineer_id, dates in people.items()}
    return fairness.shares(
        terms, weeks.published.get(level, ()), current, weeks.carried.get(level, ())
    )


def furthest(loads: Sequence[LevelLoads]) -> int:
    """The largest distance of anybody from their share, in hundredths."""
    return fairness.furthest(line.off for level in loads for line in level.lines)


def headline(loads: Sequence[LevelLoads]) -> str:
    """The table in a sentence: how far anybody is off, and who when it is far."""
    return headline_of(line for level in loads for line in level.lines)


def headline_of(found: Iterable[LoadLine]) -> str:
    """The same of these lines."""
    lines = list(found)
    far = max(lines, key=lambda line: abs(line.off), default=None)
    if far is None or not far.off:
        return "Everybody carries the fair share" if lines else "Nobody is in a term"
    distance = one_decimal(abs(far.off))
    if abs(far.off) <= NEAR:
        return f"Nobody is further than {distance} from the fair share"
    where = "above" if far.off > 0 else "below"
    return f"{far.mark.name} is furthest from the fair share, {distance} {where}"


def one_decimal(hundredths: int, *, sign: bool = False) -> str:
    """`5.6` from 556, halves away from zero; with `sign`, `+0.4` or a true minus."""
    tenths = (abs(hundredths) + 5) // 10
    before = ""
    if tenths and (sign or hundredths < 0):
        before = wording.MINUS if hundredths < 0 else "+"
    return f"{before}{tenths // 10}.{tenths % 10}"


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


def _level_loads(level: LevelName, weeks: PublishedWeeks, facts: BoardFacts) -> LevelLoads:
    found = shares_at(level, weeks, facts)
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
