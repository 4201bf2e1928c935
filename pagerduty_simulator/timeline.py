"""A whole schedule over a window: what its layers, its overrides and its history say together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pagerduty_simulator import rendering, times
from pagerduty_simulator.rendering import Entry, Manner, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pagerduty_simulator.state import Json
    from pagerduty_simulator.switches import Switches


_ALWAYS = Window(-(1 << 62), 1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A schedule's entries over a window: by layer id, of the overrides, and what counts."""

    within: Window
    layers: dict[str, list[Entry]] = field(default_factory=dict)
    overrides: list[Entry] = field(default_factory=list)
    final: list[Entry] = field(default_factory=list)


def manner(switches: Switches) -> Manner:
    """The answers to the open questions about rendering."""
    return Manner(
        wall_turns=switches.text("turns") == "wall_clock",
        wall_restrictions=switches.text("restrictions") == "wall_clock",
        join=switches.text("touching_entries") == "joined",
    )


def render(schedule: Json, *, within: Window, how: Manner, overflow: str = "cut") -> Rendered:
    """The schedule over the window; with `overflow="whole"` entries reach past its bounds."""
    seen = within
    if overflow == "whole":
        reach = _reach(schedule)
        seen = Window(within.start - reach, within.end + reach)
    layers: dict[str, list[Entry]] = {layer["id"]: [] for layer in schedule["layers"]}
    planned: list[Entry] = []
    for span, zone, version in _versions(schedule, within if overflow == "cut" else _ALWAYS):
        part: list[Entry] = []
        for layer in version:
            entries = rendering.layer_entries(
                layer, zone=zone, within=seen, bounds=span, manner=how
            )
            layers.setdefault(layer["id"], []).extend(entries)
            part = rendering.overlaid(entries, part)
        planned += part
    overrides = _effective_overrides(schedule, seen)
    if overflow == "cut":
        overrides = rendering.clipped(overrides, within)
    final = rendering.overlaid(overrides, planned)
    return Rendered(
        within=within,
        layers={key: _shown(entries, within, how) for key, entries in layers.items()},
        overrides=_shown(overrides, within, how),
        final=_shown(final, within, how),
    )


def _shown(entries: list[Entry], within: Window, how: Manner) -> list[Entry]:
    if how.join:
        entries = rendering.joined(entries)
    return [entry for entry in entries if entry.start < within.end and within.start < entry.end]


def _reach(schedule: Json) -> int:
    """How far outside a window an entry that meets it can begin or end."""
    turns = [layer["rotation_turn_length_seconds"] for layer in schedule["layers"]]
    return max(turns, default=0) + 8 * times.DAY


def _versions(schedule: Json, within: Window) -> Iterator[tuple[Window, dt.tzinfo, list[Json]]]:
    """The layers as they were and are: each list with the span over which it was in force."""
    since = within.start
    for version in schedule["past"]:
        until = min(within.end, times.instant(version["until"], zone=dt.UTC))
        if since < until:
            yield Window(since, until), times.zone_named(version["time_zone"]), version["layers"]
            since = until
    if since < within.end:
        zone = times.zone_named(schedule["time_zone"])
        yield Window(since, within.end), zone, schedule["layers"]


def _effective_overrides(schedule: Json, seen: Window) -> list[Entry]:
    """The overrides that meet the window, uncut; where two overlap, the one created last."""
    result: list[Entry] = []
    for override in schedule["overrides"]:
        start = times.instant(override["start"], zone=dt.UTC)
        end = times.instant(override["end"], zone=dt.UTC)
        if start < seen.end and seen.start < end:
            result = rendering.overlaid([Entry(start, end, override["user"])], result)
    return result


def on_call_at(schedule: Json, *, now: int, how: Manner) -> Entry | None:
    """The entry that is running, with its whole length as far as the turns reach; or None."""
    rendered = render(schedule, within=Window(now, now + 1), how=how, overflow="whole")
    return rendered.final[0] if rendered.final else None
