"""How load is shared, person by person: holidays, wishes, and limits that are exceeded."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import slots
from rotation.models import LevelName
from rotation.queries import fairness, limits
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rotation.domain.fairness import HeldWeek
    from rotation.models import PolicyVersion
    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.fairness import LoadLine, PublishedWeeks
    from rotation.queries.limits import OverLimit
    from volunteers.queries.service import Wish

NAME, OFF = "person", "off"
TITLES = {
    NAME: "Person",
    "load": "Load",
    "fair": "Fair",
    OFF: "Off",
    "weeks": "Weeks",
    "holidays": "Holidays",
    "wishes": "Wishes",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FairLine:
    """One person at one level.

    Weeks are those that they carried (`done`, weeks before Rota among them) and that are published
    for them (`coming`, the running one among them); holidays are such weeks with a public holiday.
    A wish is met when a wanted week is theirs or an unwanted one is not; only published weeks
    count. `over` are the terms with more shifts than the policy wants.
    """

    load: LoadLine
    done: int
    coming: int
    holidays_done: int
    holidays_coming: int
    fair_holidays: int
    wishes_met: int
    wishes_unmet: int
    over: tuple[OverLimit, ...]

    @property
    def holidays(self) -> int:
        """Holiday weeks, past and to come."""
        return self.holidays_done + self.holidays_coming

    @property
    def fair_holidays_text(self) -> str:
        """The fair share of holiday weeks with one decimal."""
        return fairness.one_decimal(self.fair_holidays)


_KEYS: Mapping[str, Callable[[FairLine], tuple[int | str, ...]]] = {
    NAME: lambda line: (line.load.mark.name,),
    "load": lambda line: (-line.load.load, line.load.mark.name),
    "fair": lambda line: (-line.load.fair, line.load.mark.name),
    OFF: lambda line: (-line.load.off, line.load.mark.name),
    "weeks": lambda line: (-line.load.weeks, line.load.mark.name),
    "holidays": lambda line: (-line.holidays, line.load.mark.name),
    "wishes": lambda line: (-line.wishes_unmet, line.load.mark.name),
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FairLevel:
    """The people of one level in the order that was asked for."""

    level: str
    lines: tuple[FairLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sort:
    """A column that the table can be sorted by; `aria` says how it is, empty when it is not."""

    key: str
    title: str
    aria: str


def sorts(wanted: str) -> dict[str, Sort]:
    """The columns by key, the wanted one in force, or the distance when none is."""
    chosen = wanted if wanted in _KEYS else OFF
    return {
        key: Sort(
            key=key,
            title=title,
            aria=("ascending" if key == NAME else "descending") if key == chosen else "",
        )
        for key, title in TITLES.items()
    }


def fair_levels(facts: BoardFacts, *, policy: PolicyVersion, sort: str = "") -> list[FairLevel]:
    """Both levels, primary first; a fixed number of queries.

    `sort` is a key of `sorts`; otherwise the furthest above their share come first.
    """
    weeks = fairness.published_weeks(rotation=facts.rotation)
    first = min((line.starts_on for line in facts.services), default=facts.today)
    wishes = service.wishes_of(team_id=facts.rotation.team_id, from_date=first)
    over = limits.people_over_limit(rotation=facts.rotation, policy=policy, now=facts.now)
    found = [
        _level(level, weeks, facts, wishes, [each for each in over if each.level == level])
        for level in LevelName
    ]
    return [
        dataclasses.replace(each, lines=tuple(sorted(each.lines, key=_KEYS.get(sort, _KEYS[OFF]))))
        for each in found
    ]


def is_over_limit(levels: Iterable[FairLevel]) -> bool:
    """Whether anybody has more shifts in a term than the policy wants."""
    return any(line.over for level in levels for line in level.lines)


def _level(
    level: LevelName,
    weeks: PublishedWeeks,
    facts: BoardFacts,
    wishes: Sequence[Wish],
    over: Sequence[OverLimit],
) -> FairLevel:
    shares = {share.engineer_id: share for share in fairness.shares_at(level, weeks, facts)}
    current = slots.week_at(facts.pattern, facts.now).week_date
    published = weeks.published.get(level, ())
    held = _by_holder([*weeks.carried.get(level, ()), *published])
    loads = next(each for each in fairness.loads_of(facts, weeks) if each.level == level)
    holders = {week.week_date: week.holder_id for week in published}
    lines = []
    for load in loads.lines:
        who = load.mark.engineer_id
        own = held[who]
        met = [_is_met(wish, holders) for wish in wishes if wish.engineer_id == who]
        lines.append(
            FairLine(
                load=load,
                done=sum(1 for week in own if week.week_date < current),
                coming=sum(1 for week in own if week.week_date >= current),
                holidays_done=_holidays(own, until=current),
                holidays_coming=_holidays(own) - _holidays(own, until=current),
                fair_holidays=shares[who].fair_holidays,
                wishes_met=met.count(True),
                wishes_unmet=met.count(False),
                over=tuple(each for each in over if each.engineer_id == who),
            )
        )
    return FairLevel(level=level.value, lines=tuple(lines))


def _by_holder(weeks: Iterable[HeldWeek]) -> Mapping[int, list[HeldWeek]]:
    found: dict[int, list[HeldWeek]] = collections.defaultdict(list)
    for week in weeks:
        if week.holder_id is not None:
            found[week.holder_id].append(week)
    return found


def _holidays(weeks: Iterable[HeldWeek], *, until: dt.date | None = None) -> int:
    return sum(1 for week in weeks if week.is_holiday and (until is None or week.week_date < until))


def _is_met(wish: Wish, holders: Mapping[dt.date, int | None]) -> bool | None:
    """None where nothing is published for the week."""
    if wish.week_date not in holders:
        return None
    return (holders[wish.week_date] == wish.engineer_id) == (wish.wish == "want")
