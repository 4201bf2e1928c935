"""How far the search for a draft has come, in words that a manager understands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain.planning import WEEK
from rotation.models import LevelName
from rotation.queries import objective_words
from volunteers.queries import service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.models import Draft

DONE, NOW = "done", "now"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One objective of the level that is being solved: done or now."""

    title: str
    state: str
    words: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What is being proven: the `number`th of `count` objectives of a level.

    `value` of `most` is how much of both levels is done.
    """

    level: str
    title: str
    number: int
    count: int
    value: int
    most: int
    steps: tuple[Step, ...]
    later: str


def progress_of(draft: Draft) -> Progress | None:
    """The search as it was last noted, None before the first note; one query."""
    noted = draft.progress
    order = [
        name
        for name in draft.objectives or draft.policy.objectives
        if name in objective_words.TITLES
    ]
    objective = str(noted.get("objective", ""))
    if objective not in order:
        return None
    levels = str(noted.get("level", "")).split("+")
    done = [name for name in order if name in noted.get("done", [])]
    parts = 1 if len(levels) > 1 else len(LevelName)
    before = len(order) if levels == [LevelName.ESCALATION] else 0
    later = [name for name in order if name != objective and name not in done]
    steps = [Step(title=objective_words.title(name), state=DONE, words="proven") for name in done]
    steps.append(_current(draft, objective, levels))
    return Progress(
        level=_level_words(levels),
        title=objective_words.title(objective),
        number=len(done) + 1,
        count=len(order),
        value=before + len(done),
        most=parts * len(order),
        steps=tuple(steps),
        later=objective_words.listed(later),
    )


def _current(draft: Draft, objective: str, levels: Sequence[str]) -> Step:
    best, bound = draft.progress.get("best"), draft.progress.get("bound")
    people = _people(draft, levels)
    if best is None:
        words = "looking for a first schedule"
    elif bound is None or best <= bound:
        words = f"best so far {objective_words.value_words(objective, best, people=people)}"
    else:
        words = (
            f"best so far {objective_words.value_words(objective, best, people=people)}, "
            f"cannot be better than {_bound(objective, bound, people)}"
        )
    return Step(title=objective_words.title(objective), state=NOW, words=words)


def _bound(objective: str, bound: float, people: int) -> str:
    """The bound, as short as the value before it allows."""
    if objective in objective_words.TYPICAL:
        return objective_words.distance(objective_words.typical(bound, people=people))
    return objective_words.value_words(objective, bound, people=people)


def _people(draft: Draft, levels: Sequence[str]) -> int:
    """How many people's shares the search adds up."""
    until = draft.first_week_date + draft.weeks * WEEK
    lines = service.services_of(team_id=draft.rotation.team_id, from_date=draft.first_week_date)
    return len(
        {
            (line.level, line.engineer_id)
            for line in lines
            if line.level in levels and line.starts_on < until
        }
    )


def _level_words(levels: Sequence[str]) -> str:
    if len(levels) > 1:
        return "both levels"
    return LevelName.ESCALATION.label.lower() if levels == [LevelName.ESCALATION] else "primary"
