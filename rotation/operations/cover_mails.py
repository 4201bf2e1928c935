"""The mails that say who is on call instead of whom, in the reader's zone and the rotation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording
from common.periods import Period, intersection, seconds
from outbox.operations import queue_message
from rotation.models import LevelName
from volunteers.queries import contacts, profiles, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from audit.operations import Actor
    from rotation.models import Cover
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Contact


def tell_entered(*, cover: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """One mail to who takes the time, one to who is relieved of it."""
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    people = _people(cover)
    taker = people.get(cover.to_engineer_id or 0)
    relieved = people.get(cover.from_engineer_id or 0)
    by = f"{who(actor)} entered this cover. It holds now; nobody has to confirm it."
    if taker is not None:
        instead = f" instead of {relieved.name}" if relieved else ", where nobody was"
        _mail(taker, shift, period, f"you carry {level_of(shift)}{instead}", by, now)
    if relieved is not None:
        instead = taker.name if taker else "Somebody else"
        _mail(
            relieved, shift, period, f"{instead} carries {level_of(shift)} instead of you", by, now
        )


def tell_undone(
    *,
    cover: Cover,
    shift: WorkedShift,
    undone: Period,
    back_to: Collection[int],
    now: dt.datetime,
) -> None:
    """One mail to who took the time, one to everybody who carries it again."""
    people = _people(cover, back_to)
    by = "The cover was undone; PagerDuty follows within a minute."
    for engineer_id, contact in people.items():
        if engineer_id in back_to:
            _mail(contact, shift, undone, f"you carry {level_of(shift)} again", by, now)
        elif engineer_id == cover.to_engineer_id:
            _mail(contact, shift, undone, f"you no longer carry {level_of(shift)}", by, now)


def who(actor: Actor) -> str:
    """Who acts, by name."""
    if actor.engineer_id is None:
        return "Rota" if actor.name.startswith("sweep:") else actor.name
    return contacts.contacts(engineer_ids=[actor.engineer_id])[actor.engineer_id].name


def _people(cover: Cover, others: Collection[int] = ()) -> dict[int, Contact]:
    ids = {cover.from_engineer_id, cover.to_engineer_id, *others}
    found = service.contacts_of(engineer_ids=[who for who in ids if who is not None])
    return {contact.engineer_id: contact for contact in found}


def level_of(shift: WorkedShift) -> str:
    """`primary of Core`."""
    return f"{LevelName(shift.level).label.lower()} of {shift.rotation_name}"


def _mail(
    contact: Contact, shift: WorkedShift, period: Period, what: str, by: str, now: dt.datetime
) -> None:
    hours = seconds(intersection(shift.windows, [period])) / 3600
    lines = times(contact.engineer_id, shift, period, now)
    queue_message(
        to=contact.email,
        kind="cover_changed",
        subject=f"Cover in {shift.rotation_name}: {what}",
        body=(
            f"Hello {contact.name},\n\n{what}:\n\n{lines}\n\n"
            f"On call for {hours:g} hours of it. Pay follows the time carried.\n{by}\n"
        ),
        now=now,
        shift_at=period.starts_at,
    )


def times(engineer_id: int, shift: WorkedShift, period: Period, now: dt.datetime) -> str:
    """The time in the reader's zone and, where that is another, in the rotation's; two lines."""
    here = profiles.place(engineer_id=engineer_id, now=now).zone
    lines = [f"  {wording.span(period.starts_at, period.ends_at, here)} ({here})"]
    if here != shift.zone:
        there = wording.span(period.starts_at, period.ends_at, shift.zone)
        lines.append(f"  {there} ({shift.zone}, the rotation’s zone)")
    return "\n".join(lines)
