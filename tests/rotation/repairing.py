"""Disturbing a published schedule, and sweeping and solving as workers do."""

from __future__ import annotations

import datetime as dt

from audit.operations import Actor
from outbox.models import Message
from rotation import generation
from rotation.models import Draft, Shift
from rotation.operations import repairs
from tests import builders
from tests.builders import NOW, WEEK
from tests.rotation.pages import CLOCKS, TeamAtWork, publish, solved_draft, team_at_work
from volunteers.models import Absence, Engineer, Term

SWEEP = Actor.sweep("sweep_repairs")
LATER = NOW + dt.timedelta(minutes=5)
WEEKS = 16


def published_team(*, more: int = 0) -> TeamAtWork:
    """A team at work, with so many more volunteers than five, and sixteen published weeks."""
    team = team_at_work()
    for number in range(more):
        volunteer = builders.make_engineer(name=f"Volunteer {number}")
        builders.make_term(team=team.rotation.team, engineer=volunteer)
    publish(team, solved_draft(team, weeks=WEEKS))
    Message.objects.all().delete()
    return team


def swept(team: TeamAtWork, *, now: dt.datetime = LATER) -> Draft | None:
    return repairs.propose_repair(rotation_id=team.rotation.pk, actor=SWEEP, now=now)


def solved_repair(draft: Draft | None) -> Draft:
    assert draft is not None
    generation.generate_draft(draft_id=draft.pk, holder="test", clocks=CLOCKS)
    draft.refresh_from_db()
    assert draft.state == Draft.State.READY, draft.failure
    return draft


def first_week_of(engineer: Engineer) -> dt.date:
    return Shift.objects.filter(holder=engineer).earliest("week_date").week_date


def away_from(engineer: Engineer, first: dt.date, *, weeks: int = 4) -> Absence:
    return builders.make_absence(
        engineer=engineer, starts_on=first, ends_on=first + weeks * WEEK, note="Surgery."
    )


def holders() -> dict[tuple[int, dt.date], int | None]:
    rows = Shift.objects.values_list("level_id", "week_date", "holder_id")
    return {(level, week): holder for level, week, holder in rows}


def proposed_by(draft: Draft) -> dict[tuple[int, dt.date], int | None]:
    rows = draft.shifts.values_list("level_id", "week_date", "holder_id")
    return {(level, week): holder for level, week, holder in rows}


def changed_by(draft: Draft) -> set[tuple[int, dt.date]]:
    standing = holders()
    return {cell for cell, holder in proposed_by(draft).items() if standing[cell] != holder}


def entered_later(term: Term) -> Term:
    Term.objects.filter(pk=term.pk).update(created_at=LATER)
    return term
