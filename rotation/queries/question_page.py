"""The answer to a question about a week, in words: who could take it at what cost, who cannot."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.models import Shift
from rotation.queries import objective_words, reasons
from rotation.queries.questions import question
from rotation.queries.reasons import Reason

if TYPE_CHECKING:
    from rotation.models import WeekQuestion
    from rotation.queries.questions import PersonAnswer, Question
    from rotation.queries.reasons import ReasonGroup
    from volunteers.domain import PersonMark

FREE = "costs nothing"
CELL_ITSELF = "changes"
_WHY = {
    "no_role": "has no term at this level",
    "inactive": "is not in a term then",
    "unavailable": "is away",
    "forbidden": "is kept from it by hand",
    "rest": "has a week that stands too near",
    "other_level": "has the other level in this week",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CouldLine:
    """Somebody who could take the week: what it would cost, and who else would have to move."""

    mark: PersonMark
    costs: str
    moves: str
    is_free: bool
    is_proven: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class QuestionPage:
    """A question with its answer in words.

    `could` runs from the cheapest to the dearest. `holder_why` says why whoever has the week may
    not keep it. `shift_id` names the published week, None where only a draft has it.
    """

    question: Question
    heading: str
    holder: PersonMark | None
    holder_why: str
    could: tuple[CouldLine, ...]
    cannot: tuple[ReasonGroup, ...]
    shift_id: int | None


def question_page(row: WeekQuestion) -> QuestionPage:
    """The page of a question that was read with its level, rotation, draft and asker."""
    found = question(row)
    holder = next((person for person in found.people if person.holds), None)
    could = tuple(_could(person, found) for person in found.people if person.can)
    return QuestionPage(
        question=found,
        heading=_heading(found, could),
        holder=holder.mark if holder else None,
        holder_why=_WHY.get(holder.why, "") if holder and holder.why else "",
        could=could,
        cannot=reasons.grouped(
            [
                Reason(name=person.mark.name, why=_WHY.get(person.why, "cannot take it"))
                for person in found.people
                if not person.holds and person.why
            ]
        ),
        shift_id=Shift.objects.filter(level_id=row.level_id, week_date=row.week_date)
        .values_list("pk", flat=True)
        .first(),
    )


def _could(person: PersonAnswer, found: Question) -> CouldLine:
    costs = {name: cost for name, cost in person.costs.items() if name != CELL_ITSELF}
    told = objective_words.costs_words(
        costs, order=found.order, base=found.base, people=found.sharers
    )
    return CouldLine(
        mark=person.mark,
        costs="; ".join(told) or FREE,
        moves=f"{wording.counted(person.moves, 'other week')} would change hands"
        if person.moves
        else "no other week changes hands",
        is_free=not told and not person.moves,
        is_proven=person.proven,
    )


def _heading(found: Question, could: tuple[CouldLine, ...]) -> str:
    week = f"the week of {wording.day(found.week_date)}"
    if found.is_waiting:
        return f"Who else could take {week}?"
    if not found.people:
        return f"No answer about {week}"
    one = could[0].mark.name if len(could) == 1 else ""
    many = wording.counted(len(could), "person", "people")
    who = f"Only {one}" if one else many if could else "Nobody else"
    return f"{who} could take {week}"
