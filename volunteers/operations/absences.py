"""Days on which an engineer cannot be on call."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from volunteers.models import Absence, Engineer

if TYPE_CHECKING:
    from audit.operations import Actor

NOTE_LENGTH = 500
LONGEST = dt.timedelta(days=366)


class AbsenceInvalidError(RefusedError):
    """The days do not make an absence."""

    code = "ABSENCE_INVALID"


class AbsenceGoneError(RefusedError):
    """It was taken back in the meantime."""

    code = "ABSENCE_GONE"
    status = 409


def add_absence(
    *,
    first_day: dt.date,
    last_day: dt.date,
    note: str,
    actor: Actor,
    now: dt.datetime,
) -> Absence:
    """Enter one's own days away, both included, in the zone of one's office.

    The note is for the engineer alone; the audit trail does not repeat it.

    Raises:
        AbsenceInvalidError: the last day is before the first, all of it has passed, it lasts over
            a year, it meets another absence, or the note is too long.
    """
    engineer = Engineer.objects.get(pk=actor.person_id)
    words = unicodedata.normalize("NFC", note).strip()
    _check(first_day, last_day, words, now.date())
    with transaction.atomic():
        # The row stands for the person: two absences at once wait for each other here.
        Engineer.objects.select_for_update().get(pk=engineer.pk)
        _refuse_overlap(engineer.pk, first_day, last_day)
        absence = Absence.objects.create(
            engineer=engineer,
            starts_on=first_day,
            ends_on=last_day + dt.timedelta(days=1),
            note=words,
            created_at=now,
        )
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="added",
            subject=f"absence {absence.pk}",
            concerned=[engineer.email],
            after={"first_day": str(first_day), "last_day": str(last_day)},
        )
    return absence


def cancel_absence(*, absence_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take an absence back; the draft that is made next may use the days.

    Raises:
        AbsenceGoneError: it was taken back already.
    """
    with transaction.atomic():
        standing = Absence.objects.filter(pk=absence_id, cancelled_at__isnull=True)
        if not standing.update(cancelled_at=now):
            raise AbsenceGoneError("This absence was taken back already.")
        absence = Absence.objects.select_related("engineer").get(pk=absence_id)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="took back",
            subject=f"absence {absence.pk}",
            concerned=[absence.engineer.email],
            before={
                "first_day": str(absence.starts_on),
                "last_day": str(absence.ends_on - dt.timedelta(days=1)),
            },
        )


def _check(first_day: dt.date, last_day: dt.date, note: str, today: dt.date) -> None:
    fields = {}
    if last_day < first_day:
        fields["last_day"] = (
            f"{wording.day(last_day)} is before the first day, {wording.day(first_day)}."
        )
    elif last_day < today - dt.timedelta(days=1):
        fields["last_day"] = f"{wording.day(last_day)} has passed: no draft would look at it."
    elif last_day - first_day >= LONGEST:
        fields["last_day"] = "An absence lasts a year at most."
    if len(note) > NOTE_LENGTH:
        fields["note"] = f"At most {NOTE_LENGTH} characters; this has {len(note)}."
    if fields:
        raise AbsenceInvalidError(" ".join(fields.values()), fields=fields)


def _refuse_overlap(engineer_id: int, first_day: dt.date, last_day: dt.date) -> None:
    other = (
        Absence.objects.filter(
            engineer_id=engineer_id,
            cancelled_at__isnull=True,
            starts_on__lte=last_day,
            ends_on__gt=first_day,
        )
        .order_by("starts_on", "pk")
        .first()
    )
    if other is not None:
        message = (
            f"You are already away {wording.day(other.starts_on)} to "
            f"{wording.day(other.ends_on - dt.timedelta(days=1))}; take that back first."
        )
        raise AbsenceInvalidError(message, fields={"first_day": message})
