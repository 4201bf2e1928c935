"""Days on which an engineer cannot be on call."""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from volunteers.models import Absence, Engineer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.operations import Actor

NOTE_LENGTH = 500
LONGEST = dt.timedelta(days=366)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DaysOff:
    """Days away to enter, both included, with a note for their owner alone."""

    first_day: dt.date
    last_day: dt.date
    note: str = ""

    @property
    def words(self) -> str:
        """The note as it is kept."""
        return unicodedata.normalize("NFC", self.note).strip()


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
    days = DaysOff(first_day=first_day, last_day=last_day, note=note)
    return add_absences(days=[days], actor=actor, now=now)[0]


def add_absences(*, days: Sequence[DaysOff], actor: Actor, now: dt.datetime) -> list[Absence]:
    """Enter several of one's own at once: all of them, or none.

    Raises:
        AbsenceInvalidError: as for one, naming the first that cannot be; some may meet each other.
    """
    with transaction.atomic():
        # The row stands for the person: two absences at once wait for each other here.
        engineer = Engineer.objects.select_for_update().get(pk=actor.person_id)
        return [_add(each, engineer, actor=actor, now=now) for each in days]


def check_absence(*, days: DaysOff, actor: Actor, now: dt.datetime) -> None:
    """Refuse what `add_absence` would refuse; nothing is written.

    Raises:
        AbsenceInvalidError: as `add_absence`.
    """
    _check(days, now.date())
    _refuse_overlap(actor.person_id, days)


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


def _add(days: DaysOff, engineer: Engineer, *, actor: Actor, now: dt.datetime) -> Absence:
    _check(days, now.date())
    _refuse_overlap(engineer.pk, days)
    absence = Absence.objects.create(
        engineer=engineer,
        starts_on=days.first_day,
        ends_on=days.last_day + dt.timedelta(days=1),
        note=days.words,
        created_at=now,
    )
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb="added",
        subject=f"absence {absence.pk}",
        concerned=[engineer.email],
        after={"first_day": str(days.first_day), "last_day": str(days.last_day)},
    )
    return absence


def _check(days: DaysOff, today: dt.date) -> None:
    first_day, last_day = days.first_day, days.last_day
    fields = {}
    if last_day < first_day:
        fields["last_day"] = (
            f"{wording.day(last_day)} is before the first day, {wording.day(first_day)}."
        )
    elif last_day < today - dt.timedelta(days=1):
        fields["last_day"] = f"{wording.day(last_day)} has passed: no draft would look at it."
    elif last_day - first_day >= LONGEST:
        fields["last_day"] = "An absence lasts a year at most."
    if len(days.words) > NOTE_LENGTH:
        fields["note"] = f"At most {NOTE_LENGTH} characters; this has {len(days.words)}."
    if fields:
        raise AbsenceInvalidError(" ".join(fields.values()), fields=fields)


def _refuse_overlap(engineer_id: int, days: DaysOff) -> None:
    other = (
        Absence.objects.filter(
            engineer_id=engineer_id,
            cancelled_at__isnull=True,
            starts_on__lte=days.last_day,
            ends_on__gt=days.first_day,
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
