"""Which layers make PagerDuty show the weeks' holders: one layer for each run without a gap.

A layer's turns are multiples of 604,800 s from its virtual start, whatever the clocks do, so a run
goes on over a clock change only where nobody is on call at the handover. A layer is never removed,
its virtual start never moves, and the entries of its past weeks stay as they are.
Source: PagerDuty's REST API and its Terraform provider.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period
from rotation.domain import slots
from rotation.domain.pagerduty_forms import PLAIN, Form, weekly_restrictions
from rotation.domain.pagerduty_state import LayerState, Restriction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.domain.slots import WeekPattern

WEEK_SECONDS = 604_800
WEEK = dt.timedelta(seconds=WEEK_SECONDS)
# What PagerDuty began or ended "now", by a clock that may be ahead, is over for us too.
AHEAD = dt.timedelta(seconds=60)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HolderWeek:
    """A week, and the user whom its layer shows; None leaves a gap."""

    period: Period
    user_ref: str | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LayerPlan:
    """The layers to send, the one with the lowest precedence first, and what changes by it.

    A layer without a `ref` is a new one. No changes means that PagerDuty already holds them.
    """

    layers: tuple[LayerState, ...]
    changes: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Hours:
    """The on-call hours as restrictions, in both forms."""

    plain: tuple[Restriction, ...]
    overlapping: tuple[Restriction, ...]

    @classmethod
    def of(cls, pattern: WeekPattern) -> _Hours:
        return cls(
            plain=weekly_restrictions(pattern),
            overlapping=weekly_restrictions(pattern, overlaps=True),
        )

    def are_in(self, layer: LayerState) -> bool:
        return sorted(layer.restrictions) == sorted(self.plain) or self.overlap_in(layer)

    def overlap_in(self, layer: LayerState) -> bool:
        return sorted(layer.restrictions) == sorted(self.overlapping)


@dataclasses.dataclass(slots=True)
class _Line:
    """A layer in the making: entries from its virtual start to the last week added."""

    held: LayerState | None
    virtual_start: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    user_refs: list[str]


def plan_layers(
    weeks: Sequence[HolderWeek],
    pattern: WeekPattern,
    held: Sequence[LayerState],
    now: dt.datetime,
    *,
    takes_over: bool = False,
    form: Form = PLAIN,
) -> LayerPlan:
    """The layers that show the weeks' users, reusing those that PagerDuty holds.

    `weeks` are the running and coming ones in order of time, `held` has the lowest precedence
    first. Layers that are live and not needed are ended at `now`. `takes_over` is for layers that
    humans made: none of them is continued. Layers keep their restrictions in either form as long
    as the plain one is asked for.
    """
    hours = _Hours.of(pattern)
    usable = [layer for layer in held if not takes_over and _is_usable(layer, hours, now)]
    filled = [week for week in weeks if week.user_ref is not None]
    lines = _lines(filled, pattern, usable, now, form.most_entries)
    overlaps = form.overlaps or any(hours.overlap_in(layer) for layer in usable)
    restrictions = hours.overlapping if overlaps else hours.plain
    by_ref = {line.held.ref: line for line in lines if line.held is not None}
    layers: list[LayerState] = []
    changes: list[str] = []
    for layer in held:
        wanted = _continued(layer, by_ref.get(layer.ref), now)
        if form.overlaps and layer.ref in by_ref:
            wanted = dataclasses.replace(wanted, restrictions=restrictions)
        changes += _changes(layer, wanted, now)
        layers.append(wanted)
    for line in lines:
        if line.held is None:
            layers.append(_new_layer(line, pattern, restrictions))
            first, last = (_day(at, pattern.zone) for at in (line.starts_at, line.ends_at))
            changes.append(f"a layer from {first} to {last} is new")
    return LayerPlan(layers=tuple(layers), changes=tuple(changes))


def _is_usable(layer: LayerState, hours: _Hours, now: dt.datetime) -> bool:
    live = layer.ends_at is None or layer.ends_at > now
    fits = layer.turn_seconds == WEEK_SECONDS and hours.are_in(layer)
    return live and fits and bool(layer.user_refs)


def _lines(
    weeks: Iterable[HolderWeek],
    pattern: WeekPattern,
    usable: Sequence[LayerState],
    now: dt.datetime,
    most: int,
) -> list[_Line]:
    # What ends at once has probably been ended, and serves only where nothing else does.
    free = sorted(usable, key=lambda layer: _ends_at_once(layer, now))
    lines: list[_Line] = []
    for week in weeks:
        fitting = [layer for layer in free if _fits(layer, week, pattern, most)]
        layer = next((one for one in fitting if _starts_with(one, week, now)), None)
        if layer is None and lines and _goes_on(lines[-1], week, pattern, most):
            _append(lines[-1], week)
            continue
        layer = layer or next((one for one in fitting if one.starts_at > now), None)
        if layer is not None:
            free.remove(layer)
        lines.append(_opened(layer, week))
    for line in lines:
        _hold_the_last_hour(line, pattern)
    return lines


def _ends_at_once(layer: LayerState, now: dt.datetime) -> bool:
    return layer.ends_at is not None and layer.ends_at <= now + AHEAD


def _fits(layer: LayerState, week: HolderWeek, pattern: WeekPattern, most: int) -> bool:
    """Whether one of the layer's turns is this week, give or take time when nobody is called."""
    index = _index(layer.virtual_start, week)
    turn_start = layer.virtual_start + index * WEEK
    return 0 <= index < most and not _on_call_between(turn_start, week.period.starts_at, pattern)


