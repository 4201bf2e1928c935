"""A policy's figures against each other, and what each objective means to people."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """What counts: its name in a policy, a word for it, a heading and what that means."""

    name: str
    word: str
    title: str
    meaning: str


OBJECTIVES = (
    Objective(
        name="gaps",
        word="gaps",
        title="No week without anybody",
        meaning="As few shifts as possible are left open.",
    ),
    Objective(
        name="overload",
        word="limit of shifts",
        title="Nobody over the limit of shifts",
        meaning="As few shifts as possible above what a term holds for a person.",
    ),
    Objective(
        name="unfairness",
        word="fair load",
        title="The load is shared fairly",
        meaning="Everybody carries the share of their weeks in term, earlier terms included.",
    ),
    Objective(
        name="holidays",
        word="holidays",
        title="Public holidays take turns",
        meaning="Whoever had last year’s Christmas does not get this one as well.",
    ),
    Objective(
        name="changes",
        word="published weeks",
        title="Published weeks stay as they are",
        meaning="A new draft changes as few of them as possible.",
    ),
    Objective(
        name="preferences",
        word="wishes",
        title="Wishes come true",
        meaning="Weeks that people would like, and none that they would rather not have.",
    ),
    Objective(
        name="spread",
        word="distance",
        title="Shifts lie apart",
        meaning="No two shifts of a person closer together than wanted.",
    ),
    Objective(
        name="adjacency",
        word="home teams",
        title="Home teams take turns",
        meaning="Two people of one home team do not follow each other.",
    ),
)
"""In the order in which a team starts with them; the solver knows these and no others."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Staffing:
    """The figures that have to fit each other."""

    term_weeks: int
    minimum_size: int
    target_size: int
    rest_weeks: int
    shifts_per_term: int


def leaves_gaps_open(order: Sequence[str]) -> bool:
    """Whether a shift over somebody's limit is left open rather than given."""
    if "overload" not in order:
        return False
    return order.index("overload") < order.index("gaps")


def contradictions(figures: Staffing) -> dict[str, str]:
    """What cannot hold together, as a sentence by the figure to put right; empty when all can."""
    found: dict[str, str] = {}
    if figures.minimum_size > figures.target_size:
        found["minimum_size"] = "The minimum is not above the target."
    turns = figures.rest_weeks + 1
    if figures.minimum_size < turns:
        found["primary_rest_weeks"] = (
            f"With {_weeks(figures.rest_weeks)} of rest between two shifts it takes {turns} people "
            f"to cover every week; the minimum is {figures.minimum_size}."
        )
    open_weeks = figures.term_weeks - figures.minimum_size * figures.shifts_per_term
    if open_weeks > 0:
        found["primary_shifts_per_term"] = (
            f"A minimum of {_people(figures.minimum_size)} and {_weeks(figures.term_weeks)} at "
            f"{figures.shifts_per_term} per person leave {_weeks(open_weeks)} open."
        )
    return found


def _weeks(number: int) -> str:
    return f"{number} week{'' if number == 1 else 's'}"


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"
