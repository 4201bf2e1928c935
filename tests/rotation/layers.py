"""PagerDuty's layers as a store that takes plans, rendered by the simulator's own arithmetic."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import zoneinfo
from typing import TYPE_CHECKING

from common.periods import Period, intersection
from pagerduty_simulator.rendering import Manner, Window, layer_entries
from rotation.domain import slots
from rotation.domain.pagerduty_forms import PLAIN, Form
from rotation.domain.pagerduty_layers import HolderWeek, LayerPlan, plan_layers
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_plan import Difference, differences
from rotation.domain.pagerduty_state import FinalEntry
from rotation.domain.slots import WeekPattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.domain.pagerduty_state import LayerState

MANNERS = [Manner(wall_turns=wall, join=False) for wall in (True, False)]
FIXED = [dataclasses.replace(manner, wall_restrictions=False) for manner in MANNERS]


def office(zone: str = "Europe/Dublin", *, weekday: int = 0, at: str = "12:00") -> WeekPattern:
    return WeekPattern(
        zone=zone,
        handover_weekday=weekday,
        handover_time=dt.time.fromisoformat(at),
        business_start=dt.time(9),
        business_end=dt.time(17, 30),
    )


def continuous(zone: str = "Europe/Dublin") -> WeekPattern:
    return WeekPattern(zone=zone, handover_weekday=0, handover_time=dt.time(12))


def holders(pattern: WeekPattern, first: str, users: Sequence[str | None]) -> list[HolderWeek]:
    """One week for each user, from the handover date on."""
    weeks = slots.weeks_from(pattern, dt.date.fromisoformat(first), len(users))
    return [
        HolderWeek(period=week.period, user_ref=user)
        for week, user in zip(weeks, users, strict=True)
    ]


@dataclasses.dataclass
class Layers:
    """What PagerDuty holds, lowest precedence first, and the form in which it is written."""

    pattern: WeekPattern
    held: tuple[LayerState, ...] = ()
    form: Form = PLAIN
    numbers: itertools.count[int] = dataclasses.field(default_factory=itertools.count)

    def plan(self, weeks: Sequence[HolderWeek], now: dt.datetime) -> LayerPlan:
        """What a sync at that time would change."""
        coming = [week for week in weeks if week.period.ends_at > now]
        return plan_layers(coming, self.pattern, self.held, now, form=self.form)

    def take(self, weeks: Sequence[HolderWeek], now: dt.datetime) -> LayerPlan:
        """Carry the plan out: new layers get ids, a start in the past becomes now."""
        plan = self.plan(weeks, now)
        self.held = tuple(self._kept(layer, now) for layer in plan.layers)
        return plan

    def _kept(self, layer: LayerState, now: dt.datetime) -> LayerState:
        if any(one.ref == layer.ref and one.starts_at <= now for one in self.held):
            return layer
        ref = layer.ref or f"L{next(self.numbers)}"
        return dataclasses.replace(layer, ref=ref, starts_at=max(layer.starts_at, now))

    def differences(
        self, weeks: Sequence[HolderWeek], now: dt.datetime, manner: Manner
    ) -> list[Difference]:
        """Where the layers, rendered from now on, show other people than the weeks' holders."""
        within = Period(starts_at=now, ends_at=weeks[-1].period.ends_at + dt.timedelta(days=30))
        stints = [
            UserStint(user_ref=week.user_ref, period=piece)
            for week in weeks
            for piece in intersection(slots.regular_windows(self.pattern, week.period), [within])
        ]
        return differences(stints, self._shown(within, manner), within)

    def _shown(self, within: Period, manner: Manner) -> list[FinalEntry]:
        span = Window(int(within.starts_at.timestamp()), int(within.ends_at.timestamp()))
        zone = zoneinfo.ZoneInfo(self.pattern.zone)
        return [
            FinalEntry(
                user_ref=entry.user,
                period=Period(
                    starts_at=dt.datetime.fromtimestamp(entry.start, dt.UTC),
                    ends_at=dt.datetime.fromtimestamp(entry.end, dt.UTC),
                ),
            )
            for layer in self.held
            for entry in layer_entries(
                _as_kept(layer), zone=zone, within=span, bounds=span, manner=manner
            )
        ]


def _as_kept(layer: LayerState) -> dict[str, object]:
    return {
        "start": layer.starts_at.isoformat(),
        "end": layer.ends_at and layer.ends_at.isoformat(),
        "rotation_virtual_start": layer.virtual_start.isoformat(),
        "rotation_turn_length_seconds": layer.turn_seconds,
        "users": list(layer.user_refs),
        "restrictions": [
            {
                "type": "weekly_restriction",
                "start_day_of_week": each.weekday,
                "start_time_of_day": each.start_time,
                "duration_seconds": each.seconds,
            }
            for each in layer.restrictions
        ],
    }