def _starts_with(layer: LayerState, week: HolderWeek, now: dt.datetime) -> bool:
    """Whether the layer's own first week from now on is this one."""
    if layer.starts_at <= now:
        return week.period.starts_at <= now
    cut = layer.starts_at <= now + AHEAD and week.period.starts_at <= now
    return cut or layer.starts_at == week.period.starts_at


def _index(virtual_start: dt.datetime, week: HolderWeek) -> int:
    return round((week.period.starts_at - virtual_start) / WEEK)


def _goes_on(line: _Line, week: HolderWeek, pattern: WeekPattern, most: int) -> bool:
    """Whether the week follows without a gap and the layer's turn begins when nobody is called."""
    index = len(line.user_refs)
    turn_start = line.virtual_start + index * WEEK
    return (
        line.ends_at == week.period.starts_at
        and index < most
        and not _on_call_between(turn_start, week.period.starts_at, pattern)
    )


def _on_call_between(one: dt.datetime, other: dt.datetime, pattern: WeekPattern) -> bool:
    if one == other:
        return False
    between = Period(starts_at=min(one, other), ends_at=max(one, other))
    return bool(slots.regular_windows(pattern, between))


def _append(line: _Line, week: HolderWeek) -> None:
    line.user_refs.append(week.user_ref or "")
    line.ends_at = week.period.ends_at


def _opened(layer: LayerState | None, week: HolderWeek) -> _Line:
    period = week.period
    line = _Line(
        held=layer,
        virtual_start=period.starts_at if layer is None else layer.virtual_start,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        user_refs=[],
    )
    if layer is not None:
        count = len(layer.user_refs)
        past = range(_index(layer.virtual_start, week))
        line.user_refs = [layer.user_refs[number % count] for number in past]
    _append(line, week)
    return line


def _hold_the_last_hour(line: _Line, pattern: WeekPattern) -> None:
    """Keep the last user on where the run's end comes after the last turn's.

    A list of one user alone goes on by itself.
    """
    turns_end = line.virtual_start + len(line.user_refs) * WEEK
    if (
        len(set(line.user_refs)) > 1
        and turns_end < line.ends_at
        and _on_call_between(turns_end, line.ends_at, pattern)
    ):
        line.user_refs.append(line.user_refs[-1])


def _continued(layer: LayerState, line: _Line | None, now: dt.datetime) -> LayerState:
    if line is None:
        return layer if _ends_at_once(layer, now) else dataclasses.replace(layer, ends_at=now)
    both_past = layer.starts_at <= now + AHEAD and line.starts_at <= now
    return dataclasses.replace(
        layer,
        starts_at=layer.starts_at if both_past else line.starts_at,
        ends_at=line.ends_at,
        user_refs=tuple(line.user_refs),
    )


def _changes(layer: LayerState, wanted: LayerState, now: dt.datetime) -> list[str]:
    if layer == wanted:
        return []
    if wanted.ends_at == now:
        return [f"layer “{layer.name}” ends now"]
    what = [
        ("people", layer.user_refs != wanted.user_refs),
        ("start", layer.starts_at != wanted.starts_at),
        ("end", layer.ends_at != wanted.ends_at),
        ("restrictions", layer.restrictions != wanted.restrictions),
    ]
    names = " and ".join(name for name, differs in what if differs)
    return [f"layer “{layer.name}”: other {names}"]


def _new_layer(
    line: _Line, pattern: WeekPattern, restrictions: tuple[Restriction, ...]
) -> LayerState:
    week_date = slots.local_date(pattern.zone, line.starts_at)
    return LayerState(
        ref="",
        name=f"Weeks from {wording.day(week_date)}",
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        virtual_start=line.virtual_start,
        turn_seconds=WEEK_SECONDS,
        user_refs=tuple(line.user_refs),
        restrictions=restrictions,
    )


def _day(instant: dt.datetime, zone: str) -> str:
    return wording.day(slots.local_date(zone, instant))
