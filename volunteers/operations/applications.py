"""An application as its applicant moves it: sent, changed until it is decided, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from audit.operations import Area, record
from common.refusals import RefusedError
from volunteers.models import (
    OPEN_STATES,
    Application,
    ApplicationDraft,
    Engineer,
    OnCallTeam,
)
from volunteers.operations import terms
from volunteers.operations.application_moves import (
    ApplicationNotOpenError,
    as_kept,
    check_answers,
    move_on,
    moved_words,
    read,
    record_move,
    subject_of,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor


class ApplicationAlreadyOpenError(RefusedError):
    """The engineer's earlier application to the team still waits."""

    code = "APPLICATION_ALREADY_OPEN"
    status = 409


class ApplicationChangedError(RefusedError):
    """The applicant changed it elsewhere since they opened this page."""

    code = "APPLICATION_CHANGED"
    status = 409


def apply_for_term(  # noqa: PLR0913 - the form's five questions, the person and the day
    *,
    team_id: int,
    motivation: str,
    earliest_start_on: dt.date,
    unsuitable_weeks: Iterable[dt.date],
    told_own_manager: str,
    experience: str = "",
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> Application:
    """Leave an application that waits for a manager; `today` is a day in the rotation's zone.

    What was kept of it while it was typed goes.

    Raises:
        ApplicationInvalidError: no motivation, too long, a start in the past or beyond a year,
            too many weeks.
        ApplicationAlreadyOpenError: one of the same person to the same team still waits.
        terms.TermOverlapError: the person already serves on the wanted day.
    """
    team = OnCallTeam.objects.get(pk=team_id)
    engineer = Engineer.objects.get(pk=actor.person_id)
    weeks = sorted(set(unsuitable_weeks))
    why, knows = as_kept(motivation), as_kept(experience)
    check_answers(
        motivation=why,
        experience=knows,
        earliest_start_on=earliest_start_on,
        weeks=weeks,
        today=today,
    )
    with transaction.atomic():
        terms.check_free(team_id=team_id, engineer_id=engineer.pk, starts_on=earliest_start_on)
        application = Application(
            team=team,
            engineer=engineer,
            motivation=why,
            experience=knows,
            earliest_start_on=earliest_start_on,
            unsuitable_weeks=[week.isoformat() for week in weeks],
            told_own_manager=told_own_manager,
            submitted_at=now,
        )
        try:
            with transaction.atomic():
                application.save(force_insert=True)
        except IntegrityError as error:
            raise ApplicationAlreadyOpenError(
                f"You have already applied to {team.name}; your application waits for an answer."
            ) from error
        ApplicationDraft.objects.filter(team=team, engineer=engineer).delete()
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="applied",
            subject=subject_of(application),
            team=team.slug,
            concerned=[engineer.email],
            after={"state": application.state, "earliest_start_on": str(earliest_start_on)},
        )
    return application


def change_application(  # noqa: PLR0913 - the form's five questions, the person and the day
    *,
    application_id: int,
    seen_version: int,
    motivation: str,
    earliest_start_on: dt.date,
    unsuitable_weeks: Iterable[dt.date],
    told_own_manager: str,
    experience: str = "",
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """Answer the form's questions anew while the application waits; its place in line stays.

    Raises:
        ApplicationInvalidError: as for `apply_for_term`; the start that stands may have passed.
        ApplicationChangedError: it was changed since the version that its applicant saw.
        ApplicationNotOpenError: it does not wait any more.
        terms.TermOverlapError: the person already serves on the wanted day.
    """
    weeks = sorted(set(unsuitable_weeks))
    why, knows = as_kept(motivation), as_kept(experience)
    with transaction.atomic():
        # Whoever decides or changes it meanwhile waits for this row, or this one for them.
        row = Application.objects.select_for_update().get(pk=application_id)
        if row.state not in OPEN_STATES:
            raise ApplicationNotOpenError(f"{moved_words(row)} It can no longer be changed.")
        if row.version != seen_version:
            raise ApplicationChangedError(
                "You have changed this application in another window since. Look at it as it is "
                "now, and change it again."
            )
        check_answers(
            motivation=why,
            experience=knows,
            earliest_start_on=earliest_start_on,
            weeks=weeks,
            today=today,
            kept_start=row.earliest_start_on,
        )
        terms.check_free(
            team_id=row.team_id, engineer_id=row.engineer_id, starts_on=earliest_start_on
        )
        before = _answers(row)
        Application.objects.filter(pk=row.pk).update(
            motivation=why,
            experience=knows,
            earliest_start_on=earliest_start_on,
            unsuitable_weeks=[week.isoformat() for week in weeks],
            told_own_manager=told_own_manager,
            version=F("version") + 1,
        )
        application = read(row.pk)
        record_move(
            application,
            verb="changed",
            actor=actor,
            now=now,
            before=before,
            after=_answers(application),
        )


def withdraw_application(*, application_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take back one's own waiting application, without giving a reason.

    Raises:
        ApplicationNotOpenError: it does not wait any more.
    """
    with transaction.atomic():
        application = move_on(
            application_id, Application.State.WITHDRAWN, decided_at=now, decided_by_id=None
        )
        record_move(application, verb="withdrew", actor=actor, now=now)


def _answers(row: Application) -> dict[str, object]:
    """What a change may have changed, without the words themselves."""
    return {
        "state": row.state,
        "earliest_start_on": str(row.earliest_start_on),
        "unsuitable_weeks": list(row.unsuitable_weeks),
        "told_own_manager": row.told_own_manager,
    }
