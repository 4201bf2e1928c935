"""A draft's totals beside a plain round robin and the published schedule: what fairness buys."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from common import wording
from rotation.queries import draft_figures
from rotation.queries.fairness import one_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rotation.queries.draft_figures import LevelFigures, PersonFigures

ROUND_ROBIN, PUBLISHED, DRAFT = "round_robin", "published", "draft"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """One schedule's totals over its levels; None where nothing is known."""

    gaps: int
    overload: int
    furthest: int
    furthest_holidays: int | None
    wishes_met: int | None
    wishes_unmet: int
    shortest_spacing: int | None

    @property
    def wishes(self) -> int:
        """How many wishes there were."""
        return (self.wishes_met or 0) + self.wishes_unmet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure of all schedules as text, `published` empty without one.

    `better` says in words how the draft stands against the round robin: better, worse or equal.
    """

    title: str
    round_robin: str
    published: str
    draft: str
    better: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The table, and the whole in a sentence."""

    figures: tuple[Figure, ...]
    has_published: bool
    sentence: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """How one figure is read from a total and written; `best` is whether less or more is better."""

    title: str
    value: Callable[[Total], int | None]
    text: Callable[[Total], str]
    best: int = -1


LINES = (
    Line(title="Gaps", value=lambda total: total.gaps, text=lambda total: f"{total.gaps}"),
    Line(
        title="Furthest from fair share",
        value=lambda total: total.furthest,
        text=lambda total: one_decimal(total.furthest),
    ),
    Line(
        title="Furthest from fair share of holidays",
        value=lambda total: total.furthest_holidays,
        text=lambda total: one_decimal(total.furthest_holidays or 0),
    ),
    Line(
        title="Wishes met",
        value=lambda total: total.wishes_met if total.wishes else None,
        text=lambda total: f"{total.wishes_met} of {total.wishes}",
        best=1,
    ),
    Line(
        title="Shortest time between two shifts",
        value=lambda total: total.shortest_spacing,
        text=lambda total: wording.counted(total.shortest_spacing or 0, "week"),
        best=1,
    ),
    Line(
        title="Shifts over the limit",
        value=lambda total: total.overload or None,
        text=lambda total: f"{total.overload}",
    ),
)


def totals_of(figures: Mapping[str, Any]) -> Totals | None:
    """The comparison; None for a draft that was solved without a round robin beside it."""
    levels = draft_figures.levels_of(figures)
    found = {name: total_of(levels, name) for name in (ROUND_ROBIN, PUBLISHED, DRAFT)}
    draft, round_robin, published = found[DRAFT], found[ROUND_ROBIN], found[PUBLISHED]
    if draft is None or round_robin is None:
        return None
    return Totals(
        figures=tuple(
            Figure(
                title=line.title,
                round_robin=written(line, round_robin),
                published=written(line, published) if published is not None else "",
                draft=written(line, draft),
                better=standing(line, draft, round_robin),
            )
            for line in LINES
            if line.value(draft) is not None or line.value(round_robin) is not None
        ),
        has_published=published is not None,
        sentence=_sentence(draft, round_robin),
    )


def total_of(levels: Sequence[LevelFigures], name: str) -> Total | None:
    """One schedule's totals: of the draft, the round robin, or the published schedule."""
    found = [_standing(level, name) for level in levels]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        return None
    objectives = [each[0] for each in known]
    counted = objectives[:1] if draft_figures.solved_together(levels) else objectives
    people = [person for each in known for person in each[1]]
    spacings = [each.shortest_spacing for each in people if each.shortest_spacing is not None]
    has_more = any(person.holidays is not None for person in people)
    return Total(
        gaps=sum(each.get("gaps", 0) for each in counted),
        overload=sum(each.get("overload", 0) for each in counted),
        furthest=draft_figures.furthest(people),
        furthest_holidays=max((abs(person.holidays_off) for person in people), default=0)
        if has_more
        else None,
        wishes_met=sum(person.wishes_met or 0 for person in people) if has_more else None,
        wishes_unmet=sum(person.wishes_unmet for person in people),
        shortest_spacing=min(spacings, default=None),
    )


def written(line: Line, total: Total) -> str:
    """The figure of a total, a dash where there is none."""
    return line.text(total) if line.value(total) is not None else "–"


def standing(line: Line, one: Total, other: Total) -> str:
    """`better`, `worse` or `equal`: the first total against the second; empty without figures."""
    mine, theirs = line.value(one), line.value(other)
    if mine is None or theirs is None:
        return ""
    if written(line, one) == written(line, other):
        return "equal"
    return "better" if (mine - theirs) * line.best > 0 else "worse"


def _standing(
    level: LevelFigures, name: str
) -> tuple[Mapping[str, int], tuple[PersonFigures, ...]] | None:
    if name == DRAFT:
        return level.objectives, level.people
    found = level.round_robin if name == ROUND_ROBIN else level.published
    return None if found is None else (found.objectives, found.people)


def _sentence(draft: Total, round_robin: Total) -> str:
    """What taking turns would have given, against the draft."""
    taken = f"Taken in turn, {_with_gaps(round_robin)} somebody would be "
    here = f"here it is {one_decimal(draft.furthest)}"
    left = wording.counted(draft.gaps, "gap") if draft.gaps else "no gap"
    gaps = f" with {left}" if draft.gaps != round_robin.gaps else ""
    return f"{taken}{one_decimal(round_robin.furthest)} off the fair share; {here}{gaps}."


def _with_gaps(total: Total) -> str:
    if not total.gaps:
        return "every week has somebody too, but"
    return f"{wording.counted(total.gaps, 'week')} would have nobody and"
