"""What managers decide about an application: accepted into a term, or declined."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from common import wording
from common.cleaning import is_blank
from common.refusals import RefusedError
from outbox.operations import queue_message
from volunteers import domain
from volunteers.models import (
    MOST_SHADOW_WEEKS,
    Application,
    Engineer,
    OnCallTeam,
    Term,
    TermLevel,
    WeekWish,
)
from volunteers.operations import terms
from volunteers.operations.application_moves import (
    ApplicationInvalidError,
    ApplicationNotOpenError,
    move_on,
    record_move,
    refuse_own,
)
from volunteers.queries import cool_down, team_places

if TYPE_CHECKING:
    from audit.operations import Actor

REASON_LENGTH = 500
LONGEST_TERM_WEEKS = 104
WEEK = dt.timedelta(weeks=1)


class CoolDownError(RefusedError):
    """The policy wants some weeks without on-call between two terms of a person."""

    code = "COOL_DOWN"
    status = 409


class PlacesTakenError(RefusedError):
    """The team would be larger than its target size."""

    code = "PLACES_TAKEN"
    status = 409


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
    refuse_own(application_id, actor)
    with transaction.atomic():
        application = move_on(
            application_id,
            Application.State.DECLINED,
            decided_at=now,
            decided_by_id=actor.engineer_id,
            decline_reason=words,
        )
        record_move(application, verb="declined", actor=actor, now=now)
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


def accept_application(  # noqa: PLR0913 - the term that is made, the deciders and the day
    *,
    application_id: int,
    starts_on: dt.date,
    term_weeks: int,
    ends_on: dt.date | None = None,
    shadow_weeks: int = 0,
    target_size: int | None = None,
    above_target: bool = False,
    cool_down_weeks: int = 0,
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> int:
    """Make the term that was applied for and tell the applicant; returns the term's id.

    `starts_on` and `ends_on` are handovers' local dates, `today` a day in the rotation's zone;
    without an end the term has `term_weeks`. In the first `shadow_weeks` the newcomer looks on.
    The team stays within `target_size` unless `above_target` says that more are wanted. After an
    earlier term in the team `cool_down_weeks` pass first. The weeks that do not suit become wishes
    that the next draft reads.

    Raises:
        OwnApplicationError: the decider is the applicant.
        ApplicationInvalidError: the start lies in the past, or before the wanted day; the end does
            not fit the start; too many shadow weeks.
        ApplicationNotOpenError: it does not wait any more, or the applicant has left the company.
        CoolDownError: the last term ended, or ends, too short a time before.
        PlacesTakenError: with this one the team would be larger than its target size.
        terms.TermOverlapError: the applicant serves another term in this time.
    """
    refuse_own(application_id, actor)
    end = ends_on or starts_on + term_weeks * WEEK
    _check_dates(starts_on, end, shadow_weeks, today)
    with transaction.atomic():
        # The team's row first, as on the waiting list: two who are accepted at once are counted.
        team = (
            OnCallTeam.objects.select_for_update(of=("self",))
            .filter(applications=application_id)
            .get()
        )
        application = move_on(
            application_id,
            Application.State.ACCEPTED,
            decided_at=now,
            decided_by_id=actor.engineer_id,
        )
        _check_start(application, starts_on)
        _check_cool_down(application, starts_on, cool_down_weeks)
        if target_size is not None and not above_target:
            _check_places(team, application.engineer_id, starts_on, end, target_size)
        if not Engineer.objects.filter(pk=application.engineer_id, is_active=True).exists():
            raise ApplicationNotOpenError(
                f"{application.engineer.name} has left the company and cannot be accepted."
            )
        term = terms.create_term(
            team=application.team,
            engineer=application.engineer,
            level=TermLevel.PRIMARY,
            starts_on=starts_on,
            ends_on=end,
            shadow_weeks=shadow_weeks,
            application=application,
            now=now,
        )
        _keep_wishes(application)
        _tell(application, term, actor=actor, now=now)
    return term.pk


def _tell(application: Application, term: Term, *, actor: Actor, now: dt.datetime) -> None:
    """The record of the acceptance and the newcomer's mail."""
    shadows: dict[str, object] = {"shadow_weeks": term.shadow_weeks} if term.shadow_weeks else {}
    record_move(
        application,
        verb="accepted",
        actor=actor,
        now=now,
        after={"starts_on": str(term.starts_on), "ends_on": str(term.ends_on)} | shadows,
    )
    queue_message(
        to=application.engineer.email,
        kind="application_accepted",
        subject=f"Welcome to {application.team.name}",
        body=_welcome(application, term),
        now=now,
    )


