"""What a manager looks at before publishing: the hard rules asked again, and who is told."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import rules
from rotation.models import LevelName
from rotation.queries import cells
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.planning import Plan
    from rotation.domain.rules import Breach
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark

SHOWN = 3


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that passes, or that somebody should look at; `target` is a part of the page."""

    passes: bool
    text: str
    more: str
    target: str


def checks(
    weeks: Sequence[ProposedWeek], *, plan: Plan, marks: Mapping[int, PersonMark]
) -> list[Check]:
    """Gaps, rest, and terms with absences, in this order; what fails is refused by name."""
    found = _breaches(weeks, plan)
    return [
        _gaps(weeks),
        _rest(plan, [breach for breach in found if breach.code == "rest"], marks),
        _own([breach for breach in found if breach.code != "rest"], marks),
    ]


def told(weeks: Sequence[ProposedWeek]) -> list[str]:
    """Names of those whom publishing would write to, in order."""
    touched: set[int] = set()
    for week in weeks:
        if week.is_new or week.is_changed:
            before = week.published.holder_id if week.published is not None else None
            touched |= {who for who in (before, week.holder_id) if who is not None}
    return [contact.name for contact in service.contacts_of(engineer_ids=touched)]


def _gaps(weeks: Sequence[ProposedWeek]) -> Check:
    gaps = [week for week in weeks if week.is_gap]
    if not gaps:
        return Check(passes=True, text="Every week has both levels", more="", target="")
    first = gaps[0].week_date
    return Check(
        passes=False,
        text=f"{wording.counted(len(gaps), 'gap')}, the first on {wording.day(first)}",
        more="Each is explained above; nobody is paged in it.",
        target="gaps",
    )


def _rest(plan: Plan, found: Sequence[Breach], marks: Mapping[int, PersonMark]) -> Check:
    clear = {level.level: level.rest_weeks for level in plan.levels}
    primary = wording.counted(clear.get(LevelName.PRIMARY, 0), "clear week")
    escalation = wording.counted(clear.get(LevelName.ESCALATION, 0), "clear week")
    return Check(
        passes=not found,
        text="Everybody rests between two weeks" if not found else _words(found, marks),
        more=f"At least {primary} on primary, {escalation} on level 2",
        target="",
    )


def _own(found: Sequence[Breach], marks: Mapping[int, PersonMark]) -> Check:
    if not found:
        text = "Nobody carries a week outside their term, or while away"
        return Check(passes=True, text=text, more="", target="")
    more = "Publishing would be refused. Solve it again."
    return Check(passes=False, text=_words(found, marks), more=more, target="")


def _words(found: Sequence[Breach], marks: Mapping[int, PersonMark]) -> str:
    told = [
        f"{cells.mark_of(breach.engineer_id, marks).name} {breach.why} "
        f"(week of {wording.day(breach.week_date, year=False)})"
        for breach in found[:SHOWN]
    ]
    more = len(found) - len(told)
    return "; ".join([*told, f"and {more} more"] if more > 0 else told)


def _breaches(weeks: Sequence[ProposedWeek], plan: Plan) -> list[Breach]:
    found = []
    for level in plan.levels:
        held: dict[dt.date, int] = {
            week.week_date: week.holder_id
            for week in weeks
            if week.level == level.level and not week.has_started and week.holder_id is not None
        }
        found += rules.breaches(level, held)
    return found
