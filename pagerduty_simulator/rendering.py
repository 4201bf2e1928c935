"""Who is on call when: layers, turns, restrictions and overrides as lists of entries.

Every list of entries here is sorted, and its entries do not overlap.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pagerduty_simulator import times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pagerduty_simulator.state import Json


class Entry(NamedTuple):
    """One user on call over `[start, end)`, in seconds since 1970."""

    start: int
    end: int
    user: str


class Window(NamedTuple):
    """A half-open span of time, in seconds since 1970."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the open questions about rendering are answered: see `switches`."""

    wall_turns: bool = True
    wall_restrictions: bool = True
    join: bool = True


def layer_entries(
    layer: Json, *, zone: dt.tzinfo, within: Window, bounds: Window, manner: Manner
) -> list[Entry]:
    """The entries of one layer that meet the window, cut at the layer's own start and end.

    Args:
        layer: as it is kept.
        zone: whose clocks the turns and restrictions follow.
        within: which entries are wanted.
        bounds: where they are cut as well.
        manner: the answers to the open questions.
    """
    alive = life(layer, bounds)
    span = Window(max(within.start, alive.start), min(within.end, alive.end))
    if span.start >= span.end or not layer["users"]:
        return []
    turns = _turns(layer, zone=zone, within=span, wall=manner.wall_turns)
    if layer["restrictions"]:
        windows = _restricted(
            layer["restrictions"], zone=zone, within=span, wall=manner.wall_restrictions
        )
        return clipped(_cut(turns, windows), alive)
    return clipped(turns, alive)


def life(layer: Json, bounds: Window) -> Window:
    """The part of the span in which the layer exists; empty or reversed when there is none."""
    start = max(bounds.start, times.instant(layer["start"], zone=dt.UTC))
    if layer["end"] is None:
        return Window(start, bounds.end)
    return Window(start, min(bounds.end, times.instant(layer["end"], zone=dt.UTC)))


def _turns(layer: Json, *, zone: dt.tzinfo, within: Window, wall: bool) -> Iterator[Entry]:
    return (turn for _, turn in turns(layer, zone=zone, within=within, wall=wall))


def turns(
    layer: Json, *, zone: dt.tzinfo, within: Window, wall: bool
) -> Iterator[tuple[int, Entry]]:
    """The turns that meet the window, with the place in the layer's users that each belongs to.

    Turn k from the virtual start belongs to user k mod n.
    """
    virtual_start = times.instant(layer["rotation_virtual_start"], zone=dt.UTC)
    length: int = layer["rotation_turn_length_seconds"]
    users: list[str] = layer["users"]
    shown = times.wall(virtual_start, zone=zone)

    def handoff(number: int) -> int:
        if not wall:
            return virtual_start + number * length
        return times.from_wall(shown + dt.timedelta(seconds=number * length), zone=zone)

    # Two before the plain quotient: a clock change moves a handoff by less than a turn.
    number = (within.start - virtual_start) // length - 2
    start = handoff(number)
    while start < within.end:
        end = max(start, handoff(number + 1))
        if start < end and within.start < end:
            place = number % len(users)
            yield place, Entry(start, end, users[place])
        start, number = end, number + 1


def _restricted(
    restrictions: list[Json], *, zone: dt.tzinfo, within: Window, wall: bool
) -> list[Window]:
    """The windows that the restrictions leave open, merged and sorted."""
    first = times.wall(within.start, zone=zone).date() - dt.timedelta(days=8)
    days = (times.wall(within.end, zone=zone).date() - first).days + 1
    found: list[Window] = []
    for restriction in restrictions:
        opens = dt.time.fromisoformat(restriction["start_time_of_day"])
        length = dt.timedelta(seconds=restriction["duration_seconds"])
        weekly = restriction["type"] == "weekly_restriction"
        for number in range(days):
            day = first + dt.timedelta(days=number)
            if weekly and day.isoweekday() != restriction["start_day_of_week"]:
                continue
            shown = dt.datetime.combine(day, opens)
            start = times.from_wall(shown, zone=zone)
            if wall:
                end = times.from_wall(shown + length, zone=zone)
            else:
                end = start + restriction["duration_seconds"]
            found.append(Window(start, end))
    return merged(found)


def merged(windows: Iterable[Window]) -> list[Window]:
    """Touching and overlapping windows as one, sorted."""
    result: list[Window] = []
    for window in sorted(windows):
        if result and window.start <= result[-1].end:
            result[-1] = Window(result[-1].start, max(result[-1].end, window.end))
        elif window.start < window.end:
            result.append(window)
    return result


def _cut(entries: Iterable[Entry], windows: list[Window]) -> Iterator[Entry]:
    """The parts of the entries that lie inside the windows."""
    first = 0
    for entry in entries:
        while first < len(windows) and windows[first].end <= entry.start:
            first += 1
        at = first
        while at < len(windows) and windows[at].start < entry.end:
            start = max(entry.start, windows[at].start)
            end = min(entry.end, windows[at].end)
            yield Entry(start, end, entry.user)
            at += 1


def clipped(entries: Iterable[Entry], within: Window) -> list[Entry]:
    """The entries cut at the window's bounds."""
    return [
        Entry(max(entry.start, within.start), min(entry.end, within.end), entry.user)
        for entry in entries
        if entry.start < within.end and within.start < entry.end
    ]


def overlaid(top: list[Entry], base: list[Entry]) -> list[Entry]:
    """The top's entries, and of the base what they leave uncovered."""
    result = list(top)
    first = 0
    for entry in base:
        start = entry.start
        while first < len(top) and top[first].end <= start:
            first += 1
        at = first
        while at < len(top) and top[at].start < entry.end:
            if start < top[at].start:
                result.append(Entry(start, top[at].start, entry.user))
            start = max(start, top[at].end)
            at += 1
        if start < entry.end:
            result.append(Entry(start, entry.end, entry.user))
    result.sort()
    return result


def joined(entries: list[Entry]) -> list[Entry]:
    """Touching entries of one user as one."""
    result: list[Entry] = []
    for entry in entries:
        if result and result[-1].end == entry.start and result[-1].user == entry.user:
            result[-1] = Entry(result[-1].start, entry.end, entry.user)
        else:
            result.append(entry)
    return result


def coverage(entries: list[Entry], within: Window) -> float:
    """How much of the window the entries cover, in percent with one decimal."""
    covered = sum(entry.end - entry.start for entry in clipped(entries, within))
    return round(100 * covered / (within.end - within.start), 1)
