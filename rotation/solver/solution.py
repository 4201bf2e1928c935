"""What solving gives back, and its JSON result file (version 1)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Status: TypeAlias = Literal["optimal", "feasible", "infeasible"]

GAP_CODES = ("no_role", "inactive", "unavailable", "forbidden", "rest", "other_level")
PIN_CODES = (
    "pin_unknown",
    "pin_no_role",
    "pin_inactive",
    "pin_unavailable",
    "pin_forbidden",
    "pin_rest",
    "pin_double_booking",
    "pin_two_people",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who takes a cell; None is a gap."""

    week: str
    level: str
    person: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GapReason:
    """Why one role holder cannot take a gap (one of `GAP_CODES`).

    The person is None for `no_role`: the level has no role holder at all.
    """

    week: str
    level: str
    person: str | None
    code: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PinConflict:
    """What a pin contradicts (one of `PIN_CODES`); two pins that collide are two conflicts."""

    week: str
    level: str
    person: str
    code: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A rota with its proof, or the pins that make one impossible.

    `optimal` means that every objective is proven in the given order. `objectives` holds all
    values by name and `bounds` a proven lower bound for each objective of the problem, given the
    values of those before it. Both are empty when infeasible, as `assignments` then is. Assignments
    are by week, then level. `stopped_by_clock` says that the wall clock or the caller cut in, so
    that another run may end elsewhere.
    """

    status: Status
    assignments: tuple[Assignment, ...]
    objectives: Mapping[str, int]
    bounds: Mapping[str, int]
    explanations: tuple[GapReason, ...] | tuple[PinConflict, ...]
    wall_seconds: float
    stopped_by_clock: bool


def result_json(solution: Solution) -> str:
    """The result file of a solution, ending in a newline: the same bytes for the same result."""
    data: dict[str, object] = {
        "version": 1,
        "status": solution.status,
        "objectives": dict(solution.objectives),
        "bounds": dict(solution.bounds),
        "assignments": [dataclasses.asdict(each) for each in solution.assignments],
        "explanations": [
            {"week": week, "level": level, "codes": codes}
            for (week, level), codes in _codes_by_cell(solution.explanations).items()
        ],
    }
    if solution.stopped_by_clock:
        data["stopped_by_clock"] = True
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _codes_by_cell(
    explanations: tuple[GapReason, ...] | tuple[PinConflict, ...],
) -> dict[tuple[str, str], list[str]]:
    order = (*GAP_CODES, *PIN_CODES)
    found: dict[tuple[str, str], set[str]] = {}
    for each in explanations:
        found.setdefault((each.week, each.level), set()).add(each.code)
    return {cell: sorted(codes, key=order.index) for cell, codes in found.items()}
