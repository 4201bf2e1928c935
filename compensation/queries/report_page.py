"""A report as its page shows it: rows with bars, totals by currency, a chart over months."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from django.utils.http import urlencode

from common import wording
from compensation.domain import periods
from compensation.domain.cells import Amount
from compensation.domain.reports import ABOUT, Ask, Kind, Report
from compensation.queries.pages import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compensation.domain.cells import Cell
    from compensation.domain.reports import About, Column, Line, Wanted
    from compensation.queries.report_tables import Table

BAR = 260
CHART_WIDTH, CHART_HEIGHT, CHART_FOOT = 720, 140, 24
MOST_LABELS = 13
_OVER_MONTHS = {Report.PERIODS, Report.YEAR}
_OWN_SUM = ("amount", "accrued")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownCell:
    """One cell with its column; months are in words already."""

    column: Column
    value: Cell
    is_first: bool

    @property
    def kind(self) -> str:
        """How it is written; nothing for an empty cell."""
        return "" if self.value is None else self.column.kind.value

    @property
    def is_negative(self) -> bool:
        """Whether it is an amount below zero."""
        return isinstance(self.value, Amount) and self.value.minor < 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """One row; `bar` is a length in a picture 260 wide, `drill` is a query for its entries."""

    currency: str
    cells: tuple[ShownCell, ...]
    bar: int
    is_below_zero: bool
    drill: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownGroup:
    """Rows of one currency; empty where no amount is counted or rows of several stand mixed."""

    currency: str
    lines: tuple[ShownLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar of a chart, in the picture's own units; `is_old` is of the year before."""

    x: int
    y: int
    width: int
    height: int
    is_old: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """The months of one currency as bars over a line at zero; labels are `(x, text)`."""

    currency: str
    bars: tuple[Bar, ...]
    labels: tuple[tuple[int, str], ...]
    zero: int
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT + CHART_FOOT


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReportPage:
    """A report's page. `sums` are the totals in money; `number` counts from 1 to `pages`."""

    report: Report
    about: About
    wanted: Wanted
    columns: tuple[Column, ...]
    groups: tuple[ShownGroup, ...]
    totals: tuple[ShownLine, ...]
    sums: tuple[Amount, ...]
    charts: tuple[Chart, ...]
    has_bars: bool
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """Which row of all stands first here; 0 without any."""
        return (self.number - 1) * SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Which row of all stands last here."""
        return min(self.number * SIZE, self.total)

    @property
    def before(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the next page."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def has_drills(self) -> bool:
        """Whether any row leads to its entries."""
        return any(line.drill for group in self.groups for line in group.lines)

    @property
    def width(self) -> int:
        """How many columns the table has on the page."""
        return len(self.columns) + self.has_bars + self.has_drills

    @property
    def span(self) -> str:
        """The months in words: `November 2026`, `January 2026 to November 2026`."""
        first, last = (
            wording.month(periods.first_day(month)) if month else ""
            for month in (self.wanted.since, self.wanted.until)
        )
        return first if first == last else f"{first} to {last}"

    @property
    def seconds(self) -> int:
        """The hours of all rows, where they are not money."""
        cells = [cell for line in self.totals for cell in line.cells]
        hours = [cell.value for cell in cells if cell.column.kind is Kind.HOURS]
        return sum(value for value in hours if isinstance(value, int))


def report_page(report: Report, table: Table, wanted: Wanted, *, number: int) -> ReportPage:
    """The page of a report with that number, the nearest one when there is none."""
    pages = max(1, -(-table.count // SIZE))
    number = min(max(number, 1), pages)
    lines = table.part((number - 1) * SIZE, number * SIZE)
    has_bars = table.in_groups and report not in _OVER_MONTHS and any(line.weight for line in lines)
    return ReportPage(
        report=report,
        about=ABOUT[report],
        wanted=wanted,
        columns=tuple(column for column in table.columns if column.heading),
        groups=_groups(table, lines, _asked(wanted)),
        totals=tuple(_shown(table.columns, line, {}, widest=0) for line in table.totals),
        sums=tuple(_own_sum(table.columns, line) for line in table.totals if line.currency),
        charts=tuple(_charts(table)) if report in _OVER_MONTHS else (),
        has_bars=has_bars,
        number=number,
        pages=pages,
        total=table.count,
    )


def _asked(wanted: Wanted) -> dict[str, str]:
    """What a row's entries are asked with beside what names the row."""
    texts = wanted.as_texts()
    return {name: text for name, text in texts.items() if name not in {Ask.YEAR, Ask.AT}}


