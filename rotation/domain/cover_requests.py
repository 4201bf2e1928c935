"""When a request for cover ends, when it is spoken of again, and until when it is given back."""

from __future__ import annotations

import datetime as dt

GIVEN_BACK_UNTIL = dt.timedelta(hours=24)
"""How long before its start a cover can still be given back by who took it."""

MANAGERS_TOLD = dt.timedelta(hours=48)
"""How long before a request ends the team's managers hear that nobody took it."""

REMINDED = (
    dt.timedelta(weeks=4),
    dt.timedelta(weeks=2),
    dt.timedelta(weeks=1),
    dt.timedelta(hours=72),
    dt.timedelta(hours=24),
    dt.timedelta(hours=12),
)
"""How long before a request ends those asked and who asks are reminded."""


def ends_at(*, starts_at: dt.datetime, part_ends_at: dt.datetime, is_urgent: bool) -> dt.datetime:
    """When an open request ends: as its part starts; an urgent one stands while its part runs."""
    return part_ends_at if is_urgent else starts_at


def is_reminder_due(*, ends_at: dt.datetime, last_told_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a threshold has passed since they were last told.

    However many passed meanwhile, it is one reminder: after an outage nobody gets several.
    """
    if now >= ends_at:
        return False
    return any(last_told_at < ends_at - before <= now for before in REMINDED)


def is_managers_turn(*, ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether the managers are to know that nobody has taken it yet."""
    return ends_at - MANAGERS_TOLD <= now < ends_at


def given_back_until(starts_at: dt.datetime) -> dt.datetime:
    """The last instant at which who took the cover can give it back."""
    return starts_at - GIVEN_BACK_UNTIL
