"""What the solver minimises, in words that a manager understands.

Squares of distances become the typical distance from the fair share: the root of their mean.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from common import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TITLES = {
    "gaps": "Coverage",
    "overload": "Shifts per term",
    "unfairness": "Fairness",
    "holidays": "Holidays",
    "changes": "Staying put",
    "preferences": "Wishes",
    "spread": "Spacing",
    "adjacency": "Home teams",
}
TYPICAL = frozenset({"unfairness", "holidays"})
ROUND_FROM = 0.095
NOTHING_UNDER = 0.005
NEARLY = 1e-6
_VALUES = {
    "gaps": ("gap", "", "no gap"),
    "overload": ("shift over the limit", "shifts over the limit", "nobody over the limit"),
    "changes": ("changed week", "", "no week changes"),
    "preferences": ("", "", "as many wishes met as missed"),
    "spread": (
        "point short of the wanted spacing",
        "points short of the wanted spacing",
        "all as far apart as wanted",
    ),
    "adjacency": (
        "time two of one home team in a row",
        "times two of one home team in a row",
        "no two of one home team in a row",
    ),
}
_UNITS = {
    "gaps": ("gap", ""),
    "overload": ("shift", ""),
    "unfairness": ("weeks a person", "weeks a person"),
    "holidays": ("holidays a person", "holidays a person"),
    "changes": ("changed week", ""),
    "preferences": ("wish", "wishes"),
    "spread": ("point", ""),
    "adjacency": ("time", ""),
}
_COSTS = {
    "gaps": ("gap", "", "{number} more {noun}", "{number} fewer {noun}"),
    "overload": (
        "shift over the limit",
        "shifts over the limit",
        "{number} more {noun}",
        "{number} fewer {noun}",
    ),
    "changes": ("week changes", "weeks change", "{number} more {noun}", "{number} fewer {noun}"),
    "preferences": ("wish", "wishes", "{number} {noun} less met", "{number} {noun} more met"),
    "adjacency": (
        "time two of one home team in a row",
        "times two of one home team in a row",
        "{number} more {noun}",
        "{number} fewer {noun}",
    ),
}


def title(name: str) -> str:
    """`Fairness` for `unfairness`; an unknown name as it is."""
    return TITLES.get(name, name.capitalize())


def listed(names: Sequence[str]) -> str:
    """`Coverage, fairness and wishes`: the titles as one phrase."""
    words = [title(name) if not place else title(name).lower() for place, name in enumerate(names)]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def value_words(name: str, value: float, *, people: int) -> str:
    """`2 gaps`, `typically 0.5 off the fair share`: how good a value is, for so many people."""
    if name in TYPICAL:
        what = "" if name == "unfairness" else " of holidays"
        return f"typically {distance(typical(value, people=people))} off the fair share{what}"
    whole = round(value)
    if name == "preferences" and whole:
        more, less = ("met", "missed") if whole < 0 else ("missed", "met")
        return f"{wording.counted(abs(whole), 'wish', 'wishes')} more {more} than {less}"
    one, many, none = _VALUES[name]
    return wording.counted(whole, one, many) if whole else none


def apart(name: str, value: float, bound: float, *, people: int) -> str:
    """`0.2 weeks a person` or `3 gaps`: how far a value is from a bound, or empty."""
    one, many = _UNITS[name]
    if name in TYPICAL:
        text = distance(typical(value, people=people) - typical(bound, people=people))
        return "" if float(text) == 0 else f"{text} {many}"
    whole = math.floor(value - bound + NEARLY)
    return wording.counted(whole, one, many) if whole >= 1 else ""


def typical(value: float, *, people: int) -> float:
    """The root of the mean square in loads (or holiday weeks), from a sum of squared hundredths."""
    return math.sqrt(max(value, 0) / people) / 100 if people else 0.0


def distance(load: float) -> str:
    """`0.5`, or `0.04` where one decimal would say nothing."""
    reads_as_nothing = NOTHING_UNDER <= load < ROUND_FROM
    return f"{load:.2f}" if reads_as_nothing else f"{load:.1f}"


def cost_words(name: str, change: int, *, base: float | None, people: int) -> str:
    """`1 wish less met`, `fairness 0.3 worse`: what a change of an objective means.

    `base` is the value before; without it a distance from the fair share has no figure.
    """
    if name in TYPICAL:
        return _typical_cost(name, change, base=base, people=people)
    if name == "spread":
        return "shifts closer together" if change > 0 else "shifts further apart"
    one, many, more, fewer = _COSTS[name]
    number, noun = wording.counted(abs(change), one, many).split(" ", 1)
    return (more if change > 0 else fewer).format(number=number, noun=noun)


def costs_words(
    costs: Mapping[str, int], *, order: Sequence[str], base: Mapping[str, float], people: int
) -> tuple[str, ...]:
    """The changes that differ from nothing, in the order of the objectives."""
    names = [name for name in dict.fromkeys([*order, *costs]) if name in TITLES]
    return tuple(
        cost_words(name, costs[name], base=base.get(name), people=people)
        for name in names
        if costs.get(name)
    )


def _typical_cost(name: str, change: int, *, base: float | None, people: int) -> str:
    what = "fairness" if name == "unfairness" else "sharing of holidays"
    side = "worse" if change > 0 else "better"
    if base is None or not people:
        return f"{what} {side}"
    size = abs(typical(base + change, people=people) - typical(base, people=people))
    text = distance(size)
    return f"{what} a little {side}" if float(text) == 0 else f"{what} {text} {side}"