def _groups(
    table: Table, lines: Sequence[Line], asked: Mapping[str, str]
) -> tuple[ShownGroup, ...]:
    if not table.in_groups:
        shown = tuple(_shown(table.columns, line, asked, widest=0) for line in lines)
        return (ShownGroup(currency="", lines=shown),) if shown else ()
    found = []
    for currency, some in itertools.groupby(lines, key=lambda line: line.currency):
        rows = list(some)
        widest = max(abs(line.weight) for line in rows)
        shown = tuple(_shown(table.columns, line, asked, widest=widest) for line in rows)
        found.append(ShownGroup(currency=currency, lines=shown))
    return tuple(found)


def _shown(
    columns: Sequence[Column], line: Line, asked: Mapping[str, str], *, widest: int
) -> ShownLine:
    pairs = [
        (column, cell) for column, cell in zip(columns, line.cells, strict=True) if column.heading
    ]
    return ShownLine(
        currency=line.currency,
        cells=tuple(
            ShownCell(column=column, value=_in_words(column, cell), is_first=not place)
            for place, (column, cell) in enumerate(pairs)
        ),
        bar=abs(line.weight) * BAR // widest if widest else 0,
        is_below_zero=line.weight < 0,
        drill=urlencode({**asked, **dict(line.drill)}) if line.drill else "",
    )


def _in_words(column: Column, cell: Cell) -> Cell:
    if column.kind is Kind.MONTH and isinstance(cell, str):
        try:
            return wording.month(periods.first_day(cell))
        except periods.MonthError:  # the first cell of a total
            return cell
    return cell


def _own_sum(columns: Sequence[Column], total: Line) -> Amount:
    """What the total of a currency is about."""
    for column, cell in zip(columns, total.cells, strict=True):
        if column.name in _OWN_SUM and isinstance(cell, Amount):
            return cell
    raise LookupError("a total in money has an amount")


def _charts(table: Table) -> Iterable[Chart]:
    names = [column.name for column in table.columns]
    lines = table.part(0, table.count)
    for currency, some in itertools.groupby(lines, key=lambda line: line.currency):
        rows = list(some)
        if len(rows) > 1:
            yield _chart(currency, rows, names)


def _chart(currency: str, rows: Sequence[Line], names: Sequence[str]) -> Chart:
    now = [_minor(row, names, "amount") for row in rows]
    old = [_minor(row, names, "before") for row in rows] if "before" in names else []
    top, bottom = max([0, *now, *old]), min([0, *now, *old])
    reach = max(1, top - bottom)
    zero = CHART_HEIGHT * top // reach
    slot = CHART_WIDTH // len(rows)
    width = max(2, slot * (35 if old else 70) // 100)
    bars = []
    for place, minor in enumerate(now):
        x = place * slot + slot * 15 // 100
        if old:
            bars.append(_bar(x, width, old[place], zero, reach, is_old=True))
            x += width
        bars.append(_bar(x, width, minor, zero, reach))
    step = -(-len(rows) // MOST_LABELS)
    labels = [
        (place * slot + slot // 2, _short(str(row.cells[0])))
        for place, row in enumerate(rows)
        if not place % step
    ]
    return Chart(currency=currency, bars=tuple(bars), labels=tuple(labels), zero=zero)


def _bar(x: int, width: int, minor: int, zero: int, reach: int, *, is_old: bool = False) -> Bar:
    height = CHART_HEIGHT * abs(minor) // reach
    return Bar(
        x=x, y=zero - height if minor > 0 else zero, width=width, height=height, is_old=is_old
    )


def _minor(row: Line, names: Sequence[str], name: str) -> int:
    cell = row.cells[names.index(name)]
    return cell.minor if isinstance(cell, Amount) else 0


def _short(month: str) -> str:
    """`Nov`, with the year in January: `Jan 2026`."""
    day = periods.first_day(month)
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"
