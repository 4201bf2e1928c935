"""An application's life: sent, withdrawn, accepted or declined."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common import wording
from common.cleaning import is_blank
from common.refusals import RefusedError
from outbox.operations import queue_message
from volunteers.models import OPEN_STATES, Application, Engineer, OnCallTeam, TermLevel, WeekWish
from volunteers.operations import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.operations import Actor

MOTIVATION_LENGTH = 2000
REASON_LENGTH = 500
MOST_UNSUITABLE_WEEKS = 60


class ApplicationInvalidError(RefusedError):
    """Something in the application itself is not right."""

    code = "APPLICATION_INVALID"


class ApplicationAlreadyOpenError(RefusedError):
    """The engineer's earlier application to the team still waits."""

    code = "APPLICATION_ALREADY_OPEN"
    status = 409


class ApplicationNotOpenError(RefusedError):
    """Somebody decided it, or it was withdrawn, in the meantime."""

    code = "APPLICATION_NOT_OPEN"
    status = 409


class OwnApplicationError(RefusedError):
    """Nobody decides about themselves."""

    code = "APPLICATION_IS_OWN"
    status = 403


def apply_for_term(  # noqa: PLR0913 - the form's five questions, the person and the day
    *,
    team_id: int,
    motivation: str,
    earliest_start_on: dt.date,
    unsuitable_weeks: Iterable[dt.date],
    told_own_manager: str,
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> Application:
    """Leave an application that waits for a manager; `today` is a day in the rotation's zone.

    Raises:
        ApplicationInvalidError: no motivation, too long, a start in the past or beyond a year,
            too many weeks.
        ApplicationAlreadyOpenError: one of the same person to the same team still waits.
        terms.TermOverlapError: the person already serves on the wanted day.
    """
    team = OnCallTeam.objects.get(pk=team_id)
    engineer = Engineer.objects.get(pk=actor.person_id)
    weeks = sorted(set(unsuitable_weeks))
    words = unicodedata.normalize("NFC", motivation).strip()
    _check_application(words, earliest_start_on, weeks, today)
    with transaction.atomic():
        terms.check_free(team_id=team_id, engineer_id=engineer.pk, starts_on=earliest_start_on)
        application = Application(
            team=team,
            engineer=engineer,
            motivation=words,
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
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="applied",
            subject=f"application {application.pk} to {team.name}",
            team=team.slug,
            concerned=[engineer.email],
            after={"state": application.state, "earliest_start_on": str(earliest_start_on)},
        )
    return application


def withdraw_application(*, application_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take back one's own waiting application, without giving a reason.

    Raises:
        ApplicationNotOpenError: it does not wait any more.
    """
    with transaction.atomic():
        application = _move_on(
            application_id, Application.State.WITHDRAWN, decided_at=now, decided_by_id=None
        )
        _record_move(application, verb="withdrew", actor=actor, now=now)


def decline_application(
    *, application_id: int, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Say no, with a line that the applicant sees, and tell them by mail.

    Raises:
        ApplicationInvalidError: no reason, or one of over 500 characters.
        OwnApplicationError: the decider is the applicant.
        ApplicationNotOpenError: it does not wait any more.
    """
    words = unicodedata.normalize("NFC", reason).strip()
    if is_blank(words):
        message = "Say why in a line; the applicant sees it."
        raise ApplicationInvalidError(message, fields={"reason": message})
    if len(words) > REASON_LENGTH:
        message = f"At most {REASON_LENGTH} characters; this has {len(words)}."
        raise ApplicationInvalidError(message, fields={"reason": message})
    _refuse_own(application_id, actor)
    with transaction.atomic():
        application = _move_on(
            application_id,
            Application.State.DECLINED,
            decided_at=now,
            decided_by_id=actor.engineer_id,
            decline_reason=words,
        )
        _record_move(application, verb="declined", actor=actor, now=now)
        queue_message(
            to=application.engineer.email,
            kind="application_declined",
            subject=f"Your application to {application.team.name}",
            body=(
                f"Hello {application.engineer.name},\n\n"
                f"your application to {application.team.name} was declined:\n\n  {words}\n\n"
                "You are welcome to apply again.\n"
            ),
            now=now,
        )


def accept_application(
    *,
    application_id: int,
    starts_on: dt.date,
    term_weeks: int,
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> int:
    """Make the term that was applied for and tell the applicant; returns the term's id.

    `starts_on` is a handover's local date, `today` a day in the rotation's zone. The weeks that do
    not suit become wishes that the next draft reads.

    Raises:
        OwnApplicationError: the decider is the applicant.
        ApplicationInvalidError: the start lies in the past, or before the wanted day.
        ApplicationNotOpenError: it does not wait any more, or the applicant has left the company.
        terms.TermOverlapError: the applicant serves another term in this time.
    """
    application = _refuse_own(application_id, actor)
    _check_start(application, starts_on, today)
    ends_on = starts_on + dt.timedelta(weeks=term_weeks)
    with transaction.atomic():
        application = _move_on(
            application_id,
            Application.State.ACCEPTED,
            decided_at=now,
            decided_by_id=actor.engineer_id,
        )
        if not Engineer.objects.filter(pk=application.engineer_id, is_active=True).exists():
            raise ApplicationNotOpenError(
                f"{application.engineer.name} has left the company and cannot be accepted."
            )
        term = terms.create_term(
            team=application.team,
            engineer=application.engineer,
            level=TermLevel.PRIMARY,
            starts_on=starts_on,
            ends_on=ends_on,
            application=application,
            now=now,
        )
        _keep_wishes(application)
        _record_move(
            application,
            verb="accepted",
            actor=actor,
            now=now,
            after={"starts_on": str(term.starts_on), "ends_on": str(term.ends_on)},
        )
        queue_message(
            to=application.engineer.email,
            kind="application_accepted",
            subject=f"Welcome to {application.team.name}",
            body=(
                f"Hello {application.engineer.name},\n\n"
                f"you are in {application.team.name} from {wording.day(term.starts_on)} "
                f"to {wording.day(ends_on)}.\n"
                "You will hear from Rota as soon as your weeks are published.\n"
            ),
            now=now,
        )
    return term.pk


def _check_application(
    motivation: str, earliest_start_on: dt.date, weeks: list[dt.date], today: dt.date
) -> None:
    fields = {}
    if is_blank(motivation):
        fields["motivation"] = "Say in a line or two why you would like to join."
    elif len(motivation) > MOTIVATION_LENGTH:
        fields["motivation"] = (
            f"At most {MOTIVATION_LENGTH} characters; this has {len(motivation)}."
        )
    if earliest_start_on < today:
        fields["earliest_start_on"] = f"{wording.day(earliest_start_on)} has passed."
    elif earliest_start_on > today + dt.timedelta(days=366):
        fields["earliest_start_on"] = "Choose a day within the coming year."
    if len(weeks) > MOST_UNSUITABLE_WEEKS:
        fields["unsuitable_weeks"] = f"At most {MOST_UNSUITABLE_WEEKS} weeks."
    if fields:
        raise ApplicationInvalidError(" ".join(fields.values()), fields=fields)


def _check_start(application: Application, starts_on: dt.date, today: dt.date) -> None:
    message = ""
    if starts_on < today:
        message = f"{wording.day(starts_on)} has passed; choose a handover that is still to come."
    elif starts_on < application.earliest_start_on:
        message = (
            f"{application.engineer.name} can start from "
            f"{wording.day(application.earliest_start_on)}, not before."
        )
    if message:
        raise ApplicationInvalidError(message, fields={"starts_on": message})


def _refuse_own(application_id: int, actor: Actor) -> Application:
    application = Application.objects.select_related("engineer", "team").get(pk=application_id)
    if application.engineer_id == actor.engineer_id:
        raise OwnApplicationError("This is your own application: another manager decides.")
    return application


def _move_on(
    application_id: int, state: Application.State, **columns: dt.datetime | int | str | None
) -> Application:
    """Move an open application to `state`; one conditional update, so of two clicks one wins."""
    waiting = Application.objects.filter(pk=application_id, state__in=OPEN_STATES)
    moved = waiting.update(state=state, **columns)
    application = Application.objects.select_related("engineer", "team").get(pk=application_id)
    if not moved:
        raise ApplicationNotOpenError(f"This application was {application.state} in the meantime.")
    return application


def _keep_wishes(application: Application) -> None:
    WeekWish.objects.bulk_create(
        [
            WeekWish(
                engineer_id=application.engineer_id,
                team_id=application.team_id,
                week_date=dt.date.fromisoformat(week),
                wish=WeekWish.Wish.AVOID,
            )
            for week in application.unsuitable_weeks
        ],
        ignore_conflicts=True,
    )


def _record_move(
    application: Application,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
    after: dict[str, str] | None = None,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=f"application {application.pk} to {application.team.name}",
        team=application.team.slug,
        concerned=[application.engineer.email],
        before={"state": "open"},
        after={"state": application.state} | (after or {}),
    )
