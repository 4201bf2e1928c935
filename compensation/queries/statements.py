"""One person's statement: what each month of a year was worth to them, and of what it is made."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, F, Sum

from common import wording
from compensation.domain import csv_text, keys, periods
from compensation.domain.cells import Amount, texts
from compensation.models import PayPeriod
from compensation.queries.earnings import year_label
from compensation.queries.entries import entry_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from compensation.domain.cells import Row
    from compensation.domain.years import PayYear
    from compensation.models import Entry
    from compensation.queries.entries import EntryLine

COLUMNS = (
    *("period", "entry", "earned_on", "rotation", "level", "week_starts_on", "kind"),
    *("segment_start", "segment_end", "seconds", "rate_version", "currency", "amount", "reverses"),
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What an amount is made of, in minor units of one currency; `weeks` are own, `covers` others'.

    Both count shifts with paid time left after corrections. `corrections` are reversals and what
    stands for them.
    """

    currency: str
    weeks: int
    covers: int
    base_minor: int
    holiday_minor: int
    correction_minor: int
    adjustment_minor: int

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return self.base_minor + self.holiday_minor + self.correction_minor + self.adjustment_minor


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StatementMonth:
    """One month of a statement in one currency."""

    month: str
    is_closed: bool
    parts: Parts

    @property
    def label(self) -> str:
        """The month as people say it."""
        return wording.month(periods.first_day(self.month))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class YearStatement:
    """The months of a year with entries, in order, then by currency; `totals` by currency."""

    year: PayYear
    months: tuple[StatementMonth, ...]
    totals: tuple[Parts, ...]

    @property
    def label(self) -> str:
        """`2026`, or `April 2026 to March 2027`."""
        return year_label(self.year)

    @property
    def is_final(self) -> bool:
        """Whether every month with an entry is closed."""
        return all(month.is_closed for month in self.months)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Sum:
    """Entries of one month, shift and sort together."""

    month: str
    is_closed: bool
    currency: str
    shift_id: int | None
    is_own: bool
    kind: str
    is_later: bool
    minor: int
    seconds: int


def year_statement(*, entries: QuerySet[Entry], engineer_id: int, year: PayYear) -> YearStatement:
    """What a person's own `entries` of the year add up to; two queries."""
    found = _sums(of_year(entries, year), engineer_id)
    by_month: dict[tuple[str, str], list[_Sum]] = collections.defaultdict(list)
    by_currency: dict[str, list[_Sum]] = collections.defaultdict(list)
    for one in found:
        by_month[one.month, one.currency].append(one)
        by_currency[one.currency].append(one)
    months = tuple(
        StatementMonth(month=month, is_closed=sums[0].is_closed, parts=_parts(currency, sums))
        for (month, currency), sums in sorted(by_month.items())
    )
    totals = tuple(_parts(currency, sums) for currency, sums in sorted(by_currency.items()))
    return YearStatement(year=year, months=months, totals=totals)


def of_year(entries: QuerySet[Entry], year: PayYear) -> QuerySet[Entry]:
    """Those of the entries that are posted to the year's months."""
    return entries.filter(period__month__gte=year.first_month, period__month__lte=year.last_month)


def months_of(entries: QuerySet[Entry]) -> list[str]:
    """The months with entries, in order; one query."""
    months = entries.order_by("period__month").values_list("period__month", flat=True)
    return list(months.distinct())


def statement_csv(entries: QuerySet[Entry]) -> str:
    """The entries line by line, in order of period and number."""
    lines = entry_lines(entries.order_by("period__month", "number"))
    return csv_text.csv_text(COLUMNS, (texts(_row(line)) for line in lines))


def _row(line: EntryLine) -> Row:
    return (
        *(line.month, line.number, line.earned_on, line.rotation, line.level, line.week_date),
        *(line.kind, line.segment_start, line.segment_end, line.seconds, line.rate_version),
        line.currency,
        Amount(minor=line.amount_minor, currency=line.currency),
        line.reverses,
    )


def _sums(entries: QuerySet[Entry], engineer_id: int) -> list[_Sum]:
    """One for each month, currency, shift and sort of entry: a few for each week."""
    first = keys.SEPARATOR + "r1"
    rows = (
        entries.annotate(of_shift=F("shift_id"), holder=F("shift__holder_id"))
        .values_list("period__month", "period__state", "currency", "of_shift", "holder", "kind")
        .annotate(minor=Sum("amount_minor"), paid=Sum("seconds"), number=Count("pk"))
        .order_by("period__month", "currency", "of_shift", "kind")
    )
    return [
        _Sum(
            month=month,
            is_closed=state == PayPeriod.State.CLOSED,
            currency=currency,
            shift_id=shift_id,
            is_own=holder == engineer_id,
            kind=kind,
            is_later=is_later,
            minor=minor,
            seconds=paid,
        )
        for is_later, of_sort in (
            (False, rows.filter(key__endswith=first, reverses__isnull=True)),
            (True, rows.exclude(key__endswith=first, reverses__isnull=True)),
        )
        for month, state, currency, shift_id, holder, kind, minor, paid, _number in of_sort
    ]


def _parts(currency: str, sums: Sequence[_Sum]) -> Parts:
    left: dict[tuple[int | None, bool], int] = collections.Counter()
    for one in sums:
        if one.kind == keys.BASE:
            left[one.shift_id, one.is_own] += one.seconds
    own = [is_own for (_shift, is_own), paid in left.items() if paid > 0]
    return Parts(
        currency=currency,
        weeks=own.count(True),
        covers=own.count(False),
        base_minor=_minor(one for one in sums if one.kind == keys.BASE and not one.is_later),
        holiday_minor=_minor(
            one for one in sums if one.kind.startswith(keys.HOLIDAY) and not one.is_later
        ),
        correction_minor=_minor(
            one for one in sums if one.is_later and one.kind != keys.ADJUSTMENT
        ),
        adjustment_minor=_minor(one for one in sums if one.kind == keys.ADJUSTMENT),
    )


def _minor(sums: Iterable[_Sum]) -> int:
    return sum(one.minor for one in sums)
