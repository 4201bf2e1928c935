"""Absences as their owner reads them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from volunteers.models import Absence

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceLine:
    """Days away, both included, with the note that is for the owner alone."""

    absence_id: int
    first_day: dt.date
    last_day: dt.date
    note: str


def absence_lines(*, absences: QuerySet[Absence]) -> list[AbsenceLine]:
    """One line for each, in the order of `absences`."""
    return [absence_line(row) for row in absences]


def absence_line(absence: Absence) -> AbsenceLine:
    """One absence."""
    return AbsenceLine(
        absence_id=absence.pk,
        first_day=absence.starts_on,
        last_day=absence.ends_on - DAY,
        note=absence.note,
    )
