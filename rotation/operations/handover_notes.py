"""A note from the one going off to the one coming on, and that it was read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from outbox.operations import queue_message
from rotation.models import HandoverNote, Shift
from rotation.operations import cover_mails, reminders
from rotation.queries import handover_notes, worked
from volunteers.queries import contacts, service

if TYPE_CHECKING:
    from audit.operations import Actor
    from rotation.queries.worked import WorkedShift

LONGEST = 4000
# Later nobody waits for it any more.
LATEST = dt.timedelta(days=14)


class HandoverNoteError(RefusedError):
    """The text cannot be kept."""

    code = "HANDOVER_NOTE_INVALID"


class HandoverTimeError(RefusedError):
    """The shift has not begun, or ended long ago."""

    code = "HANDOVER_NOTE_NOT_NOW"
    status = 409


class HandoverConfirmedError(RefusedError):
    """Somebody has read and confirmed it."""

    code = "HANDOVER_NOTE_CONFIRMED"
    status = 409


class HandoverChangedError(RefusedError):
    """Its author changed it after the page was opened."""

    code = "HANDOVER_NOTE_CHANGED"
    status = 409


def write_note(*, shift_id: int, text: str, actor: Actor, now: dt.datetime) -> HandoverNote:
    """Write one's note about a shift, or another text for it while nobody has confirmed it.

    Once the next one is on call, they hear of it by mail; before, the handover's mail holds it.

    Raises:
        HandoverNoteError: no text, or too long a one.
        HandoverTimeError: the shift has not begun, or ended two weeks ago.
        HandoverConfirmedError: it was read and confirmed as it is.
    """
    cleaner = Cleaner()
    words = cleaner.text("text", text, longest=LONGEST)
    cleaner.raise_problems(HandoverNoteError)
    with transaction.atomic():
        shift = Shift.objects.select_for_update(of=("self",)).get(pk=shift_id)
        if now < shift.starts_at or now > shift.ends_at + LATEST:
            raise HandoverTimeError(
                "A note is written from the start of a shift until two weeks after its end."
            )
        # Its reader holds it while confirming it.
        rows = HandoverNote.objects.select_for_update(of=("self",))
        note = rows.filter(shift=shift, author_id=actor.person_id).first()
        if note is not None and note.text == words:
            return note
        return _written(note or _blank(shift, actor), words, actor, now)


def _blank(shift: Shift, actor: Actor) -> HandoverNote:
    return HandoverNote(shift=shift, author_id=actor.person_id, version=0)


def _written(note: HandoverNote, words: str, actor: Actor, now: dt.datetime) -> HandoverNote:
    if note.confirmed_at is not None:
        raise HandoverConfirmedError(
            "This note was read and confirmed. Tell whoever is on call what is new."
        )
    note.text, note.written_at = words, now
    note.version += 1
    note.save()
    found = worked.worked_shift(shift_id=note.shift_id)
    _record(found, actor, now, "wrote" if note.version == 1 else "changed")
    _tell_next(note, found, actor, now)
    return note


def confirm_note(*, note_id: int, seen: int | None, actor: Actor, now: dt.datetime) -> None:
    """Say that one has read it; its author hears of it. Twice is once.

    Raises:
        HandoverChangedError: `seen` is not the version that stands there now.
        HandoverConfirmedError: somebody else did so first.
    """
    with transaction.atomic():
        rows = HandoverNote.objects.select_for_update(of=("self",))
        note = rows.select_related("author").get(pk=note_id)
        if note.confirmed_by_id == actor.engineer_id and note.confirmed_at is not None:
            return
        if note.confirmed_at is not None:
            raise HandoverConfirmedError("Somebody else has read and confirmed this note.")
        if seen != note.version:
            raise HandoverChangedError(
                "The note was changed while you read it. Read it again, then confirm."
            )
        note.confirmed_by_id, note.confirmed_at = actor.person_id, now
        note.save(update_fields=["confirmed_by", "confirmed_at"])
        found = worked.worked_shift(shift_id=note.shift_id)
        _record(found, actor, now, "confirmed", note.author.email)
        for contact in service.contacts_of(engineer_ids=[note.author_id]):
            reader = contacts.contacts(engineer_ids=[actor.person_id])[actor.person_id].name
            queue_message(
                to=contact.email,
                kind="handover_note",
                subject=f"{reader} has read your handover",
                body=(
                    f"Hello {contact.name},\n\n{reader} has read and confirmed your handover for "
                    f"{cover_mails.level_of(found)}.\n\n{reminders.page_of(note.shift_id)}\n"
                ),
                now=now,
            )


def _tell_next(note: HandoverNote, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """Mail those who are on call already and for whom it is meant."""
    ids = handover_notes.readers_now(shift=shift, author_id=note.author_id, now=now)
    for contact in service.contacts_of(engineer_ids=ids):
        lines = "\n".join(f"  {line}" for line in note.text.splitlines())
        queue_message(
            to=contact.email,
            kind="handover_note",
            subject=f"A handover for you: {cover_mails.level_of(shift)}",
            body=(
                f"Hello {contact.name},\n\n{cover_mails.who(actor)} leaves you this note:\n\n"
                f"{lines}\n\n"
                f"Read and confirm: {reminders.page_of(note.shift_id)}handover/\n"
            ),
            now=now,
        )


def _record(shift: WorkedShift, actor: Actor, now: dt.datetime, verb: str, *others: str) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"handover note of {cover_mails.level_of(shift)}, week of {shift.week_date}",
        team=shift.team_slug,
        concerned=[actor.name, *others],
    )
