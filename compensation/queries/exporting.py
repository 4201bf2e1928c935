"""A month's entries as files need them, in the order of files and a few at a time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce, Collate

from compensation.domain import shifts
from compensation.domain.layouts import ExportLine, in_order
from compensation.models import Entry
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from volunteers.queries.postings import Postings

AT_ONCE = 2000
# Letters by code point, as everywhere in files, whatever the database's own language is.
_PLAIN_ORDER = {"postgresql": "C", "sqlite": "BINARY"}


def lines_by_employee(*, month: str) -> Iterator[list[ExportLine]]:
    """The month's lines, those of one employee number at a time, in the order of files.

    Office and cost centre are those at the shift's start. People without a number come first, all
    together. Read from the database a few at a time: a long month takes no more memory.
    """
    number = Collate(Coalesce("engineer__employee_id", Value("")), _PLAIN_ORDER[connection.vendor])
    entries = _entries(month).order_by(number, "number").iterator(chunk_size=AT_ONCE)
    for _, lines in itertools.groupby(lines_of(entries), key=lambda line: line.employee_id):
        yield in_order(lines)


def export_lines(*, month: str) -> list[ExportLine]:
    """Every entry of a month in order of its number, with office and cost centre as they were."""
    return list(lines_of(_entries(month).order_by("number")))


def first_lines(*, month: str, most: int) -> list[ExportLine]:
    """The month's first entries by number, in the order of files: enough to show a file by."""
    return in_order(lines_of(_entries(month).order_by("number")[:most]))


def _entries(month: str) -> QuerySet[Entry]:
    return Entry.objects.filter(period__month=month).select_related(
        "period", "engineer", "rate", "reverses", "shift__level__rotation"
    )


def lines_of(entries: Iterable[Entry]) -> Iterator[ExportLine]:
    """A line for each entry, in their order; postings are read for some thousand at a time."""
    remaining = iter(entries)
    while some := list(itertools.islice(remaining, AT_ONCE)):
        postings = postings_of(engineer_ids=[entry.engineer_id for entry in some])
        yield from (_line(entry, postings) for entry in some)


def _line(entry: Entry, postings: Postings) -> ExportLine:
    shift = entry.shift
    start = shifts.local_date(shift.starts_at, shift.time_zone) if shift else entry.earned_on
    place = postings.place(entry.engineer_id, start)
    return ExportLine(
        period=entry.period.month,
        entry=entry.number,
        earned_on=entry.earned_on,
        employee_id=entry.engineer.employee_id or "",
        name=entry.engineer.name,
        cost_centre=place.cost_centre if place else "",
        office=place.office_name if place else "",
        rotation=shift.level.rotation.slug if shift else "",
        level=shift.level.name if shift else "",
        shift=str(shift.pk) if shift else "",
        kind=entry.kind,
        segment_start=entry.segment_start,
        segment_end=entry.segment_end,
        seconds=entry.seconds,
        rate_version=entry.rate.version if entry.rate else "",
        currency=entry.currency,
        amount_minor=entry.amount_minor,
        reverses=entry.reverses.number if entry.reverses else None,
        key=entry.key,
        office_slug=place.office_slug if place else "",
        time_zone=shift.time_zone if shift else "UTC",
        week_date=shift.week_date if shift else None,
    )
