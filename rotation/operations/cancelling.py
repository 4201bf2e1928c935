"""A week is cancelled: from then on nobody carries it. Undone only before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.cleaning import Cleaner
from common.periods import intersection
from common.refusals import RefusedError
from rotation.operations import cancelling_mails, cover_settling, covers, syncing
from rotation.queries import cover_people, worked
from volunteers.operations import people
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from rotation.models import Shift
    from rotation.queries.worked import WorkedShift

LONGEST_REASON = 500
CANCELLED = "The week was cancelled."


class CancelInvalidError(RefusedError):
    """Nobody said why."""

    code = "CANCEL_INVALID"


class NotCancelledError(RefusedError):
    """The week is not cancelled: there is nothing to undo."""

    code = "SHIFT_NOT_CANCELLED"
    status = 409


class RestoreTooLateError(RefusedError):
    """The week would have begun by now."""

    code = "SHIFT_STARTED"
    status = 409


class RestoreClashError(RefusedError):
    """Somebody who would carry it again is on call elsewhere by now."""

    code = "SHIFT_RESTORE_CLASH"
    status = 409


def cancel_shift(*, shift_id: int, reason: str, actor: Actor, now: dt.datetime) -> Shift:
    """Let nobody carry the week from now on; before its start that is all of it.

    What was carried until now stays and is paid. Requests for cover of it are closed. Queues a sync
    run, and a mail to everybody who has a part of it.

    Raises:
        CancelInvalidError: no reason, or one that cannot be kept.
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: it is cancelled already.
    """
    cleaner = Cleaner()
    why = cleaner.line("reason", reason, longest=LONGEST_REASON)
    cleaner.raise_problems(CancelInvalidError)
    with transaction.atomic():
        shift = covers.hold_shift(shift_id)
        before = covers.open_shift(shift=shift, now=now)
        shift.cancelled_at = now.replace(microsecond=0)
        shift.cancelled_by, shift.cancel_reason = actor.name, why
        _save(shift)
        _note(shift, before, "cancelled", actor=actor, now=now)
        cancelling_mails.tell_cancelled(shift=before, reason=why, actor=actor, now=now)
        cover_settling.settle_shift(shift=shift, why=CANCELLED, now=now)
    return shift


def restore_shift(*, shift_id: int, actor: Actor, now: dt.datetime) -> Shift:
    """Undo the cancelling of a week that has not begun: it is carried as it was agreed.

    Queues a sync run, and a mail to everybody who carries it again.

    Raises:
        NotCancelledError: it is not cancelled.
        RestoreTooLateError: its start has passed.
        RestoreClashError: somebody of it is on call elsewhere at that time by now.
    """
    with transaction.atomic():
        shift = covers.hold_shift(shift_id)
        _refuse_late(shift, now)
        shift.cancelled_at, shift.cancelled_by, shift.cancel_reason = None, "", ""
        _save(shift)
        line = worked.worked_shift(shift_id=shift.pk)
        _refuse_clash(line)
        _note(shift, line, "restored", actor=actor, now=now)
        cancelling_mails.tell_restored(shift=line, actor=actor, now=now)
    return shift


def _save(shift: Shift) -> None:
    shift.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])


def _refuse_late(shift: Shift, now: dt.datetime) -> None:
    if shift.cancelled_at is None:
        raise NotCancelledError("This week is not cancelled. Nothing changed.")
    if shift.completed_at is not None or shift.starts_at <= now:
        raise RestoreTooLateError(
            f"This week was to begin {wording.moment(shift.starts_at, shift.time_zone)}, which has "
            "passed: it stays cancelled. Nothing changed."
        )


def _refuse_clash(line: WorkedShift) -> None:
    """The people are locked first: no cover of theirs comes between."""
    carriers = sorted(_carriers(line))
    for engineer_id in carriers:
        people.hold_engineer(engineer_id=engineer_id)
    told = []
    for engineer_id, busy in cover_people.busy_beside(shift=line, engineer_ids=carriers):
        own = [piece.period for piece in line.within(line.period) if piece.person == engineer_id]
        shared = intersection(intersection(line.windows, own), [busy.period])
        if shared:
            name = covers.names_of([engineer_id])[engineer_id]
            when = wording.span(shared[0].starts_at, shared[0].ends_at, line.zone)
            told.append(f"{name} is on call then already: {busy.where}, {when}.")
    if told:
        raise RestoreClashError(f"{' '.join(told)} Agree a cover there first. Nothing changed.")


def _carriers(line: WorkedShift) -> set[int]:
    return {piece.person for piece in line.stints if piece.person is not None}


def _note(shift: Shift, line: WorkedShift, verb: str, *, actor: Actor, now: dt.datetime) -> None:
    """One audit event, and a sync run that brings the change to PagerDuty."""
    rotation = shift.level.rotation
    week = wording.day(shift.week_date)
    syncing.queue_sync(
        rotation_id=rotation.pk,
        cause=f"{shift.level.name} in the week of {week} {verb}",
        now=now,
        starts_at=max(now, shift.starts_at),
    )
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"{rotation.name}, {shift.level.name}, week of {week}",
        team=rotation.team.slug,
        concerned=_emails(_carriers(line)),
        about=[shift],
        before={"cancelled_at": None} if shift.cancelled_at else None,
        after={
            "cancelled_at": shift.cancelled_at.isoformat() if shift.cancelled_at else None,
            "reason": shift.cancel_reason,
        },
    )


def _emails(engineer_ids: Iterable[int]) -> list[str]:
    found = contacts.contacts(engineer_ids=engineer_ids)
    return [contact.email for contact in found.values()]
