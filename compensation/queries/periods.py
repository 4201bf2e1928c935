"""Pay periods: their states, their totals, and what stops one from closing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Case, Count, DateField, F, Max, Q, Sum, When
from django.db.models.functions import Coalesce

from common import wording
from compensation.domain import keys, periods
from compensation.domain.hours import hours
from compensation.domain.money import format_amount
from compensation.domain.shifts import local_date
from compensation.models import Entry, Export, ExportLayout, PayPeriod
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from volunteers.queries.postings import Place

_OWN = (("detail", "csv"), ("detail", "xlsx"), ("summary", "csv"))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyTotal:
    """What a period is worth in one currency; never add two of these."""

    currency: str
    entries: int
    amount_minor: int

    @property
    def amount(self) -> str:
        """The amount as files and the API write it."""
        return format_amount(self.amount_minor, self.currency)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonTotal:
    """What a period is worth to one person, cost centre and currency.

    `paid_seconds` counts base entries alone: a holiday's supplement is for the same time.
    """

    employee_id: str
    name: str
    office: str
    cost_centre: str
    currency: str
    entries: int
    paid_seconds: int
    amount_minor: int

    @property
    def hours(self) -> str:
        """The paid seconds as hours, `125.5`."""
        return hours(self.paid_seconds)

    @property
    def amount(self) -> str:
        """The amount as files and the API write it."""
        return format_amount(self.amount_minor, self.currency)

    def with_more(self, other: PersonTotal | None) -> PersonTotal:
        """This one with another of the same person, cost centre and currency added."""
        if other is None:
            return self
        return dataclasses.replace(
            self,
            entries=self.entries + other.entries,
            paid_seconds=self.paid_seconds + other.paid_seconds,
            amount_minor=self.amount_minor + other.amount_minor,
        )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Sum:
    """What one person has in one currency of weeks that began on a date."""

    engineer_id: int
    currency: str
    on: dt.date
    name: str
    employee_id: str
    entries: int
    paid_seconds: int
    amount_minor: int

    def total(self, place: Place | None) -> PersonTotal:
        """The same with the office and the cost centre of that date."""
        return PersonTotal(
            employee_id=self.employee_id,
            name=self.name,
            office=place.office_name if place else "",
            cost_centre=place.cost_centre if place else "",
            currency=self.currency,
            entries=self.entries,
            paid_seconds=self.paid_seconds,
            amount_minor=self.amount_minor,
        )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PeriodLine:
    """One month in a list of months."""

    month: str
    is_closed: bool
    closed_at: dt.datetime | None
    closed_by: str
    totals: tuple[CurrencyTotal, ...]

    @property
    def label(self) -> str:
        """The month as people say it, `November 2026`."""
        return wording.month(periods.first_day(self.month))

    @property
    def entries(self) -> int:
        """How many entries are posted to it, in whatever currency."""
        return sum(total.entries for total in self.totals)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ExportFact:
    """A stored file without its bytes; a later version or opening the month again supersedes it."""

    export_id: int
    month: str
    version: int
    layout: str
    name: str
    format: str
    file_name: str
    sha256: str
    row_count: int
    totals: dict[str, int]
    created_at: dt.datetime
    created_by: str
    sent_at: dt.datetime | None
    sent_by: str
    is_superseded: bool

    @property
    def title(self) -> str:
        """What people call it: `Detail`, `Workbook`, or the layout's name."""
        return "Workbook" if self.format == "xlsx" else self.name

    @property
    def place(self) -> tuple[str, int, int, str]:
        """Where it stands among others: by month, newest version first, Rota's own before others'.

        Those are the detail, the workbook and the summary; the others follow by name.
        """
        kind = (self.layout, self.format)
        own = _OWN.index(kind) if kind in _OWN else len(_OWN)
        return self.month, -self.version, own, self.name


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StoredExport:
    """A stored file with its bytes."""

    file_name: str
    content: bytes
    sha256: str


def last_closed_month() -> str | None:
    """The month that was closed last; none before it takes an entry."""
    closed = PayPeriod.objects.filter(state=PayPeriod.State.CLOSED)
    last: str | None = closed.aggregate(last=Max("month"))["last"]
    return last


def closed_by_month() -> dict[str, bool]:
    """Whether each month that has a row is closed."""
    rows = PayPeriod.objects.order_by("month").values_list("month", "state")
    return {month: state == PayPeriod.State.CLOSED for month, state in rows}


def period_lines() -> list[PeriodLine]:
    """Every month that has a row, the newest first, with its totals by currency."""
    totals = _totals_by_month()
    return [_line(period, totals) for period in PayPeriod.objects.order_by("-month")]


def period_line(*, month: str) -> PeriodLine | None:
    """One month with its totals, or None if it has no row."""
    period = PayPeriod.objects.filter(month=month).first()
    return _line(period, _totals_by_month(month)) if period else None


def person_totals(*, month: str) -> list[PersonTotal]:
    """The month by currency, then name, employee number and cost centre; two queries.

    The database adds up what one person has of weeks with the same start.
    """
    rows = list(_sums_by_start(month))
    belonged = postings_of(engineer_ids=[row.engineer_id for row in rows])
    groups: dict[tuple[str, str, str, str], PersonTotal] = {}
    for row in rows:
        place = belonged.place(row.engineer_id, row.on)
        total = row.total(place)
        group = (total.currency, total.name, total.employee_id, total.cost_centre)
        groups[group] = total.with_more(groups.get(group))
    return [groups[group] for group in sorted(groups)]


