"""What a person edited in a level's layers and nobody decided on: it stays until somebody does.

A week for which Rota has something new to say goes out all the same; so do covers, which lie over
the layers. An edit that changes nobody's time is no edit here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import slots
from rotation.domain.drift_causes import layers_differ, live_layers, user_at
from rotation.domain.pagerduty_layers import plan_layers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.periods import Period
    from rotation.domain.pagerduty_layers import HolderWeek
    from rotation.domain.pagerduty_overrides import UserStint
    from rotation.domain.pagerduty_state import ScheduleState
    from rotation.domain.slots import WeekPattern

MOMENT = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class UndecidedSpan:
    """Time that an edited layer shows, and whom Rota wanted there when that was noticed."""

    period: Period
    wanted_ref: str | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The level's schedule as PagerDuty answered Rota's last writes of it, the newest first.

    Empty where that is not known, the newest answer having been lost; then nothing tells an edit
    from Rota's own work. With `is_law` somebody ordered that edits be written over.
    """

    answers: tuple[ScheduleState, ...] = ()
    is_law: bool = False

    @property
    def last(self) -> ScheduleState | None:
        """The newest answer, if it is known."""
        return self.answers[0] if self.answers else None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """The weeks in which an edit stays; with `all_layers` the layers are not written at all."""

    weeks: tuple[Period, ...] = ()
    all_layers: bool = False


def keeping(
    weeks: Sequence[tuple[HolderWeek, Sequence[UserStint]]],
    recorded: Sequence[UndecidedSpan],
    held: ScheduleState | None,
    written: Written,
    pattern: WeekPattern,
    now: dt.datetime,
) -> Keeping:
    """What stays of the schedule as it is held; `weeks` have their on-call stints with them."""
    if held is None or written.is_law:
        return Keeping()
    holders = [holder for holder, _stints in weeks]
    kept = [holder.period for holder, stints in weeks if _is_recorded(holder, stints, recorded)]
    last = written.last
    if last is None or not _is_edit(holders, held, written, pattern, now):
        return Keeping(weeks=tuple(kept))
    if not plan_layers(holders, pattern, last.layers, now).changes:
        return Keeping(weeks=tuple(holder.period for holder in holders), all_layers=True)
    fresh = [week.period for week in holders if _stays(week, last, held, pattern)]
    return Keeping(weeks=tuple(sorted({*kept, *fresh})))


def _is_recorded(
    holder: HolderWeek, stints: Sequence[UserStint], recorded: Sequence[UndecidedSpan]
) -> bool:
    """Whether an edit of the week was noticed, and the same person is still wanted there."""
    return any(
        span.period.overlap(holder.period)
        and any(
            stint.user_ref == span.wanted_ref and stint.period.overlap(span.period)
            for stint in stints
        )
        for span in recorded
    )


def _is_edit(
    weeks: Sequence[HolderWeek],
    held: ScheduleState,
    written: Written,
    pattern: WeekPattern,
    now: dt.datetime,
) -> bool:
    """Whether humans changed who is on call when; a read that lags shows an older write of ours."""
    last = written.answers[0]
    is_as_written = any(
        one.time_zone == held.time_zone and not layers_differ(one.layers, held.layers, now)
        for one in written.answers
    )
    if is_as_written:
        return False
    ours, theirs = live_layers(last.layers, now), live_layers(held.layers, now)
    return (
        last.time_zone != held.time_zone
        or any(ours[ref].restrictions != theirs[ref].restrictions for ref in ours.keys() & theirs)
        or any(
            _shown(last, week.period, pattern) != _shown(held, week.period, pattern)
            for week in weeks
        )
    )


def _stays(
    week: HolderWeek, last: ScheduleState, held: ScheduleState, pattern: WeekPattern
) -> bool:
    """Whether the week was edited, and Rota has nothing to say of it but what it said."""
    ours = _shown(last, week.period, pattern)
    return ours != _shown(held, week.period, pattern) and set(ours) == {week.user_ref}


def _shown(schedule: ScheduleState, week: Period, pattern: WeekPattern) -> list[str | None]:
    """Whom the layers show when each of the week's on-call windows begins and ends."""
    return [
        user_at(schedule.layers, at)
        for window in slots.regular_windows(pattern, week)
        for at in (window.starts_at, window.ends_at - MOMENT)
    ]
