"""Reports that add the ledger up: by period, year, person, cost centre, office and page."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from compensation.domain import money
from compensation.domain.cells import Amount
from compensation.domain.reports import Column, Kind, Line, Wanted
from compensation.queries.report_filters import entries_wanted, sums, with_place
from compensation.queries.report_tables import ReadyTable, added_up
from rotation.queries.page_totals import pages_by_rotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compensation.domain.cells import Cell
    from compensation.domain.years import PayYear

NOBODY = "none"
# On pages a currency stands above its rows.
_CURRENCY = Column(name="currency", kind=Kind.TEXT)
_ENTRIES = Column(name="entries", heading="Entries", kind=Kind.COUNT, always=False)
_SUMS = (
    _ENTRIES,
    Column(name="seconds", heading="Paid hours", kind=Kind.HOURS, always=False),
    Column(name="base", heading="Weeks", kind=Kind.AMOUNT, always=False),
    Column(name="holidays", heading="Holidays", kind=Kind.AMOUNT, always=False),
    Column(name="adjustments", heading="Adjustments", kind=Kind.AMOUNT, always=False),
    Column(name="amount", heading="Total", kind=Kind.AMOUNT),
)
_PERIOD = Column(name="period", heading="Month", kind=Kind.MONTH)
_NUMBER = Column(name="employee_id", heading="Employee", kind=Kind.TEXT, always=False)
_NAME = Column(name="name", heading="Name", kind=Kind.TEXT)
_OFFICE = Column(name="office", heading="Office", kind=Kind.TEXT)
_COST_CENTRE = Column(name="cost_centre", heading="Cost centre", kind=Kind.TEXT)
_YEAR = (
    _PERIOD,
    Column(name="before", heading="A year before", kind=Kind.AMOUNT, always=False),
    Column(name="amount", heading="Month", kind=Kind.AMOUNT),
    Column(name="to_date", heading="To date", kind=Kind.AMOUNT),
)
_PAGES = (
    Column(name="rotation", heading="Rotation", kind=Kind.TEXT),
    Column(name="weeks", heading="Weeks", kind=Kind.COUNT, always=False),
    Column(name="pages", heading="Pages", kind=Kind.COUNT),
    Column(name="pages_a_week", heading="Pages a week", kind=Kind.HUNDREDTHS, always=False),
    Column(name="amount", heading="Cost", kind=Kind.AMOUNT),
    Column(name="cost_per_page", heading="A page", kind=Kind.AMOUNT),
)


def total_label(currency: str) -> str:
    """What the first cell of a total says."""
    return f"Total {currency}"


def by_period(wanted: Wanted) -> ReadyTable:
    """A row for each currency and month with entries, in order of time; one query."""
    return _table(wanted, ("period__month",), (_PERIOD,), lambda row: (row["period__month"],))


def by_person(wanted: Wanted) -> ReadyTable:
    """A row for each currency and person, in order of name; one query."""
    return _table(
        wanted,
        ("engineer__name", "engineer__employee_id", "engineer_id"),
        (_NAME, _NUMBER),
        lambda row: (row["engineer__name"], row["engineer__employee_id"] or ""),
    )


def by_cost_centre(wanted: Wanted) -> ReadyTable:
    """A row for each currency and cost centre, in alphabetical order; one query."""
    return _table(
        wanted,
        ("cost_centre_then",),
        (_COST_CENTRE,),
        lambda row: (row["cost_centre_then"] or NOBODY,),
        places=("cost_centre",),
    )


def by_office(wanted: Wanted) -> ReadyTable:
    """A row for each currency and office, in alphabetical order; one query."""
    return _table(
        wanted,
        ("office_name_then", "office_slug_then"),
        (_OFFICE,),
        lambda row: (row["office_name_then"] or NOBODY,),
        places=("office__name", "office__slug"),
    )


def by_year(wanted: Wanted, year: PayYear, *, until: str) -> ReadyTable:
    """Each month of the year up to `until` in each currency, none left out; two queries.

    Raises:
        compensation.domain.periods.MonthError: `until` is no month.
    """
    months = [month for month in year.months if month <= until]
    if not months:
        return ReadyTable(columns=(_PERIOD, _CURRENCY, *_YEAR[1:]), totals=(), lines=())
    now = _by_month(dataclasses.replace(wanted, since=months[0], until=months[-1]))
    earlier = {month: _a_year_before(month) for month in months}
    before = _by_month(
        dataclasses.replace(wanted, since=earlier[months[0]], until=earlier[months[-1]])
    )
    currencies = sorted({currency for currency, _month in (*now, *before)})
    lines = [
        line for currency in currencies for line in _year_lines(currency, now, before, earlier)
    ]
    columns = (_PERIOD, _CURRENCY, *_YEAR[1:])
    totals = added_up(columns, lines, label=total_label)
    return ReadyTable(
        columns=columns,
        # What has come together by the last month is the sum of the months, not of the column.
        totals=tuple(
            dataclasses.replace(total, cells=(*total.cells[:-1], total.cells[-2]))
            for total in totals
        ),
        lines=tuple(lines),
    )


def by_page(wanted: Wanted) -> ReadyTable:
    """A row for each currency and rotation, in order of name; two queries.

    Pages are those in the weeks that the entries are of, so that both sides are the same weeks. An
    adjustment is of no week: it stands in a row of its own.
    """
    entries = entries_wanted(wanted)
    rows = entries.values(
        "currency", "shift__level__rotation__slug", "shift__level__rotation__name"
    ).annotate(weeks=Count("shift_id", distinct=True), amount=sums()["amount"])
    ordered = rows.order_by("currency", "shift__level__rotation__name")
    pages = pages_by_rotation(shift_ids=entries.filter(shift__isnull=False).values("shift_id"))
    lines = [_page_line(row, pages) for row in ordered]
    columns = (_PAGES[0], _CURRENCY, *_PAGES[1:])
    totals = added_up(columns, lines, label=total_label)
    return ReadyTable(
        columns=columns,
        totals=tuple(_with_quotients(total) for total in totals),
        lines=tuple(_with_quotients(line) for line in lines),
    )


def _table(
    wanted: Wanted,
    keys: tuple[str, ...],
    heads: tuple[Column, ...],
    named: Callable[[dict[str, Any]], tuple[str, ...]],
    *,
    places: Iterable[str] = (),
) -> ReadyTable:
    entries = entries_wanted(wanted)
    for place in places:
        entries = with_place(entries, place)
    rows = entries.values("currency", *keys).annotate(**sums()).order_by("currency", *keys)
    first, *rest = heads
    columns = (first, *rest, _CURRENCY, *_SUMS)
    lines = [_line(row, named(row), heads) for row in rows]
    return ReadyTable(
        columns=columns,
        totals=added_up(columns, lines, label=total_label),
        lines=tuple(lines),
    )


def _line(row: dict[str, Any], names: tuple[str, ...], heads: tuple[Column, ...]) -> Line:
    currency = row["currency"]
    amounts = (row[name] for name in ("base", "holidays", "adjustments", "amount"))
    cells: list[Cell] = [*names, currency, row["entries"], row["seconds"]]
    cells.extend(Amount(minor=minor, currency=currency) for minor in amounts)
    return Line(
        currency=currency,
        cells=tuple(cells),
        weight=row["amount"],
        drill=_drill(row, names, heads),
    )


def _drill(
    row: dict[str, Any], names: tuple[str, ...], heads: tuple[Column, ...]
) -> tuple[tuple[str, str], ...]:
    """What asks for exactly this row's entries; empty where nothing names them."""
    currency = ("currency", row["currency"])
    if heads[0] is _PERIOD:
        return (("since", names[0]), ("until", names[0]), currency)
    if heads[0] is _NAME:
        return (("person", names[1]), currency) if names[1] else ()
    if heads[0] is _OFFICE:
        slug = row["office_slug_then"]
        return (("office", slug), currency) if slug else ()
    return (("cost_centre", names[0]), currency) if row["cost_centre_then"] else ()