def open_months_before(*, month: str) -> list[str]:
    """Earlier months that are still open, in order of time."""
    earlier = PayPeriod.objects.filter(state=PayPeriod.State.OPEN, month__lt=month)
    return list(earlier.order_by("month").values_list("month", flat=True))


def people_without_number(*, month: str) -> list[str]:
    """Names of those who have entries in the month and no employee number, in order of name."""
    entries = Entry.objects.filter(period__month=month, engineer__employee_id__isnull=True)
    people = entries.order_by("engineer__name", "engineer_id").distinct()
    return [name for name, _ in people.values_list("engineer__name", "engineer_id")]


def exports_of(*, month: str) -> list[ExportFact]:
    """The month's stored files in order of `ExportFact.place`; two queries."""
    return _facts(Export.objects.filter(period__month=month))


def latest_exports() -> dict[str, list[ExportFact]]:
    """The files in force of every closed month, in order of `ExportFact.place`; two queries."""
    found: dict[str, list[ExportFact]] = {}
    for fact in _facts(Export.objects.all()):
        if not fact.is_superseded:
            found.setdefault(fact.month, []).append(fact)
    return found


def stored_export(
    *, month: str, layout: str, file_format: str, version: int | None = None
) -> StoredExport | None:
    """The bytes as they were stored, of the newest version unless one is named; None if absent."""
    exports = Export.objects.filter(period__month=month, layout=layout, format=file_format)
    if version is not None:
        exports = exports.filter(version=version)
    export = exports.order_by("-version").first()
    if export is None:
        return None
    return StoredExport(
        file_name=export.file_name, content=bytes(export.content), sha256=export.sha256
    )


def _facts(exports: QuerySet[Export]) -> list[ExportFact]:
    rows = exports.select_related("period").defer("content")
    ordered = list(rows.order_by("period__month", "-version", "pk"))
    names = dict(ExportLayout.objects.values_list("slug", "name"))
    newest: dict[int, int] = {}
    for export in ordered:
        newest.setdefault(export.period_id, export.version + _is_open(export.period))
    facts = [_fact(export, newest[export.period_id], names) for export in ordered]
    return sorted(facts, key=lambda fact: fact.place)


def _is_open(period: PayPeriod) -> bool:
    """Whether the month was opened again, so that none of its files is in force any more."""
    return period.state == PayPeriod.State.OPEN


def _totals_by_month(month: str | None = None) -> dict[str, list[CurrencyTotal]]:
    entries = Entry.objects.all() if month is None else Entry.objects.filter(period__month=month)
    # By the period's id and counting rows alone, an index holds all that is asked for.
    rows = (
        entries.values_list("period_id", "currency")
        .annotate(count=Count("*"), amount=Sum("amount_minor"))
        .order_by("period_id", "currency")
    )
    known = dict(PayPeriod.objects.values_list("pk", "month"))
    totals: dict[str, list[CurrencyTotal]] = {}
    for period_id, currency, count, amount in rows:
        total = CurrencyTotal(currency=currency, entries=count, amount_minor=amount)
        totals.setdefault(known[period_id], []).append(total)
    return totals


def _line(period: PayPeriod, totals: dict[str, list[CurrencyTotal]]) -> PeriodLine:
    return PeriodLine(
        month=period.month,
        is_closed=period.state == PayPeriod.State.CLOSED,
        closed_at=period.closed_at,
        closed_by=period.closed_by,
        totals=tuple(totals.get(period.month, [])),
    )


def _sums_by_start(month: str) -> Iterator[_Sum]:
    """What each person has in each currency of weeks that began together; latest start last."""
    # An adjustment has no week: it is of the day on which it was earned.
    day = Case(When(shift__isnull=True, then=F("earned_on")), output_field=DateField())
    rows = (
        Entry.objects.filter(period__month=month)
        .annotate(day=day)
        .values_list("engineer_id", "currency", "shift__starts_at", "shift__time_zone", "day")
        .annotate(
            name=F("engineer__name"),
            number=F("engineer__employee_id"),
            entries=Count("pk"),
            paid=Coalesce(Sum("seconds", filter=Q(kind=keys.BASE)), 0),
            amount=Sum("amount_minor"),
        )
        .order_by("shift__starts_at", "day", "engineer_id", "currency")
    )
    for engineer_id, currency, start, zone, earned_on, name, number, entries, paid, minor in rows:
        yield _Sum(
            engineer_id=engineer_id,
            currency=currency,
            on=earned_on or local_date(start, zone),
            name=name,
            employee_id=number or "",
            entries=entries,
            paid_seconds=paid,
            amount_minor=minor,
        )


def _fact(export: Export, newest: int, names: Mapping[str, str]) -> ExportFact:
    return ExportFact(
        export_id=export.pk,
        month=export.period.month,
        version=export.version,
        layout=export.layout,
        name=names.get(export.layout, export.layout.capitalize()),
        format=export.format,
        file_name=export.file_name,
        sha256=export.sha256,
        row_count=export.row_count,
        totals=export.totals,
        created_at=export.created_at,
        created_by=export.created_by,
        sent_at=export.sent_at,
        sent_by=export.sent_by,
        is_superseded=export.version < newest,
    )
