"""Which overrides PagerDuty needs beside the layers, and which of Rota's it needs no more.

Overrides have no name and know no restrictions: one is told by its user, start and end, and each
is cut to the on-call time. Those that Rota did not make belong to humans and are left alone.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period, difference, intersection, merged
from rotation.domain import slots
from rotation.domain.pagerduty_layers import AHEAD
from rotation.domain.pagerduty_state import FinalEntry, OverrideState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.domain.pagerduty_layers import HolderWeek
    from rotation.domain.slots import WeekPattern

FOR_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class UserStint:
    """Whom PagerDuty should show over some on-call time; nobody when `user_ref` is None."""

    user_ref: str | None
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OverridePlan:
    """What is missing, what Rota made and is not wanted any more, what humans made.

    What is hidden is not wanted either and cannot be removed, since nobody knows its id.
    """

    missing: tuple[FinalEntry, ...]
    unwanted: tuple[OverrideState, ...]
    unknown: tuple[OverrideState, ...]
    hidden: tuple[OverrideState, ...] = ()


def override_wishes(
    week: HolderWeek, on_call: Iterable[UserStint], pattern: WeekPattern
) -> list[FinalEntry]:
    """The time of a week's stints that its layer does not show by itself, in order of time.

    That is the time of covers, and the office hours of holidays for whoever has the stint.
    """
    regular = slots.regular_windows(pattern, week.period)
    wishes: list[FinalEntry] = []
    for stint in on_call:
        user_ref = stint.user_ref
        if user_ref is None:
            continue
        shown = regular if user_ref == week.user_ref else []
        wishes += [
            FinalEntry(user_ref=user_ref, period=period)
            for period in difference([stint.period], shown)
        ]
    return sorted(wishes, key=lambda wish: wish.period)


def plan_overrides(
    wishes: Iterable[FinalEntry],
    held: Sequence[OverrideState],
    recorded: Sequence[OverrideState],
    now: dt.datetime,
) -> OverridePlan:
    """What to create and what to remove so that PagerDuty's overrides cover the wishes.

    `recorded` are the overrides that Rota has asked for, without a `ref` where the answer was
    lost. Time before `now` counts for nothing: a running override is compared by what is left.
    """
    wanted = _by_user((wish.user_ref, _left([wish.period], now)) for wish in wishes)
    made = _Made.of(recorded, now)
    kept: list[OverrideState] = []
    unwanted: list[OverrideState] = []
    unknown: list[OverrideState] = []
    for override in held:
        left = _left([override.period], now)
        if not left:
            continue
        own = made.own(override, now)
        if own is None:
            unknown.append(override)
        elif difference(left, wanted[override.user_ref]) or _is_again(own, kept, now):
            unwanted.append(own)
        else:
            kept.append(own)
    shown = _by_user((one.user_ref, [_from_now(one.period, now)]) for one in [*kept, *unknown])
    missing = [
        FinalEntry(user_ref=user_ref, period=period)
        for user_ref, periods in wanted.items()
        for period in difference(periods, shown[user_ref])
    ]
    return OverridePlan(
        missing=tuple(sorted(missing, key=lambda entry: (entry.period, entry.user_ref))),
        unwanted=tuple(one for one in unwanted if one.ref is not None),
        unknown=tuple(one for one in unknown if difference([one.period], wanted[one.user_ref])),
        hidden=tuple(one for one in unwanted if one.ref is None),
    )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """The overrides that Rota asked for, found again by id or by what is left of them."""

    refs: frozenset[str]
    refs_by_span: dict[tuple[str, Period], list[str | None]]

    @classmethod
    def of(cls, recorded: Iterable[OverrideState], now: dt.datetime) -> _Made:
        spans: dict[tuple[str, Period], list[str | None]] = {}
        for one in recorded:
            for left in _left([_from_now(one.period, now)], now):
                spans.setdefault((one.user_ref, left), []).append(one.ref)
        refs = frozenset(one.ref for one in recorded if one.ref is not None)
        return cls(refs=refs, refs_by_span=spans)

    def own(self, override: OverrideState, now: dt.datetime) -> OverrideState | None:
        """The override with its id as far as it is known, or None when it is not Rota's.

        Time and user alone tell only where the id is hidden, or was lost with an answer.
        """
        if override.ref is not None and override.ref in self.refs:
            return override
        [left] = _left([_from_now(override.period, now)], now)
        refs = self.refs_by_span.get((override.user_ref, left), [])
        if override.ref is not None:
            return override if None in refs else None
        known = next((ref for ref in refs if ref is not None), None)
        return dataclasses.replace(override, ref=known) if refs else None


def _is_again(override: OverrideState, kept: Iterable[OverrideState], now: dt.datetime) -> bool:
    left = _left([override.period], now)
    return any(
        one.user_ref == override.user_ref and _left([one.period], now) == left for one in kept
    )


def _by_user(
    pairs: Iterable[tuple[str, list[Period]]],
) -> collections.defaultdict[str, list[Period]]:
    found: collections.defaultdict[str, list[Period]] = collections.defaultdict(list)
    for user_ref, periods in pairs:
        found[user_ref] = merged([*found[user_ref], *periods])
    return found


def _from_now(period: Period, now: dt.datetime) -> Period:
    """The period; what PagerDuty began "now" has begun for us, whose clock may be behind."""
    has_begun = now < period.starts_at <= now + AHEAD < period.ends_at
    return dataclasses.replace(period, starts_at=now) if has_begun else period


def _left(periods: Iterable[Period], now: dt.datetime) -> list[Period]:
    return intersection(periods, [Period(starts_at=now, ends_at=FOR_EVER)])
