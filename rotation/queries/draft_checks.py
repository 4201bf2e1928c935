"""What a manager looks at before publishing: the hard rules asked again, and who is told."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import rules
from rotation.models import LevelName
from rotation.queries import cells, people_facts, readiness
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.planning import Plan
    from rotation.domain.rules import Breach
    from rotation.queries.draft_shifts import ProposedWeek
    from volunteers.domain import PersonMark

SHOWN = 3
REACHED_ROUTE = "rotation-readiness"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that passes, or that somebody should look at.

    `target` is a part of the page, `route` the name of the rotation's page that says more.
    """

    passes: bool
    text: str
    more: str
    target: str
    route: str = ""


def checks(
    weeks: Sequence[ProposedWeek],
    *,
    plan: Plan,
    marks: Mapping[int, PersonMark],
    now: dt.datetime,
) -> list[Check]:
    """Gaps, rest, terms with absences, and whom PagerDuty reaches, in this order.

    What the hard rules forbid is refused by name when it is published; the rest is a warning.
    """
    found = _breaches(weeks, plan)
    return [
        _gaps(weeks),
        _rest(plan, [breach for breach in found if breach.code == "rest"], marks),
        _own([breach for breach in found if breach.code != "rest"], marks),
        _reached(weeks, marks, now),
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


def _reached(
    weeks: Sequence[ProposedWeek], marks: Mapping[int, PersonMark], now: dt.datetime
) -> Check:
    """Whom of the draft PagerDuty cannot page, as it was when it was asked last."""
    asked_at = people_facts.last_done_at()
    people = {
        week.holder_id for week in weeks if not week.has_started and week.holder_id is not None
    }
    found = readiness.reaches(engineer_ids=people)
    bad = [
        f"{cells.mark_of(pk, marks).name} {found[pk].about}"
        for pk in sorted(people, key=lambda pk: cells.mark_of(pk, marks).name)
        if pk in found and found[pk].is_bad
    ]
    unknown = [cells.mark_of(pk, marks).name for pk in sorted(people) if pk not in found]
    if bad:
        more = len(bad) - SHOWN
        text = "; ".join([*bad[:SHOWN], *([f"and {more} more"] if more > 0 else [])])
        note = "Who has no user there leaves a gap; each was told what to do."
    elif asked_at is None or unknown:
        text = "Not everybody was looked up in PagerDuty yet"
        note = "Look them up before you publish."
    else:
        text, note = "PagerDuty can page everybody in it", ""
    if asked_at is not None and asked_at + people_facts.DAY <= now:
        note = f"PagerDuty was last asked on {wording.day(asked_at.date())}. {note}".strip()
    passes = not bad and not unknown and asked_at is not None
    return Check(
        passes=passes, text=text, more=note, target="", route="" if passes else REACHED_ROUTE
    )


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
