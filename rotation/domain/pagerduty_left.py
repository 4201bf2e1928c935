"""What a plan leaves alone because somebody chose to, and what it lays over what it cannot remove.

Within a span that was left as PagerDuty shows it, nothing is created and no difference counts; the
layers keep whom they show there.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from common.periods import difference
from rotation.domain.drift_causes import layered
from rotation.domain.pagerduty_layers import plan_layers
from rotation.domain.pagerduty_overrides import plan_overrides
from rotation.domain.pagerduty_state import FinalEntry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from common.periods import Period
    from rotation.domain.pagerduty_layers import HolderWeek
    from rotation.domain.pagerduty_overrides import OverridePlan, UserStint
    from rotation.domain.pagerduty_plan import Difference
    from rotation.domain.pagerduty_state import LayerState, OverrideState, ScheduleState
    from rotation.domain.slots import WeekPattern

Spanned = TypeVar("Spanned", "FinalEntry", "Difference")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LeftSpan:
    """Time that stays as PagerDuty shows it; `is_layer` where an edited layer shows it."""

    period: Period
    is_layer: bool


def outside(found: Iterable[Spanned], left: Sequence[LeftSpan]) -> list[Spanned]:
    """The entries or differences without the time that was left."""
    holes = [span.period for span in left]
    return [
        dataclasses.replace(each, period=rest)
        for each in found
        for rest in difference([each.period], holes)
    ]


def kept_as_held(
    weeks: Iterable[HolderWeek],
    left: Sequence[LeftSpan],
    layers: Sequence[LayerState],
    pattern: WeekPattern,
) -> list[HolderWeek]:
    """The weeks, those with a left span with whom PagerDuty's layers show there."""
    spans = [span.period for span in left if span.is_layer]
    kept = []
    for week in weeks:
        shared = next((both for span in spans if (both := span.overlap(week.period))), None)
        if shared is None:
            kept.append(week)
        else:
            kept.append(dataclasses.replace(week, user_ref=layered(layers, shared, pattern)))
    return kept


def as_held(
    weeks: Iterable[HolderWeek],
    kept: Iterable[Period],
    held: ScheduleState | None,
    pattern: WeekPattern,
) -> list[HolderWeek]:
    """The weeks for the layers; overrides are planned for whom Rota wants all the same."""
    spans = [LeftSpan(period=period, is_layer=True) for period in kept]
    return kept_as_held(weeks, spans, held.layers if held else (), pattern)


def wrote_nothing_else(
    weeks: Sequence[HolderWeek],
    pattern: WeekPattern,
    left: Sequence[LeftSpan],
    written: ScheduleState | None,
    now: dt.datetime,
) -> bool:
    """Whether an edit of the layers was left, and Rota has nothing to add to what it wrote."""
    if written is None or not any(span.is_layer for span in left):
        return False
    return not plan_layers(weeks, pattern, written.layers, now).changes


def plan_aside(
    wishes: Sequence[FinalEntry],
    on_call: Sequence[UserStint],
    held: Sequence[OverrideState],
    recorded: Sequence[OverrideState],
    now: dt.datetime,
) -> OverridePlan:
    """The plan of the overrides; one whose id PagerDuty hides is laid over: the last created wins.

    It cannot be removed, so that those who should be on call get overrides of their own.
    """
    side = plan_overrides(wishes, held, recorded, now)
    if not side.hidden:
        return side
    over = [
        FinalEntry(user_ref=stint.user_ref, period=shared)
        for stint in on_call
        for one in side.hidden
        if stint.user_ref is not None and (shared := stint.period.overlap(one.period)) is not None
    ]
    return plan_overrides([*wishes, *over], held, recorded, now)
