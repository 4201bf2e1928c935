"""What stands in one cell of a file: typed, so that CSV and spreadsheets say the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
from collections.abc import Sequence

from compensation.domain import keys, money
from compensation.domain.csv_text import neutralised


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """Whole minor units of a currency."""

    minor: int
    currency: str


Cell = str | int | decimal.Decimal | dt.date | dt.datetime | Amount | None
Row = Sequence[Cell]


def as_text(cell: Cell) -> str:
    """The cell as CSV has it: instants in UTC, a decimal point, formula characters disarmed."""
    if isinstance(cell, Amount):
        return money.format_amount(cell.minor, cell.currency)
    if isinstance(cell, dt.datetime):
        return keys.instant_text(cell)
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else neutralised(cell) if isinstance(cell, str) else str(cell)


def texts(row: Row) -> tuple[str, ...]:
    """Every cell of a row as text, in order."""
    return tuple(as_text(cell) for cell in row)
