"""The part of the ledger that a report is asked for, and where its people belonged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from compensation.domain import keys
from compensation.models import Entry
from volunteers.models import Posting

if TYPE_CHECKING:
    from django.db.models import Aggregate, QuerySet
    from django.db.models.expressions import Expression

    from compensation.domain.reports import Wanted

BASE = Q(kind=keys.BASE)
HOLIDAY = Q(kind__startswith=f"{keys.HOLIDAY}:")
ADJUSTMENT = Q(kind=keys.ADJUSTMENT)
# A shift that is priced again has entries of a later revision.
FIRST_PRICE = f"{keys.SEPARATOR}r1"


def entries_wanted(wanted: Wanted) -> QuerySet[Entry]:
    """The entries that a report counts, in no order; nothing else is counted."""
    entries = Entry.objects.all()
    if wanted.since:
        entries = entries.filter(period__month__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(period__month__lte=wanted.until)
    if wanted.currency:
        entries = entries.filter(currency=wanted.currency)
    if wanted.person:
        entries = entries.filter(engineer__employee_id=wanted.person)
    if wanted.rotation:
        entries = entries.filter(shift__level__rotation__slug=wanted.rotation)
    if wanted.office:
        entries = _at(entries, "office__slug", wanted.office)
    if wanted.cost_centre:
        entries = _at(entries, "cost_centre", wanted.cost_centre)
    return entries


def corrections_wanted(wanted: Wanted) -> QuerySet[Entry]:
    """Those of them that correct: reversals, what was priced again, and amounts by hand."""
    return entries_wanted(wanted).filter(
        Q(reverses__isnull=False) | ADJUSTMENT | ~Q(key__endswith=FIRST_PRICE)
    )


def with_place(entries: QuerySet[Entry], column: str) -> QuerySet[Entry]:
    """The entries with that column of the person's posting when the week began, `<column>_then`.

    An adjustment is of no week: there it is that of the day on which it was earned. Null without a
    posting on that day.
    """
    postings = Posting.objects.filter(
        engineer_id=OuterRef("engineer_id"), starts_on__lte=OuterRef("belongs_on")
    )
    place = Subquery(postings.order_by("-starts_on", "-pk").values(column)[:1])
    dated = entries.annotate(belongs_on=Coalesce(F("shift__week_date"), F("earned_on")))
    return dated.annotate(**{_alias(column): place})


def _at(entries: QuerySet[Entry], column: str, text: str) -> QuerySet[Entry]:
    """Those of people whose posting has that text there."""
    return with_place(entries, column).filter(Exact(F(_alias(column)), text))


def _alias(column: str) -> str:
    return f"{column.replace('__', '_')}_then"


def sums() -> dict[str, Aggregate | Expression]:
    """What a row adds up: base, holidays and adjustments make the amount.

    Seconds are those of base entries alone: a holiday's supplement is for the same time.
    """
    return {
        "entries": Count("pk"),
        "seconds": Coalesce(Sum("seconds", filter=BASE), 0),
        "base": Coalesce(Sum("amount_minor", filter=BASE), 0),
        "holidays": Coalesce(Sum("amount_minor", filter=HOLIDAY), 0),
        "adjustments": Coalesce(Sum("amount_minor", filter=ADJUSTMENT), 0),
        "amount": Sum("amount_minor"),
    }