def _welcome(application: Application, term: Term) -> str:
    until = wording.day(term.ends_on) if term.ends_on else ""
    shadows = ""
    if term.shadow_weeks:
        first = wording.day(term.starts_on + term.shadow_weeks * WEEK)
        weeks = (
            "In the first week"
            if term.shadow_weeks == 1
            else f"In the first {term.shadow_weeks} weeks"
        )
        shadows = (
            f"{weeks} you shadow whoever is on call: you look on, PagerDuty does not page you, and "
            f"it is not paid. From {first} on you are on call in your turn.\n"
        )
    return (
        f"Hello {application.engineer.name},\n\n"
        f"you are in {application.team.name} from {wording.day(term.starts_on)} to {until}.\n"
        f"{shadows}"
        "You will hear from Rota as soon as your weeks are published.\n\n"
        "Before your first week, so that a page reaches you:\n\n"
        f"- have a PagerDuty account with this address, {application.engineer.email};\n"
        "- enter your phone there, and a rule that calls or texts you at once.\n\n"
        "Rota looks in PagerDuty each day. What is missing stands on your home page, and you and "
        "your managers are told before your first week:\n\n"
        f"{settings.ROTA_BASE_URL}/\n"
    )


def _check_dates(starts_on: dt.date, ends_on: dt.date, shadow_weeks: int, today: dt.date) -> None:
    fields = {}
    if starts_on < today:
        fields["starts_on"] = (
            f"{wording.day(starts_on)} has passed; choose a handover that is still to come."
        )
    weeks, days = divmod((ends_on - starts_on).days, 7)
    if not 0 <= shadow_weeks <= MOST_SHADOW_WEEKS:
        fields["shadow_weeks"] = f"At most {MOST_SHADOW_WEEKS} weeks, or none."
    elif days or not shadow_weeks < weeks <= LONGEST_TERM_WEEKS:
        first = starts_on + (shadow_weeks + 1) * WEEK
        fields["ends_on"] = (
            f"Choose a handover from {wording.day(first)} on, at most {LONGEST_TERM_WEEKS} weeks "
            "after the start."
        )
    if fields:
        raise ApplicationInvalidError(" ".join(fields.values()), fields=fields)


def _check_start(application: Application, starts_on: dt.date) -> None:
    """Asked of the row that was moved, since the applicant may change it until then."""
    if starts_on < application.earliest_start_on:
        message = (
            f"{application.engineer.name} can start from "
            f"{wording.day(application.earliest_start_on)}, not before."
        )
        raise ApplicationInvalidError(message, fields={"starts_on": message})


def _check_cool_down(application: Application, starts_on: dt.date, weeks: int) -> None:
    until = cool_down.rests_until(
        team_id=application.team_id, engineer_id=application.engineer_id, weeks=weeks
    )
    if until is not None and starts_on < until:
        message = (
            f"{application.engineer.name} has served in {application.team.name} before, and its "
            f"policy wants {wording.counted(weeks, 'week')} without on-call between two terms: "
            f"choose a start from {wording.day(until)} on."
        )
        raise CoolDownError(message, fields={"starts_on": message})


def _check_places(
    team: OnCallTeam, engineer_id: int, starts_on: dt.date, ends_on: dt.date, target_size: int
) -> None:
    spans = team_places.spans_of(team_ids=[team.pk]).get(team.pk, [])
    others = [span for span in spans if span.engineer_id != engineer_id]
    most = domain.most_at_once(others, starts_on=starts_on, ends_on=ends_on)
    if most < target_size:
        return
    free_from = domain.free_from(
        others, target_size=target_size, weeks=(ends_on - starts_on).days // 7, not_before=starts_on
    )
    when = f" A place is free from {wording.day(free_from)}." if free_from else ""
    message = (
        f"{team.name} has {wording.counted(most, 'person', 'people')} in that time, and its policy "
        f"wants {target_size}.{when} Choose a later start, put the applicant on the waiting list, "
        "or tick that the team may be larger."
    )
    raise PlacesTakenError(message, fields={"starts_on": message})


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
