"""Terms: made from an accepted application, or entered for level 2."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from volunteers import access
from volunteers.models import Application, Engineer, OnCallTeam, Term, TermLevel

if TYPE_CHECKING:
    from audit.operations import Actor

FAR = dt.date(9999, 12, 31)


class TermOverlapError(RefusedError):
    """The engineer serves in the same on-call team during part of this time."""

    code = "TERM_OVERLAPS"
    status = 409


class TermInvalidError(RefusedError):
    """The dates or the person do not make a term."""

    code = "TERM_INVALID"


def end_of(term: Term) -> dt.date | None:
    """The day on which a term really ends: left early counts; None while open."""
    return min((day for day in (term.ends_on, term.left_on) if day is not None), default=None)


def check_free(
    *, team_id: int, engineer_id: int, starts_on: dt.date, ends_on: dt.date | None = None
) -> None:
    """Refuse when a term of the same person in the team meets `[starts_on, ends_on)`.

    Without an end only the first day is looked at.

    Raises:
        TermOverlapError: naming the other term.
    """
    until = ends_on or starts_on + dt.timedelta(days=1)
    for term in Term.objects.filter(team_id=team_id, engineer_id=engineer_id).order_by("pk"):
        end = end_of(term) or FAR
        if term.starts_on < until and starts_on < end and term.starts_on < end:
            raise TermOverlapError(_overlap_words(term))


def create_term(  # noqa: PLR0913 - a term's own columns
    *,
    team: OnCallTeam,
    engineer: Engineer,
    level: TermLevel,
    starts_on: dt.date,
    ends_on: dt.date | None,
    application: Application | None,
    now: dt.datetime,
    shadow_weeks: int = 0,
) -> Term:
    """Write the term inside the caller's transaction, which also writes the audit event.

    Raises:
        TermOverlapError: another term of the same person in this team meets it.
    """
    check_free(
        team_id=team.pk, engineer_id=engineer.pk, starts_on=starts_on, ends_on=ends_on or FAR
    )
    try:
        with transaction.atomic():
            return Term.objects.create(
                team=team,
                engineer=engineer,
                level=level,
                application=application,
                starts_on=starts_on,
                ends_on=ends_on,
                shadow_weeks=shadow_weeks,
                created_at=now,
            )
    except IntegrityError as error:
        # Somebody wrote the other term between the look and the write.
        raise TermOverlapError(
            f"{engineer.name} already serves in {team.name} in this time."
        ) from error


def enter_escalation_term(  # noqa: PLR0913 - who, when, by whom, on which day
    *,
    team_id: int,
    engineer_id: int,
    starts_on: dt.date,
    ends_on: dt.date | None,
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> Term:
    """Put a manager of the team on level 2 over `[starts_on, ends_on)`; the end may stay open.

    Both days are handovers' local dates, `today` a day in the rotation's zone.

    Raises:
        TermInvalidError: the start has passed, the end does not follow it, or the person does not
            manage the team.
        TermOverlapError: another term of the same person in this team meets it.
    """
    team = OnCallTeam.objects.get(pk=team_id)
    engineer = access.managers_of(team_id=team_id, now=now).filter(pk=engineer_id).first()
    if engineer is None:
        message = f"Level 2 is served by managers of {team.name}; choose one of them."
        raise TermInvalidError(message, fields={"engineer": message})
    _check_dates(starts_on, ends_on, today)
    with transaction.atomic():
        term = create_term(
            team=team,
            engineer=engineer,
            level=TermLevel.ESCALATION,
            starts_on=starts_on,
            ends_on=ends_on,
            application=None,
            now=now,
        )
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="entered",
            subject=f"level 2 term {term.pk} of {engineer.name}",
            team=team.slug,
            concerned=[engineer.email],
            after={"starts_on": str(starts_on), "ends_on": str(ends_on) if ends_on else None},
        )
    return term


def _check_dates(starts_on: dt.date, ends_on: dt.date | None, today: dt.date) -> None:
    fields = {}
    if starts_on < today:
        fields["starts_on"] = f"{wording.day(starts_on)} has passed."
    if ends_on is not None and ends_on <= starts_on:
        fields["ends_on"] = f"The end comes after the start, {wording.day(starts_on)}."
    if fields:
        raise TermInvalidError(" ".join(fields.values()), fields=fields)


def _overlap_words(term: Term) -> str:
    end = end_of(term)
    until = f"until {wording.day(end)}" if end else "with no end yet"
    where = "level 2" if term.level == TermLevel.ESCALATION else "primary"
    return (
        f"{term.engineer.name} already serves in {term.team.name} ({where}) from "
        f"{wording.day(term.starts_on)} {until}."
    )
