"""Wall-clock times that people type as instants: a clock change repeats some and skips some."""

from __future__ import annotations

import datetime as dt
import zoneinfo


def instants(zone: str, date: dt.date, time: dt.time) -> tuple[dt.datetime, ...]:
    """The instants in UTC at which the zone's clocks show that time, in order of time.

    One as a rule, two where a clock change repeats it, none where it leaves it out.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    there = zoneinfo.ZoneInfo(zone)
    wall = dt.datetime.combine(date, time.replace(tzinfo=None))
    both = {wall.replace(tzinfo=there, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}
    return tuple(sorted(at for at in both if at.astimezone(there).replace(tzinfo=None) == wall))
