"""Where PagerDuty shows somebody else than the published stints, and whether it was seen before.

Differences are joined over time: one edit of a week is one drift, though each night differs by
itself. A drift lies within one published week, so that it can become a cover of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from common.periods import Period
from rotation.domain import pagerduty_plan
from rotation.domain.pagerduty_layers import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.domain.pagerduty_overrides import UserStint
    from rotation.domain.pagerduty_state import FinalEntry, OverrideState

HORIZON = dt.timedelta(weeks=8)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LookedAt:
    """A published week: its on-call time, and whom PagerDuty should show from when to when."""

    period: Period
    windows: tuple[Period, ...]
    wanted: tuple[UserStint, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Divergence:
    """A span of one week in which PagerDuty shows somebody else; None is nobody.

    `override` is the one that shows them, where Rota did not ask for it. One that is off call
    concerns no on-call time: nobody should be shown then.
    """

    period: Period
    wanted: str | None
    shown: str | None
    override: OverrideState | None = None
    is_off_call: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A drift that was seen before and is open; `number` is its own."""

    number: int
    period: Period
    wanted: str | None
    shown: str | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Matching:
    """What was found against what was open: seen again by number, new, and gone."""

    again: tuple[tuple[int, Divergence], ...]
    new: tuple[Divergence, ...]
    gone: tuple[int, ...]


def whole(found: Sequence[Divergence]) -> Divergence:
    """All the differences as one that has no people of its own; `found` is not empty."""
    period = Period(
        starts_at=min(each.period.starts_at for each in found),
        ends_at=max(each.period.ends_at for each in found),
    )
    return Divergence(period=period, wanted=None, shown=None)


def looked_at(weeks: Iterable[LookedAt], now: dt.datetime) -> list[LookedAt]:
    """The weeks that begin within eight weeks and have not ended, whole ones."""
    return [
        week
        for week in weeks
        if week.period.starts_at < now + HORIZON and week.period.ends_at > now
    ]


def divergences(
    weeks: Sequence[LookedAt],
    shown: Sequence[FinalEntry],
    unknown: Sequence[OverrideState],
    now: dt.datetime,
) -> list[Divergence]:
    """Where the final schedule differs from the weeks' stints from `now` on, in order of time.

    `unknown` are overrides that Rota did not ask for. PagerDuty may answer with entries in other
    offsets, touching ones joined or not, cut at now: only who is shown when counts. What is over
    within a minute does not: PagerDuty's clock may be ahead, so that it ended "now".
    """
    since = now.replace(microsecond=0)
    found: list[Divergence] = []
    for week in weeks:
        starts_at = max(week.period.starts_at, since)
        if starts_at < week.period.ends_at:
            within = Period(starts_at=starts_at, ends_at=week.period.ends_at)
            entries = [entry for entry in shown if entry.period.overlap(within)]
            pieces = [
                _piece(part, difference, week, unknown)
                for difference in pagerduty_plan.differences(week.wanted, entries, within)
                for part in _parts(difference, week, unknown)
            ]
            found += _joined(pieces, week.windows)
    return [each for each in found if each.period.ends_at > since + AHEAD]


def match(known: Sequence[Known], found: Sequence[Divergence], now: dt.datetime) -> Matching:
    """Which of the open drifts was found again: the same people over the same time.

    What has begun is cut at now, and in the end only its time off call may be left.
    """
    left = list(known)
    again, new = [], []
    for each in found:
        same = next((one for one in left if _is_same(one, each, now)), None)
        if same is None:
            new.append(each)
        else:
            left.remove(same)
            again.append((same.number, each))
    gone = tuple(one.number for one in left)
    return Matching(again=tuple(again), new=tuple(new), gone=gone)


def _is_same(one: Known, each: Divergence, now: dt.datetime) -> bool:
    if one.shown != each.shown or one.period.ends_at != each.period.ends_at:
        return False
    has_begun = one.period.starts_at <= now and one.period.starts_at <= each.period.starts_at
    if one.period.starts_at != each.period.starts_at and not has_begun:
        return False
    return one.wanted == each.wanted or (has_begun and each.is_off_call)


def _parts(
    difference: pagerduty_plan.Difference, week: LookedAt, unknown: Sequence[OverrideState]
) -> list[Period]:
    """The difference cut where on-call time, or an override that could explain it, begins or ends.

    Only these: what one override does stays one.
    """
    whole = difference.period
    overrides = [one.period for one in unknown if one.user_ref == difference.shown]
    borders = {
        at
        for period in [*week.windows, *overrides]
        for at in (period.starts_at, period.ends_at)
        if whole.starts_at < at < whole.ends_at
    }
    inside = sorted({whole.starts_at, whole.ends_at, *borders})
    return [Period(starts_at=one, ends_at=other) for one, other in itertools.pairwise(inside)]


def _piece(
    part: Period,
    difference: pagerduty_plan.Difference,
    week: LookedAt,
    unknown: Sequence[OverrideState],
) -> Divergence:
    by = [
        one
        for one in unknown
        if one.user_ref == difference.shown and one.period.overlap(part) == part
    ]
    on_call = any(window.contains(part.starts_at) for window in week.windows)
    return Divergence(
        period=part,
        wanted=difference.wanted,
        shown=difference.shown,
        override=by[-1] if by else None,
        is_off_call=not on_call and difference.wanted is None,
    )


def _joined(pieces: Iterable[Divergence], windows: Sequence[Period]) -> list[Divergence]:
    joined: list[Divergence] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, piece, windows):
            joined[-1] = _one_of(last, piece)
        else:
            joined.append(piece)
    return _edits_as_one(joined)


def _edits_as_one(found: Iterable[Divergence]) -> list[Divergence]:
    """An edited layer may be wrong for an hour of each day: within a week that is one drift."""
    alike: dict[tuple[object, ...], Divergence] = {}
    for number, each in enumerate(found):
        by_layer = each.override is None
        same = (each.wanted, each.shown, each.is_off_call) if by_layer else (number,)
        alike[same] = _one_of(alike[same], each) if same in alike else each
    return list(alike.values())


def _goes_on(last: Divergence, piece: Divergence, windows: Sequence[Period]) -> bool:
    """Whether both are one edit: between them PagerDuty is nowhere right about on-call time."""
    if last.shown != piece.shown or last.override != piece.override:
        return False
    if last.is_off_call and piece.is_off_call:
        return True
    same = last.wanted == piece.wanted or last.is_off_call or piece.is_off_call
    return same and not any(
        window.starts_at < piece.period.starts_at and window.ends_at > last.period.ends_at
        for window in windows
        if last.period.ends_at < piece.period.starts_at
    )


def _one_of(last: Divergence, piece: Divergence) -> Divergence:
    period = Period(starts_at=last.period.starts_at, ends_at=piece.period.ends_at)
    on_call = piece if last.is_off_call else last
    return dataclasses.replace(on_call, period=period)
