"""The mails that say that a week is cancelled, or after all is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.periods import Period
from outbox.operations import queue_message
from rotation.operations.cover_mails import level_of, times, who
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from audit.operations import Actor
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Contact

KIND = "week_cancelled"


def tell_cancelled(*, shift: WorkedShift, reason: str, actor: Actor, now: dt.datetime) -> None:
    """One mail to everybody who has a part of the week, with what becomes of it and of its pay.

    `shift` is the week as it was before.
    """
    has_begun = shift.period.starts_at < now
    left = Period(starts_at=max(shift.period.starts_at, now), ends_at=shift.period.ends_at)
    what = f"{level_of(shift)} is cancelled{' from now on' if has_begun else ''}"
    pay = (
        "What was carried until then is paid; nothing after it."
        if has_begun
        else "A week that never begins is not paid."
    )
    for contact in _people(shift):
        lines = times(contact.engineer_id, shift, left, now)
        queue_message(
            to=contact.email,
            kind=KIND,
            subject=f"Cancelled: {level_of(shift)}",
            body=(
                f"Hello {contact.name},\n\n{what}, and nobody is on call for it:\n\n{lines}\n\n"
                f"{who(actor)} cancelled it: {reason}\n\n{pay} "
                "PagerDuty follows within a minute.\n"
            ),
            now=now,
            shift_at=left.starts_at,
        )


def tell_restored(*, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """One mail to everybody who carries a part of the week again."""
    for contact in _people(shift):
        mine = [piece for piece in shift.stints if piece.person == contact.engineer_id]
        lines = "\n".join(times(contact.engineer_id, shift, piece.period, now) for piece in mine)
        queue_message(
            to=contact.email,
            kind=KIND,
            subject=f"Not cancelled after all: {level_of(shift)}",
            body=(
                f"Hello {contact.name},\n\n{level_of(shift)} takes place after all, and you carry "
                f"it:\n\n{lines}\n\n{who(actor)} undid the cancelling. Pay follows the time "
                "carried, and PagerDuty follows within a minute.\n"
            ),
            now=now,
            shift_at=mine[0].period.starts_at,
        )


def _people(shift: WorkedShift) -> Iterator[Contact]:
    ids = {stint.person for stint in shift.stints if stint.person is not None}
    yield from service.contacts_of(engineer_ids=sorted(ids))
