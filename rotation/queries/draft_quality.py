"""How good a solved draft is: proof, people, and totals beside a round robin."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.queries import draft_closings, draft_figures, draft_people, draft_proof, draft_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.models import Draft
    from rotation.queries.draft_people import LevelPeople
    from rotation.queries.draft_proof import Proof
    from rotation.queries.draft_totals import Totals
    from rotation.queries.fairness import LevelLoads


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """What the figures of a draft say.

    `wishes` reads `11 → 12`, empty when nobody has one. `newcomer` is the volunteer who would
    close most gaps, in a sentence; `has_ways` says that changes that close gaps were looked for.
    """

    people: tuple[LevelPeople, ...]
    has_more: bool
    totals: Totals | None
    proof: Proof
    wishes: str
    wishes_of: int
    wishes_missed: int
    newcomer: str
    has_ways: bool


def quality_of(draft: Draft, *, loads: Sequence[LevelLoads]) -> Quality:
    """The figures that the draft was solved with; `loads` gives the order of the people."""
    levels = draft_figures.levels_of(draft.figures)
    then = draft_totals.total_of(levels, draft_totals.DRAFT)
    before = draft_totals.total_of(levels, draft_totals.PUBLISHED)
    people = draft_people.level_people(draft.figures, loads)
    has_wishes = then is not None and then.wishes_met is not None and then.wishes > 0
    wishes = ""
    if then is not None and has_wishes:
        compares = before is not None and before.wishes == then.wishes
        was = f"{before.wishes_met} → " if before is not None and compares else ""
        wishes = f"{was}{then.wishes_met}"
    return Quality(
        people=tuple(people),
        has_more=draft_people.has_more(people),
        totals=draft_totals.totals_of(draft.figures),
        proof=draft_proof.proof_of(draft.figures),
        wishes=wishes,
        wishes_of=then.wishes if then is not None else 0,
        wishes_missed=then.wishes_unmet if then is not None else 0,
        newcomer=draft_closings.newcomer(draft.figures),
        has_ways=any(level.ways for level in levels),
    )
