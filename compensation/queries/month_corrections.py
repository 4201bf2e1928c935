"""What a month holds beside its own weeks: corrections as pairs, adjustments, weeks priced anew."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, Sum, Window

from compensation.domain import periods
from compensation.models import Adjustment, Correction, Entry, Recalculation
from compensation.queries.entries import entry_lines
from compensation.queries.periods import CurrencyTotal
from compensation.queries.shifts import shift_title

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from compensation.models.requests import TwoPeople
    from compensation.queries.entries import EntryLine

MOST_SHOWN = 10


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionGroup:
    """One decision of two people with the entries that it posted, in order of number.

    `ground` is the evidence or the document. `is_late` when it is earned in an earlier month, which
    was closed and stays as it was.
    """

    request_id: int
    title: str
    reason: str
    ground: str
    asked_by: str
    decided_by: str
    decided_at: dt.datetime
    is_late: bool
    lines: tuple[EntryLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Recalculated:
    """Weeks priced anew: their causes with the number of weeks, and what it came to by currency."""

    causes: tuple[tuple[str, int], ...]
    totals: tuple[CurrencyTotal, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthCorrections:
    """At most ten corrections and ten adjustments, oldest first; the counts are of all."""

    corrections: tuple[CorrectionGroup, ...]
    correction_count: int
    adjustments: tuple[CorrectionGroup, ...]
    adjustment_count: int
    recalculated: Recalculated

    @property
    def is_nothing(self) -> bool:
        """Whether every entry of the month is of a week that was priced once."""
        return not (self.corrections or self.adjustments or self.recalculated.causes)

    @property
    def more(self) -> int:
        """How many are not shown."""
        shown = len(self.corrections) + len(self.adjustments)
        return self.correction_count + self.adjustment_count - shown


def month_corrections(*, month: str) -> MonthCorrections:
    """Corrections, adjustments and recalculations whose entries are in the month; six queries."""
    entries = Entry.objects.filter(period__month=month)
    approved = Correction.objects.filter(
        state=Correction.State.APPROVED, posted_from__in=entries.values("number")
    )
    adjusted = Adjustment.objects.filter(
        state=Adjustment.State.APPROVED, entry__period__month=month
    )
    corrections, correction_count = _corrections(approved, entries, month)
    adjustments, adjustment_count = _adjustments(adjusted, month)
    return MonthCorrections(
        corrections=tuple(corrections),
        correction_count=correction_count,
        adjustments=tuple(adjustments),
        adjustment_count=adjustment_count,
        recalculated=Recalculated(causes=tuple(_causes(month)), totals=tuple(_totals(entries))),
    )


def _corrections(
    approved: QuerySet[Correction], entries: QuerySet[Entry], month: str
) -> tuple[list[CorrectionGroup], int]:
    """The first ones, and how many there are."""
    rows = approved.select_related("shift__level__rotation", "proposed_by", "decided_by")
    counted = rows.annotate(total=Window(Count("pk")))
    shown = list(counted.order_by("posted_from")[:MOST_SHOWN])
    posted = Q(pk__in=[])
    for row in shown:
        posted |= Q(number__range=(row.posted_from, row.posted_to))
    lines = entry_lines(entries.filter(posted).order_by("number"))
    return [_correction(row, lines, month) for row in shown], shown[0].total if shown else 0


def _correction(row: Correction, lines: list[EntryLine], month: str) -> CorrectionGroup:
    first, last = row.posted_from or 0, row.posted_to or 0
    shift = row.shift
    title = shift_title(
        rotation=shift.level.rotation.name, level=shift.level.name, week_date=shift.week_date
    )
    own = [line for line in lines if first <= line.number <= last]
    return _group(row, title=title, ground=row.evidence, lines=own, month=month)


def _adjustments(adjusted: QuerySet[Adjustment], month: str) -> tuple[list[CorrectionGroup], int]:
    """The first ones, and how many there are."""
    rows = adjusted.select_related("engineer", "proposed_by", "decided_by")
    counted = rows.annotate(total=Window(Count("pk")))
    shown = list(counted.order_by("entry__number")[:MOST_SHOWN])
    entry_ids = [row.entry_id for row in shown]
    lines = entry_lines(Entry.objects.filter(pk__in=entry_ids).order_by("number"))
    groups = [
        _group(row, title=row.engineer.name, ground=row.document, lines=[line], month=month)
        for row, line in zip(shown, lines, strict=True)
    ]
    return groups, shown[0].total if shown else 0


def _group(
    row: TwoPeople, *, title: str, ground: str, lines: list[EntryLine], month: str
) -> CorrectionGroup:
    if row.decided_by is None or row.decided_at is None:
        raise ValueError(f"{row} posted entries and nobody decided it")
    return CorrectionGroup(
        request_id=row.pk,
        title=title,
        reason=row.reason,
        ground=ground,
        asked_by=row.proposed_by.name,
        decided_by=row.decided_by.name,
        decided_at=row.decided_at,
        is_late=any(periods.month_of(line.earned_on) < month for line in lines),
        lines=tuple(lines),
    )


def _causes(month: str) -> list[tuple[str, int]]:
    """What made weeks be priced anew with entries in the month, and how many weeks."""
    posted = Entry.objects.filter(
        period__month=month, shift=OuterRef("shift"), posted_at=OuterRef("done_at")
    )
    rows = (
        Recalculation.objects.filter(Exists(posted), state=Recalculation.State.DONE)
        .values_list("rate__version", "calendar__office__name")
        .annotate(weeks=Count("pk"))
        .order_by("rate__version", "calendar__office__name")
    )
    return [
        (f"rate {version}" if version else f"the calendar of {office}", weeks)
        for version, office, weeks in rows
    ]


def _totals(entries: QuerySet[Entry]) -> list[CurrencyTotal]:
    """What weeks priced anew came to, reversals included, each currency for itself."""
    done = Recalculation.objects.filter(
        shift=OuterRef("shift"), state=Recalculation.State.DONE, done_at=OuterRef("posted_at")
    )
    rows = (
        entries.filter(Exists(done))
        .values_list("currency")
        .annotate(count=Count("pk"), amount=Sum("amount_minor"))
        .order_by("currency")
    )
    return [
        CurrencyTotal(currency=currency, entries=count, amount_minor=amount)
        for currency, count, amount in rows
    ]
