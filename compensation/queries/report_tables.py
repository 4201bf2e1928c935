"""A report as a table: at hand as a whole, or read from the ledger a stretch at a time."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Protocol

from compensation.domain.cells import Amount
from compensation.domain.reports import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from compensation.domain.cells import Cell
    from compensation.domain.reports import Column, Line
    from compensation.models import Entry

CHUNK = 1000


class Table(Protocol):
    """The rows of a report and its totals, never one over two currencies."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """One for each cell of a line."""

    @property
    def totals(self) -> tuple[Line, ...]:
        """A line for each currency."""

    @property
    def count(self) -> int:
        """How many rows there are."""

    @property
    def in_groups(self) -> bool:
        """Whether rows of one currency stand together."""

    def part(self, first: int, last: int) -> list[Line]:
        """Rows number `first` to `last`, not included, counted from 0."""

    def every(self) -> Iterator[Line]:
        """All rows in order; memory does not grow with them."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReadyTable:
    """A table whose rows are few enough to be at hand."""

    columns: tuple[Column, ...]
    totals: tuple[Line, ...]
    lines: tuple[Line, ...]
    in_groups: bool = True

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def part(self, first: int, last: int) -> list[Line]:
        """Rows number `first` to `last`, not included, counted from 0."""
        return list(self.lines[first:last])

    def every(self) -> Iterator[Line]:
        """All rows in order."""
        return iter(self.lines)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LedgerTable:
    """A row for each entry, in order of number; `read` makes lines of some of them, in order."""

    columns: tuple[Column, ...]
    totals: tuple[Line, ...]
    count: int
    entries: QuerySet[Entry]
    read: Callable[[Sequence[Entry]], list[Line]]
    in_groups: bool = False

    def part(self, first: int, last: int) -> list[Line]:
        """Rows number `first` to `last`, not included, counted from 0."""
        return self.read(list(self.entries.order_by("number")[first:last]))

    def every(self) -> Iterator[Line]:
        """All rows in order, a thousand read at a time by the number after the last one."""
        after = 0
        while True:
            rows = list(self.entries.filter(number__gt=after).order_by("number")[:CHUNK])
            if not rows:
                return
            yield from self.read(rows)
            after = rows[-1].number


def added_up(
    columns: Sequence[Column], lines: Iterable[Line], *, label: Callable[[str], str]
) -> tuple[Line, ...]:
    """A line for each currency with the sums of its figures; texts stay empty but the first.

    The lines stand together by currency.
    """
    groups = itertools.groupby(lines, key=lambda line: line.currency)
    return tuple(_total(columns, currency, list(rows), label) for currency, rows in groups)


def _total(
    columns: Sequence[Column],
    currency: str,
    rows: Sequence[Line],
    label: Callable[[str], str],
) -> Line:
    cells: list[Cell] = [label(currency)]
    for place, column in enumerate(columns[1:], start=1):
        cells.append(_sum(column, [row.cells[place] for row in rows], currency))
    return dataclasses.replace(rows[0], cells=tuple(cells), weight=0, drill=())


def _sum(column: Column, cells: Sequence[Cell], currency: str) -> Cell:
    if column.kind is Kind.AMOUNT:
        return Amount(
            minor=sum(cell.minor for cell in cells if isinstance(cell, Amount)), currency=currency
        )
    if column.kind in {Kind.COUNT, Kind.HOURS}:
        return sum(cell for cell in cells if isinstance(cell, int))
    return None
