"""Weeks, overrides and differences for tests of drift, in short."""

from __future__ import annotations

import dataclasses
import datetime as dt

from common.periods import Period
from rotation.domain import slots
from rotation.domain.drift import Divergence, LookedAt
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_state import (
    FinalEntry,
    OverrideState,
)
from tests.rotation.layers import office

BEN, EVA, FINN, TOM = "PBEN", "PEVA", "PFINN", "PTOM"
MONDAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 25, 14, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
PATTERN = office()


def at(text: str) -> dt.datetime:
    """`30 17:30` is that time of 30 November, and so on into December: `2 09:00`."""
    day, time = text.split()
    month = 11 if int(day) > 20 else 12
    return dt.datetime.combine(
        dt.date(2026, month, int(day)), dt.time.fromisoformat(time), tzinfo=dt.UTC
    )


def span(first: str, last: str) -> Period:
    return Period(starts_at=at(first), ends_at=at(last))


def week_of(*holders: str | None) -> list[LookedAt]:
    """One week for each holder from 30 November on."""
    weeks = []
    for number, holder in enumerate(holders):
        period = Period(starts_at=MONDAY + number * WEEK, ends_at=MONDAY + (number + 1) * WEEK)
        windows = tuple(slots.regular_windows(PATTERN, period))
        weeks.append(
            LookedAt(
                period=period,
                windows=windows,
                wanted=tuple(UserStint(user_ref=holder, period=each) for each in windows),
            )
        )
    return weeks


def entries(weeks: list[LookedAt], *overrides: OverrideState) -> list[FinalEntry]:
    """What PagerDuty shows: the weeks as wanted, the overrides over them."""
    shown = [
        FinalEntry(user_ref=stint.user_ref, period=stint.period)
        for week in weeks
        for stint in week.wanted
        if stint.user_ref is not None
    ]
    for override in overrides:
        shown = [
            dataclasses.replace(entry, period=rest)
            for entry in shown
            for rest in _outside(entry.period, override.period)
        ]
        shown.append(FinalEntry(user_ref=override.user_ref, period=override.period))
    return shown


def _outside(period: Period, hole: Period) -> list[Period]:
    ends = [
        (period.starts_at, min(period.ends_at, hole.starts_at)),
        (max(period.starts_at, hole.ends_at), period.ends_at),
    ]
    return [Period(starts_at=one, ends_at=other) for one, other in ends if one < other]


def override(user: str, period: Period, ref: str | None = "PO1") -> OverrideState:
    return OverrideState(ref=ref, user_ref=user, period=period)


def as_lines(found: list[Divergence]) -> list[tuple[str | None, str | None, Period]]:
    return [(each.wanted, each.shown, each.period) for each in found]


def divergence(
    wanted: str | None, shown: str | None, period: Period, *, is_off_call: bool = False
) -> Divergence:
    return Divergence(period=period, wanted=wanted, shown=shown, is_off_call=is_off_call)


NIGHT = span("1 17:30", "2 09:00")
WHOLE = span("1 12:00", "2 12:00")
