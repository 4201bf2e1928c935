"""Public holidays of one calendar or of several, and what each adds to a week's load."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The holidays of an office by date, and the load in hundredths that each of them adds.

    `office` is empty for the rotation's own calendar: its holidays need no name of a place.
    """

    office: str
    weight: int
    days: Mapping[dt.date, str]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    """A day off somewhere: how it is called, each name once, and the load that it adds."""

    names: tuple[str, ...]
    load: int


def counted_holidays(calendars: Sequence[Calendar]) -> dict[dt.date, Holiday]:
    """Each date once, in order, with the highest weight of the offices that have it off.

    A name that is not the rotation's own says where: `Thanksgiving (San Francisco)`.
    """
    own = sorted(calendars, key=lambda calendar: calendar.office != "")
    dates = sorted({date for calendar in calendars for date in calendar.days})
    return {date: _holiday(date, own) for date in dates}


def _holiday(date: dt.date, calendars: Sequence[Calendar]) -> Holiday:
    places: dict[str, list[str]] = {}
    there = [calendar for calendar in calendars if date in calendar.days]
    for calendar in there:
        places.setdefault(calendar.days[date], []).append(calendar.office)
    return Holiday(
        names=tuple(
            name if "" in offices else f"{name} ({', '.join(offices)})"
            for name, offices in places.items()
        ),
        load=max(calendar.weight for calendar in there),
    )
