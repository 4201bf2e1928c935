"""When people are told of what comes: shifts, handovers, gaps, and a manager's Monday.

Each window is as long as the message stays true, so that after an outage only what still helps is
sent, and the key of each makes it once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rotation.domain.stints import Stint

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
# Told with fewer days left, “in a week” would only come shortly before “tomorrow”.
WEEK_ENDS = dt.timedelta(days=3)
HANDOVER_LASTS = dt.timedelta(hours=6)
NOTE_DUE = dt.timedelta(hours=3)
GAP_WEEKS = (1, 2, 4, 8)
LOOK_AHEAD = GAP_WEEKS[-1] * WEEK
DIGEST_HOUR = 8
MONDAY = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody's time in a shift, and who was on call on the level just before."""

    shift_id: int
    person: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    before: int | None

    @property
    def period(self) -> Period:
        """Its time."""
        return Period(starts_at=self.starts_at, ends_at=self.ends_at)

    def key(self, what: str) -> str:
        """What is told once of this turn; the first part names what, for all."""
        return f"{what}:{self.shift_id}:{self.person}:{self.starts_at:%Y%m%dT%H%M}"


def turns(shift_id: int, stints: Iterable[Stint], *, before: int | None) -> Iterator[Turn]:
    """The people's turns of a shift in order of time; `before` carried the shift before it.

    Who goes on carrying has no new turn.
    """
    for stint in stints:
        if stint.person is not None and stint.person != before:
            yield Turn(
                shift_id=shift_id,
                person=stint.person,
                starts_at=stint.period.starts_at,
                ends_at=stint.period.ends_at,
                before=before,
            )
        before = stint.person


def is_in_a_week(starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether it is time to say that it begins in a week."""
    return starts_at - WEEK <= now < starts_at - WEEK_ENDS


def is_tomorrow(starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether it is time to say that it begins tomorrow, and not too late."""
    return starts_at - DAY <= now < starts_at


def is_handover(turn: Turn, now: dt.datetime) -> bool:
    """Whether the turn has just begun."""
    return turn.starts_at <= now < min(turn.starts_at + HANDOVER_LASTS, turn.ends_at)


def is_note_due(ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether somebody is about to go off."""
    return ends_at - NOTE_DUE <= now < ends_at


def gap_weeks(starts_at: dt.datetime, now: dt.datetime) -> int | None:
    """Within how many weeks a gap begins: 1, 2, 4 or 8, the nearest alone; None when later."""
    if starts_at <= now:
        return GAP_WEEKS[0]
    return next((weeks for weeks in GAP_WEEKS if starts_at <= now + weeks * WEEK), None)


def digest_day(now: dt.datetime, zone: str) -> dt.date | None:
    """The Monday whose digest is due in that zone: from 08:00 to midnight, else None."""
    here = wording.local(now, zone)
    is_due = here.weekday() == MONDAY and here.hour >= DIGEST_HOUR
    return here.date() if is_due else None
