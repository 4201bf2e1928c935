"""How many people serve in a team, and when they become fewer than the policy's minimum."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTICE = dt.timedelta(weeks=26)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """One person's days in the team, `[starts_on, ends_on)`; None is open."""

    engineer_id: int
    starts_on: dt.date
    ends_on: dt.date | None

    def is_on(self, date: dt.date) -> bool:
        """Whether the person serves on that day."""
        return self.starts_on <= date and (self.ends_on is None or self.ends_on > date)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Staffing:
    """People today, the first day looked at with fewer than the minimum, and how many then.

    Without such a day `below_from` is None and `people_then` is `people_now`.
    """

    people_now: int
    minimum: int
    below_from: dt.date | None
    people_then: int


def staffing(
    serving: Iterable[Serving], *, today: dt.date, dates: Sequence[dt.date], minimum: int
) -> Staffing:
    """Look at today and at each of these later days, in order of time."""
    lines = list(serving)
    now = _people(lines, today)
    for date in (today, *dates):
        people = _people(lines, date)
        if people < minimum:
            return Staffing(people_now=now, minimum=minimum, below_from=date, people_then=people)
    return Staffing(people_now=now, minimum=minimum, below_from=None, people_then=now)


def noticed_from(below_from: dt.date | None, *, today: dt.date) -> dt.date | None:
    """The day if it is near enough to be told: within the half year that a draft spans."""
    if below_from is None or below_from >= today + NOTICE:
        return None
    return below_from


def is_news(noticed: dt.date | None, *, told: dt.date | None) -> bool:
    """Whether managers have to be told: a first time, or that the day comes sooner than told.

    A team that stays too small from day to day is no news, nor is a day that moves away.
    """
    return noticed is not None and (told is None or noticed < told)


def _people(lines: Iterable[Serving], date: dt.date) -> int:
    return len({line.engineer_id for line in lines if line.is_on(date)})
