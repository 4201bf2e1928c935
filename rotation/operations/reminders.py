"""Mails before a shift and at a handover, to whoever carries it after all covers.

Each is written once, by a notice of its own, in the transaction of that notice. What waits in the
outbox while the shift becomes somebody else's is dropped there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from common import wording
from outbox import operations as outbox
from rotation.domain import reminders
from rotation.models import HandoverNote, LevelName
from rotation.operations import cover_mails
from rotation.queries import turns
from volunteers.queries import contacts, profiles, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.domain.reminders import Turn
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Contact

IN_A_WEEK = "shift_in_a_week"
TOMORROW = "shift_tomorrow"


def remind(*, now: dt.datetime) -> int:
    """Tell everybody whose time on call begins in a week, tomorrow, or now; how many mails."""
    near = turns.shifts_near(now=now, until=now + reminders.WEEK)
    found = list(turns.turns_in(near))
    begins = [
        (kind, shift, turn)
        for kind, is_due in (
            (IN_A_WEEK, reminders.is_in_a_week),
            (TOMORROW, reminders.is_tomorrow),
        )
        for shift, turn in found
        if is_due(turn.starts_at, now)
    ]
    for kind in (IN_A_WEEK, TOMORROW):
        true = {turn.key(kind) for _shift, turn in found}
        outbox.drop_untrue(prefix=f"{kind}:", still_true=true)
    starting = [(shift, turn) for shift, turn in found if reminders.is_handover(turn, now)]
    ids = {turn.person for _kind, _shift, turn in begins}
    ids |= {turn.person for _shift, turn in starting}
    people = {each.engineer_id: each for each in service.contacts_of(engineer_ids=ids)}
    told = sum(
        _tell_before(kind, shift, turn, people[turn.person], now)
        for kind, shift, turn in begins
        if turn.person in people
    )
    told += sum(
        _tell_handover(shift, turn, people[turn.person], near, now)
        for shift, turn in starting
        if turn.person in people
    )
    return told + _ask_for_notes(near, now) + _tell_chats(near, now)


def _tell_before(
    kind: str, shift: WorkedShift, turn: Turn, contact: Contact, now: dt.datetime
) -> int:
    with transaction.atomic():
        notice = outbox.first_time(key=turn.key(kind), now=now)
        if notice is None:
            return 0
        zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
        ahead = wording.ahead(
            wording.local(now, zone).date(), wording.local(turn.starts_at, zone).date()
        )
        level = cover_mails.level_of(shift)
        message = outbox.queue_message(
            to=contact.email,
            kind=kind,
            subject=f"You are on call {ahead}: {level}",
            body=(
                f"Hello {contact.name},\n\n"
                f"{ahead} you carry {level}:\n\n{_times(shift, turn, now)}\n\n"
                "If you cannot, ask somebody to cover a part or all of it, on the page of the "
                f"shift:\n\n{page_of(shift.shift_id)}\n"
            ),
            now=now,
            good_until=turn.starts_at,
        )
        outbox.told_by(notices=[notice], message=message)
    return int(message is not None)


def _tell_handover(
    shift: WorkedShift,
    turn: Turn,
    contact: Contact,
    near: Sequence[WorkedShift],
    now: dt.datetime,
) -> int:
    with transaction.atomic():
        notice = outbox.first_time(key=turn.key("handover"), now=now)
        if notice is None:
            return 0
        level = cover_mails.level_of(shift)
        message = outbox.queue_message(
            to=contact.email,
            kind="handover",
            subject=f"You are on call now: {level}",
            body=(
                f"Hello {contact.name},\n\nfrom now on you carry {level}:\n\n"
                f"{_times(shift, turn, now)}\n\n"
                f"{_beside(shift, turn, near)}\n\n{_left(shift, turn, now)}\n\n"
                f"{page_of(shift.shift_id)}\n"
            ),
            now=now,
            good_until=turn.ends_at,
            shift_at=turn.starts_at,
        )
        outbox.told_by(notices=[notice], message=message)
    return int(message is not None)


def _times(shift: WorkedShift, turn: Turn, now: dt.datetime) -> str:
    return cover_mails.times(turn.person, shift, turn.period, now)


def _beside(shift: WorkedShift, turn: Turn, near: Sequence[WorkedShift]) -> str:
    """Who is on call on the other level, and who was before."""
    other = turns.other_level(shift.level)
    who = turns.on_call_at(near, rotation_id=shift.rotation_id, level=other, at=turn.starts_at)
    names = contacts.contacts(engineer_ids=[one for one in (who, turn.before) if one is not None])
    on_other = f"{other.label} is {names[who].name}." if who else f"Nobody carries {other.label}."
    before = f" You take over from {names[turn.before].name}." if turn.before else ""
    return f"{on_other}{before}"


def _left(shift: WorkedShift, turn: Turn, now: dt.datetime) -> str:
    """The notes for the one coming on, and what is still open in PagerDuty."""
    notes = turns.notes_before(shift=shift, at=turn.starts_at)
    parts = [_note(note) for note in notes] or ["Nobody has left a note."]
    found = turns.open_incidents(rotation_ids=[shift.rotation_id], now=now)
    lines = turns.shown(found.get(shift.rotation_id, []))
    if lines:
        listed = "\n".join(f"- {line}" for line in lines)
        parts.append(f"Open in PagerDuty:\n{listed}")
    else:
        parts.append("Nothing is open in PagerDuty.")
    return "\n\n".join(parts)


def _note(note: HandoverNote) -> str:
    lines = "\n".join(f"  {line}" for line in note.text.splitlines())
    return f"{note.author.name} leaves you this note. Please confirm it below:\n{lines}"


def _ask_for_notes(near: Sequence[WorkedShift], now: dt.datetime) -> int:
    """Ask whoever goes off within hours for a note, unless there is one."""
    ending = {
        shift.shift_id: shift
        for shift in near
        if reminders.is_note_due(shift.period.ends_at, now) and shift.stints[-1].person is not None
    }
    if not ending:
        return 0
    written = set(
        HandoverNote.objects.filter(shift_id__in=ending).values_list("shift_id", "author_id")
    )
    ids = [shift.stints[-1].person for shift in ending.values()]
    people = service.contacts_of(engineer_ids=[who for who in ids if who is not None])
    return sum(
        _ask_for_note(shift, contact, now)
        for shift in ending.values()
        for contact in people
        if contact.engineer_id == shift.stints[-1].person
        and (shift.shift_id, contact.engineer_id) not in written
    )


def _ask_for_note(shift: WorkedShift, contact: Contact, now: dt.datetime) -> int:
    key = f"handover_note_due:{shift.shift_id}:{contact.engineer_id}"
    with transaction.atomic():
        notice = outbox.first_time(key=key, now=now)
        if notice is None:
            return 0
        zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
        ends = wording.moment(shift.period.ends_at, zone)
        message = outbox.queue_message(
            to=contact.email,
            kind="handover_note_due",
            subject=f"Write your handover for {cover_mails.level_of(shift)}",
            body=(
                f"Hello {contact.name},\n\nyour time on call ends {ends}. What should the next one "
                "know? A few lines are enough: what is open, what to watch, what can wait.\n\n"
                f"Write your handover: {page_of(shift.shift_id)}handover/\n"
            ),
            now=now,
            good_until=shift.period.ends_at + reminders.DAY,
        )
        outbox.told_by(notices=[notice], message=message)
    return int(message is not None)


def _tell_chats(near: Sequence[WorkedShift], now: dt.datetime) -> int:
    """One line for each rotation at its handover: who is on call now, by name."""
    told = 0
    for shift in near:
        starts_at = shift.period.starts_at
        is_now = starts_at <= now < starts_at + reminders.HANDOVER_LASTS
        if shift.level == LevelName.PRIMARY and is_now:
            told += _tell_chat(shift, near, now)
    return told


def _tell_chat(shift: WorkedShift, near: Sequence[WorkedShift], now: dt.datetime) -> int:
    with transaction.atomic():
        key = f"chat:handover:{shift.shift_id}"
        notice = outbox.first_time(key=key, now=now)
        if notice is None:
            return 0
        at = {
            level: turns.on_call_at(near, rotation_id=shift.rotation_id, level=level, at=now)
            for level in LevelName
        }
        names = contacts.contacts(engineer_ids=[who for who in at.values() if who is not None])
        said = ", ".join(
            f"{level.label}: {names[who].name if who is not None else 'nobody'}"
            for level, who in at.items()
        )
        message = outbox.queue_chat(
            team_id=shift.team_id,
            kind="handover",
            text=f"On call for {shift.rotation_name} now. {said}. Until "
            f"{wording.moment(shift.period.ends_at, shift.zone)}.\n{page_of(shift.shift_id)}",
            now=now,
            good_until=shift.period.ends_at,
        )
        outbox.told_by(notices=[notice], message=message)
    return int(message is not None)


def page_of(shift_id: int) -> str:
    """The address of a shift's page."""
    return f"{settings.ROTA_BASE_URL}{reverse('shift-detail', args=[shift_id])}"
