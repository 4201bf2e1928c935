"""Questions about a week and their answers, person by person."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.models import WeekQuestion
from rotation.queries import cells
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.models import Draft, Shift
    from volunteers.domain import PersonMark

WAITING = frozenset({WeekQuestion.State.QUEUED, WeekQuestion.State.WORKING})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonAnswer:
    """One person and the week.

    `why` is the code of what keeps them from it, empty when they can. `costs` is the change of
    each objective, `moves` how many other cells change hands; without `proven` there may be a
    cheaper way.
    """

    mark: PersonMark
    holds: bool
    why: str
    costs: Mapping[str, int]
    moves: int
    proven: bool

    @property
    def can(self) -> bool:
        """Whether they could take it from whoever has it."""
        return not self.holds and not self.why


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question about one week of a draft, or of the published schedule without one.

    `order` are the objectives as they counted, `base` their values in the schedule as it is,
    `sharers` how many shares unfairness and holidays add up. `people`: the holder, then who could
    from the cheapest to the dearest, then who cannot, by name.
    """

    question_id: int
    rotation_slug: str
    draft_id: int | None
    level: str
    week_date: dt.date
    state: str
    asked_by: str
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    failure: str
    order: tuple[str, ...]
    base: Mapping[str, int]
    sharers: int
    people: tuple[PersonAnswer, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has still to answer it."""
        return self.state in WAITING


def question(row: WeekQuestion) -> Question:
    """The question with its answer, if it has one; two queries at most.

    Its level, rotation and whoever asked are read with the row.
    """
    answer = row.answer
    order = tuple(answer.get("order", ()))
    return Question(
        question_id=row.pk,
        rotation_slug=row.rotation.slug,
        draft_id=row.draft_id,
        level=row.level.name,
        week_date=row.week_date,
        state=row.state,
        asked_by=row.asked_by.name if row.asked_by else "",
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        failure=row.failure,
        order=order,
        base=answer.get("base", {}),
        sharers=answer.get("sharers", 0),
        people=_people(answer.get("people", ()), order, team_id=row.rotation.team_id),
    )


def newest_of_draft(*, draft: Draft) -> dict[tuple[str, dt.date], WeekQuestion]:
    """The newest question about each week of the draft, by level and week; one query."""
    rows = WeekQuestion.objects.filter(draft=draft).select_related("level", "rotation", "asked_by")
    return {(row.level.name, row.week_date): row for row in rows.order_by("pk")}


def newest_of_shift(*, shift: Shift) -> WeekQuestion | None:
    """The newest question about a published week; one query."""
    rows = WeekQuestion.objects.filter(
        draft__isnull=True, level_id=shift.level_id, week_date=shift.week_date
    )
    return rows.select_related("level", "rotation", "asked_by").order_by("-pk").first()


def _people(
    stored: Sequence[Mapping[str, Any]], order: Sequence[str], *, team_id: int
) -> tuple[PersonAnswer, ...]:
    if not stored:
        return ()
    found = marks.with_others(
        marks.team_marks(team_id=team_id), engineer_ids=[each["engineer"] for each in stored]
    )
    people = [
        PersonAnswer(
            mark=cells.mark_of(each["engineer"], found),
            holds=each["holds"],
            why=each["why"] or "",
            costs=each["costs"],
            moves=each["moves"],
            proven=each["proven"],
        )
        for each in stored
    ]
    return tuple(sorted(people, key=lambda person: _place(person, order)))


def _place(person: PersonAnswer, order: Sequence[str]) -> tuple[bool, bool, list[int], str]:
    costs = [person.costs.get(name, 0) for name in order]
    return not person.holds, not person.can, costs, person.mark.name
