"""The forms in which the same weeks can be written as layers, and which one is tried next.

Nobody has established whether PagerDuty takes long lists in a layer, or whether a restriction ends
by the clock or after its seconds. The plain form comes first; PagerDuty's preview tells when it has
to be another.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import slots
from rotation.domain.pagerduty_state import Restriction

if TYPE_CHECKING:
    from rotation.domain.slots import WeekPattern

DAY_SECONDS = 86_400
HOUR_SECONDS = 3600
# No limit is documented; a layer that runs for years would otherwise grow without end.
MOST_ENTRIES = 60
# Clocks change at night: what begins at four is not longer or shorter by a change.
AFTER_A_CHANGE = 4 * HOUR_SECONDS
SHORTEST_OVERLAP = 2 * HOUR_SECONDS


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How weeks are written: how many to a layer, and whether restrictions overlap.

    Overlapping ones end at the right time whether or not PagerDuty moves their end with the clock.
    """

    most_entries: int = MOST_ENTRIES
    overlaps: bool = False


PLAIN = Form()


def next_form(form: Form, *, refused: bool) -> Form | None:
    """What to try after a preview was refused, or showed somebody else; None after all of them.

    A layer for each week names nobody twice and is no list at all.
    """
    if refused:
        return dataclasses.replace(form, most_entries=1) if form.most_entries > 1 else None
    return None if form.overlaps else dataclasses.replace(form, overlaps=True)


def weekly_restrictions(pattern: WeekPattern, *, overlaps: bool = False) -> tuple[Restriction, ...]:
    """The on-call hours of an ordinary week, on the wall clock; none when continuous.

    A span that runs over midnight, or over the weekend, is one restriction, or two that overlap.
    """
    hours = pattern.office_hours
    if hours is None:
        return ()
    opens, closes = (_second_of_day(time) for time in hours)
    closings = [day * DAY_SECONDS + closes for day in range(slots.SATURDAY)]
    openings = [day * DAY_SECONDS + opens for day in range(1, slots.SATURDAY)]
    openings.append(slots.WEEK_DAYS * DAY_SECONDS + opens)
    return tuple(
        _restriction(*piece)
        for start, end in zip(closings, openings, strict=True)
        for piece in (_overlapping(start, end) if overlaps else [(start, end)])
    )


def _overlapping(start: int, end: int) -> list[tuple[int, int]]:
    """The span as two that overlap.

    The second begins after a night's change of the clock, so that its end is right. The first may
    end an hour early or late: that is within the second.
    """
    midnight = end - end % DAY_SECONDS
    second = min(midnight + AFTER_A_CHANGE, end - SHORTEST_OVERLAP)
    if second <= start:
        return [(start, end)]
    return [(start, (second + end) // 2), (second, end)]


def _restriction(start: int, end: int) -> Restriction:
    day = start // DAY_SECONDS % slots.WEEK_DAYS
    return Restriction(
        weekday=day + 1,
        start_time=str(dt.timedelta(seconds=start % DAY_SECONDS)).zfill(8),
        seconds=end - start,
    )


def _second_of_day(time: dt.time) -> int:
    return time.hour * HOUR_SECONDS + time.minute * 60 + time.second
