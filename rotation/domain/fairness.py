"""How load is shared among the people of a level, counted straight from a schedule.

A fair share follows the weeks in term: all load, worked and planned, times one's own weeks over
everybody's. Of weeks carried before Rota no term is known: somebody was there from their first
such week to their last.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain.planning import WEEK, is_active

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    Terms = tuple[tuple[dt.date, dt.date | None], ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HeldWeek:
    """A week of one level: its load in hundredths and its holder, None for a gap."""

    week_date: dt.date
    load: int
    holder_id: int | None
    is_holiday: bool = False


def weeks_there(carried: Iterable[HeldWeek]) -> int:
    """For how many weeks somebody shared the load who carried these: first to last, inclusive.

    Ten weeks of fifty make fifty weeks with ten of load, not ten weeks with ten: whoever carried
    the usual share before Rota neither owes nor is owed anything.
    """
    dates = [week.week_date for week in carried]
    return (max(dates) - min(dates)) // WEEK + 1 if dates else 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One person's weeks and load against the fair share; loads in hundredths.

    `holidays` counts their weeks with a public holiday, `fair_holidays` is their fair share of all
    such weeks, in hundredths.
    """

    engineer_id: int
    weeks: int
    load: int
    fair: int
    holidays: int = 0
    fair_holidays: int = 0

    @property
    def off(self) -> int:
        """How far the load is above the fair share; below it is negative."""
        return self.load - self.fair


def shares(
    people: Mapping[int, Terms],
    weeks: Sequence[HeldWeek],
    first_coming: dt.date,
    carried: Sequence[HeldWeek] = (),
) -> list[Share]:
    """Each person's share over all weeks, the furthest above first.

    `people` gives the terms of those who share the load, `carried` the weeks before Rota. Of weeks
    before `first_coming` only what these people carried counts, so that those who have left leave
    no debt behind.
    """
    before = {
        engineer_id: [week for week in carried if week.holder_id == engineer_id]
        for engineer_id in people
    }
    exposure = {
        engineer_id: weeks_there(before[engineer_id])
        + sum(1 for week in weeks if is_active(terms, week.week_date))
        for engineer_id, terms in people.items()
    }
    counted = [week for week in weeks if week.week_date >= first_coming or week.holder_id in people]
    counted += [week for own in before.values() for week in own]
    total, amount = sum(exposure.values()), sum(week.load for week in counted)
    days = sum(100 for week in counted if week.is_holiday)
    found = [
        _share(
            engineer_id, counted, rounded_share(amount, own, total), rounded_share(days, own, total)
        )
        for engineer_id, own in exposure.items()
    ]
    return sorted(found, key=lambda share: (-share.off, share.engineer_id))


def rounded_share(amount: int, exposure: int, total: int) -> int:
    """`amount * exposure / total` to the nearest integer, halves up; 0 without any exposure."""
    return (2 * amount * exposure + total) // (2 * total) if total else 0


def furthest(offs: Iterable[int]) -> int:
    """The largest distance from a fair share, in hundredths; 0 when there is nobody."""
    return max((abs(off) for off in offs), default=0)


def _share(engineer_id: int, weeks: Iterable[HeldWeek], fair: int, fair_holidays: int) -> Share:
    held = [week for week in weeks if week.holder_id == engineer_id]
    return Share(
        engineer_id=engineer_id,
        weeks=len(held),
        load=sum(week.load for week in held),
        fair=fair,
        holidays=sum(1 for week in held if week.is_holiday),
        fair_holidays=fair_holidays,
    )
