"""Home teams, where people work in office hours, and on-call teams, which they volunteer for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import Engineer, OnCallTeam, Team
from volunteers.operations.slugs import free_slug

if TYPE_CHECKING:
    from audit.operations import Actor

NAME_LENGTH = 100
STATEMENT_LENGTH = 4000
MOST_PEOPLE = 100_000
LAST_REVIEW = dt.date(2100, 12, 31)


class TeamInvalidError(RefusedError):
    """A team's name or statement cannot be kept."""

    code = "TEAM_INVALID"


class TeamNameTakenError(RefusedError):
    """Another team has that name."""

    code = "TEAM_NAME_TAKEN"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """Why an on-call team exists and how it is judged; only its name is needed."""

    name: str
    problem: str = ""
    success_criteria: str = ""
    owner_id: int | None = None
    next_review_on: dt.date | None = None
    people_on_call_before: int | None = None


def create_team(*, name: str, actor: Actor, now: dt.datetime) -> Team:
    """Add a home team.

    Raises:
        TeamInvalidError: no name, or one that cannot be kept.
        TeamNameTakenError: another team has it.
    """
    team = Team(name=_clean_name(name))
    with transaction.atomic():
        _save(team)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="created",
            subject=f"team {team.name}",
            after={"name": team.name},
        )
    return team


def rename_team(*, team_id: int, name: str, actor: Actor, now: dt.datetime) -> Team:
    """Give a home team another name. Nothing is recorded when nothing changes.

    Raises:
        TeamInvalidError: no name, or one that cannot be kept.
        TeamNameTakenError: another team has it.
    """
    clean = _clean_name(name)
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team_id)
        before = team.name
        if before == clean:
            return team
        team.name = clean
        _save(team)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="renamed",
            subject=f"team {clean}",
            before={"name": before},
            after={"name": clean},
        )
    return team


def create_on_call_team(*, statement: Statement, actor: Actor, now: dt.datetime) -> OnCallTeam:
    """Add an on-call team with its statement; its rotation is created apart.

    Raises:
        TeamInvalidError: with a message for each field.
        TeamNameTakenError: another on-call team has the name.
    """
    columns = _clean(statement)
    team = OnCallTeam(slug=free_slug(OnCallTeam.objects, columns["name"]), **columns)
    with transaction.atomic():
        _save(team)
        _record(team, actor=actor, now=now, verb="created", before=None)
    return team


def change_statement(
    *, team_id: int, statement: Statement, actor: Actor, now: dt.datetime
) -> OnCallTeam:
    """Write an on-call team's statement anew. Nothing is recorded when nothing changes.

    Raises:
        TeamInvalidError: with a message for each field.
        TeamNameTakenError: another on-call team has the name.
    """
    columns = _clean(statement)
    with transaction.atomic():
        team = OnCallTeam.objects.select_for_update().get(pk=team_id)
        before = _shown(team)
        for column, value in columns.items():
            setattr(team, column, value)
        if before == _shown(team):
            return team
        _save(team)
        _record(team, actor=actor, now=now, verb="changed", before=before)
    return team


def _clean_name(name: str) -> str:
    cleaner = Cleaner()
    clean = cleaner.line("name", name, longest=NAME_LENGTH)
    cleaner.raise_problems(TeamInvalidError)
    return clean


def _clean(statement: Statement) -> dict[str, Any]:
    cleaner = Cleaner()
    columns = {
        "name": cleaner.line("name", statement.name, longest=NAME_LENGTH),
        "problem": _text(cleaner, "problem", statement.problem),
        "success_criteria": _text(cleaner, "success_criteria", statement.success_criteria),
        "owner_id": statement.owner_id,
        "next_review_on": statement.next_review_on,
        "people_on_call_before": statement.people_on_call_before,
    }
    if statement.owner_id is not None and not _is_active(statement.owner_id):
        cleaner.refuse("owner", "There is no such person, or they have left.")
    if statement.next_review_on is not None and statement.next_review_on > LAST_REVIEW:
        cleaner.refuse("next_review_on", "Choose an earlier day.")
    if not 0 <= (statement.people_on_call_before or 0) <= MOST_PEOPLE:
        cleaner.refuse("people_on_call_before", f"A number from 0 to {MOST_PEOPLE}.")
    cleaner.raise_problems(TeamInvalidError)
    return columns


def _is_active(engineer_id: int) -> bool:
    return Engineer.objects.filter(pk=engineer_id, is_active=True).exists()


def _text(cleaner: Cleaner, field: str, value: str) -> str:
    return cleaner.text(field, value, longest=STATEMENT_LENGTH, required=False)


def _shown(team: OnCallTeam) -> dict[str, Any]:
    review = team.next_review_on
    return {
        "name": team.name,
        "problem": team.problem,
        "success_criteria": team.success_criteria,
        "owner": team.owner.email if team.owner else None,
        "next_review_on": str(review) if review else None,
        "people_on_call_before": team.people_on_call_before,
    }


def _record(
    team: OnCallTeam,
    *,
    actor: Actor,
    now: dt.datetime,
    verb: str,
    before: dict[str, Any] | None,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=f"on-call team {team.name}",
        team=team.slug,
        concerned=[team.owner.email] if team.owner else [],
        before=before,
        after=_shown(team),
    )


def _save(team: Team | OnCallTeam) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        message = f"There is already a team called {team.name}."
        raise TeamNameTakenError(message, fields={"name": message}) from error
