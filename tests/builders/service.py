"""On-call teams, and who applied to them, serves in them and is away."""

from __future__ import annotations

import datetime as dt

from django.utils.text import slugify

from tests.builders.moments import LONG_AGO, NEXT_WEEK, NOW, WEEK
from tests.builders.people import make_engineer
from volunteers.models import (
    Absence,
    Application,
    ApplicationDraft,
    Engineer,
    OnCallTeam,
    Term,
    TermExtension,
    WeekWish,
)


def make_team(*, name: str = "Core", owner: Engineer | None = None) -> OnCallTeam:
    """An on-call team that people volunteer for."""
    return OnCallTeam.objects.create(slug=slugify(name), name=name, owner=owner)


def make_application(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    earliest_start_on: dt.date = NEXT_WEEK,
    state: str = Application.State.SUBMITTED,
    decided_by: Engineer | None = None,
) -> Application:
    """A request to join; one in an end state is decided at `NOW`."""
    is_open = state in {Application.State.SUBMITTED, Application.State.WAITLISTED}
    waits = Application.objects.filter(team=team, state=Application.State.WAITLISTED)
    position = waits.count() + 1 if state == Application.State.WAITLISTED else None
    return Application.objects.create(
        team=team,
        engineer=engineer,
        motivation="I want to know how it runs at night.",
        earliest_start_on=earliest_start_on,
        state=state,
        waiting_position=position,
        submitted_at=NOW - dt.timedelta(days=2),
        decided_at=None if is_open else NOW,
        decided_by=decided_by,
        decline_reason="The team is full." if state == Application.State.DECLINED else "",
    )


def make_application_draft(*, team: OnCallTeam, engineer: Engineer) -> ApplicationDraft:
    """What somebody has typed and not sent."""
    return ApplicationDraft.objects.create(
        team=team, engineer=engineer, motivation="I want to", saved_at=NOW
    )


def make_term(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    starts_on: dt.date = NEXT_WEEK,
    weeks: int = 26,
    accepted_by: Engineer | None = None,
    shadow_weeks: int = 0,
) -> Term:
    """Service at the primary level, with the application that led to it.

    Without `accepted_by` somebody called Dora, who manages nothing, has accepted it.
    """
    decider = accepted_by or _dora()
    application = make_application(
        team=team,
        engineer=engineer,
        earliest_start_on=starts_on,
        state=Application.State.ACCEPTED,
        decided_by=decider,
    )
    return Term.objects.create(
        team=team,
        engineer=engineer,
        level="primary",
        application=application,
        starts_on=starts_on,
        ends_on=starts_on + weeks * WEEK,
        shadow_weeks=shadow_weeks,
        created_at=LONG_AGO,
    )


def make_escalation_term(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    starts_on: dt.date = NEXT_WEEK,
    ends_on: dt.date | None = None,
) -> Term:
    """Service at level 2, with an open end by default."""
    return Term.objects.create(
        team=team,
        engineer=engineer,
        level="escalation",
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=LONG_AGO,
    )


def make_extension(*, term: Term, weeks: int = 4) -> TermExtension:
    """Weeks that the engineer asks for beyond the term's end."""
    return TermExtension.objects.create(
        term=term,
        engineer=term.engineer,
        weeks=weeks,
        asked_by=term.engineer.email,
        asked_at=NOW,
    )


def _dora() -> Engineer:
    dora = Engineer.objects.filter(email="dora@example.com").first()
    return dora or make_engineer(name="Dora")


def make_absence(
    *, engineer: Engineer, starts_on: dt.date, ends_on: dt.date, note: str = ""
) -> Absence:
    """Days away, the end excluded."""
    return Absence.objects.create(
        engineer=engineer, starts_on=starts_on, ends_on=ends_on, note=note, created_at=LONG_AGO
    )


def make_wish(*, engineer: Engineer, team: OnCallTeam, week_date: dt.date, wish: str) -> WeekWish:
    """A week that the engineer wants or would rather not have."""
    return WeekWish.objects.create(engineer=engineer, team=team, week_date=week_date, wish=wish)
