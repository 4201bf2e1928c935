"""A team's waiting list: who is on it and in which order. It promises no term yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from common import wording
from common.refusals import RefusedError
from outbox.operations import queue_message
from volunteers.models import Application, OnCallTeam
from volunteers.operations.application_moves import (
    ApplicationNotOpenError,
    move_on,
    moved_words,
    read,
    record_move,
    refuse_own,
)

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from audit.operations import Actor

Direction = Literal["up", "down"]


class WaitingListMovedError(RefusedError):
    """Another manager changed the order in the meantime."""

    code = "WAITING_LIST_MOVED"
    status = 409


def put_on_waiting_list(*, application_id: int, actor: Actor, now: dt.datetime) -> None:
    """Put it at the end of its team's waiting list and tell the applicant how many are ahead.

    Raises:
        OwnApplicationError: the decider is the applicant.
        ApplicationNotOpenError: it does not wait for an answer any more.
    """
    refuse_own(application_id, actor)
    with transaction.atomic():
        listed = _lock_list(application_id)
        last = listed.aggregate(last=Max("waiting_position"))["last"] or 0
        ahead = listed.count()
        application = move_on(
            application_id,
            Application.State.WAITLISTED,
            among=[Application.State.SUBMITTED],
            waiting_position=last + 1,
        )
        record_move(
            application,
            verb="put on the waiting list",
            actor=actor,
            now=now,
            before={"state": "submitted"},
            after={"place": ahead + 1},
        )
        queue_message(
            to=application.engineer.email,
            kind="application_waitlisted",
            subject=f"You are on the waiting list of {application.team.name}",
            body=(
                f"Hello {application.engineer.name},\n\n"
                f"{application.team.name} has no place for you yet, so your application is on its "
                f"waiting list: {ahead_words(ahead)}. You need to do nothing; you get a mail when "
                "it is decided, and you can change or withdraw it at any time:\n\n"
                f"{settings.ROTA_BASE_URL}/apply/\n"
            ),
            now=now,
        )


def take_off_waiting_list(*, application_id: int, actor: Actor, now: dt.datetime) -> None:
    """Put it back among those that wait for an answer; those behind it move up.

    Raises:
        OwnApplicationError: the decider is the applicant.
        ApplicationNotOpenError: it is not on the waiting list any more.
    """
    refuse_own(application_id, actor)
    with transaction.atomic():
        _lock_list(application_id)
        application = move_on(
            application_id,
            Application.State.SUBMITTED,
            among=[Application.State.WAITLISTED],
        )
        record_move(
            application,
            verb="took off the waiting list",
            actor=actor,
            now=now,
            before={"state": "waitlisted"},
        )


def move_on_waiting_list(
    *, application_id: int, direction: Direction, seen_place: int, actor: Actor, now: dt.datetime
) -> None:
    """Change places with the one before (`up`) or after (`down`); places count from 1.

    Nothing happens to who is first or last already.

    Raises:
        OwnApplicationError: the mover is the applicant.
        ApplicationNotOpenError: it is not on the waiting list any more.
        WaitingListMovedError: it is not at the place any more that the manager saw.
    """
    refuse_own(application_id, actor)
    with transaction.atomic():
        rows = list(_lock_list(application_id).order_by("waiting_position"))
        place = next((n for n, row in enumerate(rows) if row.pk == application_id), None)
        if place is None:
            raise ApplicationNotOpenError(moved_words(read(application_id)))
        if place + 1 != seen_place:
            raise WaitingListMovedError(
                "Another manager changed the order in the meantime: "
                f"{rows[place].engineer.name} is number {place + 1} now. Nothing was moved."
            )
        other = place - 1 if direction == "up" else place + 1
        if not 0 <= other < len(rows):
            return
        _change_places(rows[place], rows[other], free=(rows[-1].waiting_position or 0) + 1)
        record_move(
            rows[place],
            verb=f"moved {direction} the waiting list",
            actor=actor,
            now=now,
            before={"place": place + 1},
            after={"place": other + 1},
        )


def ahead_words(ahead: int) -> str:
    """`nobody is ahead of you`, `1 is ahead of you`, `3 are ahead of you`."""
    if not ahead:
        return "nobody is ahead of you"
    return f"{wording.counted(ahead, 'is', 'are')} ahead of you"


def _lock_list(application_id: int) -> QuerySet[Application]:
    """The team's waiting list; nobody else changes it until the transaction is over."""
    team = (
        OnCallTeam.objects.select_for_update(of=("self",)).filter(applications=application_id).get()
    )
    rows = Application.objects.filter(team=team, state=Application.State.WAITLISTED)
    return rows.select_related("engineer", "team")


def _change_places(one: Application, other: Application, *, free: int) -> None:
    """No two are ever at one position, so one of them goes by way of a free one."""
    for pk, position in (
        (one.pk, free),
        (other.pk, one.waiting_position),
        (one.pk, other.waiting_position),
    ):
        Application.objects.filter(pk=pk).update(waiting_position=position)
