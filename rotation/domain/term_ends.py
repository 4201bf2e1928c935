"""When somebody hears that their term ends, and when it is thanked for."""

from __future__ import annotations

import datetime as dt

WEEK = dt.timedelta(weeks=1)

ASKED = (4, 8)
"""How many weeks before its end the person is asked how it goes on, the latest first."""

THANKED_FOR = dt.timedelta(days=14)
"""How long after its end a term is still thanked for: not one that ended before Rota knew."""


def due(*, starts_on: dt.date, ends_on: dt.date, today: dt.date) -> int | None:
    """Which of the two mails is due: 8 or 4; None when none is.

    After an outage it is the one for this day alone: who was not asked in time is asked once. A
    term that is shorter than eight weeks is asked about from its start on.
    """
    if not starts_on <= today < ends_on:
        return None
    return next((weeks for weeks in ASKED if ends_on - weeks * WEEK <= today), None)


def stale_on(*, weeks: int, ends_on: dt.date) -> dt.date:
    """The day from which that mail says nothing any more: the next one's, or the end."""
    later = [each for each in ASKED if each < weeks]
    return ends_on - max(later) * WEEK if later else ends_on


def weeks_left(*, ends_on: dt.date, today: dt.date) -> int:
    """Whole or begun weeks until the end."""
    return -(-(ends_on - today).days // 7)


def is_thanked(*, starts_on: dt.date, ended_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether the term has just ended; one that was left before it began held no day."""
    return starts_on < ended_at.date() and ended_at <= now < ended_at + THANKED_FOR
