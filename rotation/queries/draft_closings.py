"""The smallest changes that would close a gap, as sentences."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from common import wording
from rotation.queries import cells, draft_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.queries.draft_figures import LevelFigures, Way
    from volunteers.domain import PersonMark

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def closings_of(
    figures: Mapping[str, Any], *, marks: Mapping[int, PersonMark]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The ways to close each gap, by level and ISO date of the week, the smallest first."""
    found = {}
    for level in draft_figures.levels_of(figures):
        for week, ways in level.ways.items():
            sentences = [_sentence(way, week, level, marks) for way in ways]
            found[level.level, week] = tuple(dict.fromkeys(filter(None, sentences)))
    return found


def newcomer(figures: Mapping[str, Any]) -> str:
    """The one way that closes most gaps by a newcomer, empty when it closes no more than one."""
    found = [
        (way.closes, way, level)
        for level in draft_figures.levels_of(figures)
        for ways in level.ways.values()
        for way in ways
        if way.kind == "volunteer" and way.closes > 1
    ]
    if not found:
        return ""
    _closes, way, level = max(found, key=lambda each: each[0])
    return _volunteer(way, len(level.ways))


def _sentence(way: Way, week: str, level: LevelFigures, marks: Mapping[int, PersonMark]) -> str:
    if way.kind == "volunteer":
        return _volunteer(way, len(level.ways))
    if way.engineer_id is None:
        return ""
    name = cells.mark_of(way.engineer_id, marks).name
    more = _more(way, len(level.ways))
    return {
        "rest": f"{name}’s rest is {_weeks(way.weeks)} short{more}.",
        "absence": f"{name} is away then; being there closes it{more}.",
        "limit": f"{name} has all the shifts of a term; {_one_more(way.weeks)} closes it{more}.",
        "forbidden": f"{name} is kept from it by hand; without that rule it closes{more}.",
        "term": f"{name}’s term, {_until(way, week)}, closes it{more}.",
    }.get(way.kind, "")


def _volunteer(way: Way, gaps: int) -> str:
    since = f" from {_day(way.from_date)}" if way.from_date else ""
    count = _NUMBERS[way.weeks] if 0 < way.weeks < len(_NUMBERS) else "one"
    who = "volunteer" if count == "one" else "volunteers"
    closes = "closes" if count == "one" else "close"
    what = "this gap" if gaps == 1 or way.closes == 1 else f"{way.closes} of {gaps} gaps"
    if 1 < gaps == way.closes:
        what = "both gaps" if gaps == len(("one", "other")) else f"all {gaps} gaps"
    return f"{count.capitalize()} more {who}{since} {closes} {what}."


def _until(way: Way, week: str) -> str:
    """What another term would have to be like: longer, or from an earlier day on."""
    if way.from_date and way.from_date <= week:
        return f"from {_day(way.from_date)} on"
    return f"{_weeks(way.weeks)} longer"


def _one_more(weeks: int) -> str:
    return f"{_number(weeks or 1)} more"


def _more(way: Way, gaps: int) -> str:
    return f", and {_number(way.closes - 1)} more" if gaps >= way.closes > 1 else ""


def _weeks(number: int) -> str:
    return f"{_number(number)} {'week' if number == 1 else 'weeks'}"


def _number(number: int) -> str:
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number}"


def _day(iso: str) -> str:
    return wording.day(dt.date.fromisoformat(iso))
