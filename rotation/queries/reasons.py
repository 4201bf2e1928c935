"""Why nobody carries a week, in words, from the codes that the solver left."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from common import wording

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

WEEK_DAYS = 7
NOBODY = "Nobody has a term at this level."
_PLURALS = {"is": "are", "has": "have", "was": "were"}
_WORDS = {
    "no_role": "has no term at this level",
    "inactive": "is not in a term then",
    "unavailable": "is away",
    "forbidden": "was kept away by hand",
    "cover_rest": "is resting around a week that they cover",
    "other_level": "has the other level in this week",
    "limit": "has as many shifts as a term holds, which counts before gaps here",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One person's reason: the name (empty: nobody's) and the rest of the sentence."""

    name: str
    why: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReasonGroup:
    """One reason with everybody whom it concerns: `Ben and Carla`, `are away`."""

    names: str
    why: str


def reasons(
    stored: Sequence[Mapping[str, Any]],
    *,
    week_date: dt.date,
    names: Mapping[int, str],
    held: Mapping[int, Sequence[dt.date]],
) -> list[Reason]:
    """The stored codes of a gap as sentences, in order of name.

    `held` gives the weeks that each person carries, so that "resting" can name the week.
    """
    found = []
    for each in stored:
        engineer_id = each.get("engineer")
        if engineer_id is None:
            found.append(Reason(name="", why=NOBODY))
            continue
        code = str(each.get("code", ""))
        why = _rest(week_date, held.get(engineer_id, ())) if code == "rest" else _WORDS.get(code)
        name = names.get(engineer_id, "Somebody")
        found.append(Reason(name=name, why=why or "cannot take it"))
    return sorted(found, key=lambda reason: reason.name)


def grouped(found: Sequence[Reason]) -> tuple[ReasonGroup, ...]:
    """The same reasons told once each, the one with most people first."""
    by_why: dict[str, list[str]] = {}
    for reason in found:
        by_why.setdefault(reason.why, []).append(reason.name)
    order = sorted(by_why.items(), key=lambda item: (-len(item[1]), item[1]))
    return tuple(
        ReasonGroup(names=_joined(names), why=why if len(names) == 1 else _plural(why))
        for why, names in order
    )


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _plural(why: str) -> str:
    verb, _space, rest = why.partition(" ")
    return f"{_PLURALS.get(verb, verb)} {rest}"


def _rest(week_date: dt.date, held: Sequence[dt.date]) -> str:
    """`is resting after the week of Mon 12 Apr`, or before the one that comes too soon."""
    others = [date for date in held if date != week_date]
    if not others:
        return "is resting"
    nearest = min(others, key=lambda date: (abs((date - week_date).days), date))
    where = "after" if nearest < week_date else "before"
    return f"is resting {where} the week of {wording.day(nearest, year=False)}"
