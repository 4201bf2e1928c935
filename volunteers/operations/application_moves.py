"""What every change of an application shares: what is refused, the move itself, its record."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from audit.operations import Area, record
from common import wording
from common.cleaning import is_blank
from common.refusals import RefusedError
from volunteers.models import OPEN_STATES, Application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.operations import Actor

MOTIVATION_LENGTH = 2000
EXPERIENCE_LENGTH = 2000
MOST_UNSUITABLE_WEEKS = 60
FURTHEST_START = dt.timedelta(days=366)


class ApplicationInvalidError(RefusedError):
    """Something in the application itself is not right."""

    code = "APPLICATION_INVALID"


class ApplicationNotOpenError(RefusedError):
    """Somebody decided it, or it was withdrawn, in the meantime."""

    code = "APPLICATION_NOT_OPEN"
    status = 409


class OwnApplicationError(RefusedError):
    """Nobody decides about themselves."""

    code = "APPLICATION_IS_OWN"
    status = 403


def as_kept(text: str) -> str:
    """Free text as rows keep it."""
    return unicodedata.normalize("NFC", text).strip()


def check_answers(
    *,
    motivation: str,
    experience: str,
    earliest_start_on: dt.date,
    weeks: Sequence[dt.date],
    today: dt.date,
    kept_start: dt.date | None = None,
) -> None:
    """Refuse answers that nobody could decide on; a start that was sent before may have passed.

    Raises:
        ApplicationInvalidError: naming each answer.
    """
    fields = {}
    if is_blank(motivation):
        fields["motivation"] = "Say in a line or two why you would like to join."
    elif len(motivation) > MOTIVATION_LENGTH:
        fields["motivation"] = _too_long(motivation, MOTIVATION_LENGTH)
    if len(experience) > EXPERIENCE_LENGTH:
        fields["experience"] = _too_long(experience, EXPERIENCE_LENGTH)
    if earliest_start_on < today and earliest_start_on != kept_start:
        fields["earliest_start_on"] = f"{wording.day(earliest_start_on)} has passed."
    elif earliest_start_on > today + FURTHEST_START:
        fields["earliest_start_on"] = "Choose a day within the coming year."
    if len(weeks) > MOST_UNSUITABLE_WEEKS:
        fields["unsuitable_weeks"] = f"At most {MOST_UNSUITABLE_WEEKS} weeks."
    if fields:
        raise ApplicationInvalidError(" ".join(fields.values()), fields=fields)


def refuse_own(application_id: int, actor: Actor) -> Application:
    """The application, decided by somebody else than the applicant.

    Raises:
        OwnApplicationError: the decider is the applicant.
    """
    application = read(application_id)
    if application.engineer_id == actor.engineer_id:
        raise OwnApplicationError("This is your own application: another manager decides.")
    return application


def read(application_id: int) -> Application:
    """The application as it is now, with its people."""
    return Application.objects.select_related("engineer", "team").get(pk=application_id)


def move_on(
    application_id: int,
    state: Application.State,
    *,
    among: Sequence[str] = OPEN_STATES,
    **columns: dt.datetime | int | str | None,
) -> Application:
    """Move an application that is in one of those states; of two clicks one wins.

    It leaves the waiting list, unless `columns` give it a position.

    Raises:
        ApplicationNotOpenError: it is in another state by now.
    """
    waiting = Application.objects.filter(pk=application_id, state__in=list(among))
    moved = waiting.update(**{"state": state, "waiting_position": None, **columns})
    application = read(application_id)
    if not moved:
        raise ApplicationNotOpenError(moved_words(application))
    return application


def moved_words(application: Application) -> str:
    """What became of it in the meantime."""
    if application.state == Application.State.WAITLISTED:
        return "This application was put on the waiting list in the meantime."
    if application.state == Application.State.SUBMITTED:
        return "This application is not on the waiting list any more."
    return f"This application was {application.state} in the meantime."


def record_move(
    application: Application,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write the audit event; with nothing given it says that the application was open before."""
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=subject_of(application),
        team=application.team.slug,
        concerned=[application.engineer.email],
        before={"state": "open"} if before is None else before,
        after={"state": application.state} | (after or {}),
    )


def subject_of(application: Application) -> str:
    """How audit events name it; its history is found by the part before the team's name."""
    return f"application {application.pk} to {application.team.name}"


def _too_long(text: str, most: int) -> str:
    return f"At most {most} characters; this has {len(text)}."
