"""A week with Christmas in it, and short forms of what is wanted and what is there."""

from __future__ import annotations

import datetime as dt

from common.periods import Period, intersection
from rotation.domain import slots
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_state import FinalEntry, OverrideState
from tests.rotation.layers import office

NOW = dt.datetime(2026, 12, 14, 9, 30, tzinfo=dt.UTC)
START = dt.datetime(2026, 12, 21, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ANNA, BEN, CARLA = "PANNA", "PBEN", "PCARLA"
CHRISTMAS = frozenset({dt.date(2026, 12, 25)})
[WEEK] = slots.weeks_from(office(), dt.date(2026, 12, 21), 1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def span(starts_at: str, ends_at: str) -> Period:
    return Period(starts_at=utc(starts_at), ends_at=utc(ends_at))


def hours(first: float, last: float) -> Period:
    return Period(starts_at=START + first * HOUR, ends_at=START + last * HOUR)


def made(user: str, period: Period, ref: str | None = None) -> OverrideState:
    return OverrideState(ref=ref, user_ref=user, period=period)


def wish(user: str, period: Period) -> FinalEntry:
    return FinalEntry(user_ref=user, period=period)


def on(user: str | None, first: float, last: float) -> UserStint:
    return UserStint(user_ref=user, period=hours(first, last))


def stints(*pieces: tuple[str | None, Period]) -> list[UserStint]:
    """The pieces cut to the on-call time of the week with Christmas in it."""
    windows = slots.on_call_windows(office(), WEEK, CHRISTMAS)
    return [
        UserStint(user_ref=user, period=part)
        for user, period in pieces
        for part in intersection([period], windows)
    ]