def _by_month(wanted: Wanted) -> dict[tuple[str, str], int]:
    rows = entries_wanted(wanted).values("currency", "period__month")
    summed = rows.annotate(amount=sums()["amount"]).order_by("currency", "period__month")
    return {(row["currency"], row["period__month"]): row["amount"] for row in summed}


def _a_year_before(month: str) -> str:
    year, _dash, number = month.partition("-")
    return f"{int(year) - 1:04d}-{number}"


def _year_lines(
    currency: str,
    now: dict[tuple[str, str], int],
    before: dict[tuple[str, str], int],
    earlier: dict[str, str],
) -> list[Line]:
    lines, to_date = [], 0
    for month, month_before in earlier.items():
        amount = now.get((currency, month), 0)
        to_date += amount
        amounts = (before.get((currency, month_before), 0), amount, to_date)
        lines.append(
            Line(
                currency=currency,
                cells=(
                    month,
                    currency,
                    *(Amount(minor=minor, currency=currency) for minor in amounts),
                ),
                weight=amount,
                drill=(("since", month), ("until", month), ("currency", currency))
                if amount
                else (),
            )
        )
    return lines


def _page_line(row: dict[str, Any], pages: dict[str, int]) -> Line:
    slug, currency = row["shift__level__rotation__slug"], row["currency"]
    return Line(
        currency=currency,
        cells=(
            row["shift__level__rotation__name"] or "Adjustments",
            currency,
            row["weeks"],
            pages.get(slug, 0) if slug else 0,
            None,
            Amount(minor=row["amount"], currency=currency),
            None,
        ),
        weight=row["amount"],
        drill=(("rotation", slug), ("currency", currency)) if slug else (),
    )


def _with_quotients(line: Line) -> Line:
    """The line with pages a week and what a page cost; neither where there is nothing to divide."""
    name, currency, weeks, pages, _none, cost, _none_either = line.cells
    if not (isinstance(weeks, int) and isinstance(pages, int) and isinstance(cost, Amount)):
        raise TypeError("a line of cost per page has counts and a cost")
    a_week = money.half_up(100 * pages, weeks) if weeks else None
    each = _quotient(cost.minor, pages)
    a_page = None if each is None else Amount(minor=each, currency=cost.currency)
    return dataclasses.replace(line, cells=(name, currency, weeks, pages, a_week, cost, a_page))


def _quotient(minor: int, pages: int) -> int | None:
    if not pages:
        return None
    rounded = money.half_up(abs(minor), pages)
    return -rounded if minor < 0 else rounded
