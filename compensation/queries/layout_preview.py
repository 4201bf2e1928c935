"""What a file would look like by a layout that is not saved yet, with the newest real entries."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from compensation.domain import layout_content, layout_rows
from compensation.domain.cells import texts
from compensation.models import Entry, PayPeriod
from compensation.queries.exporting import first_lines

if TYPE_CHECKING:
    from compensation.domain.layout_rows import Layout

MOST_ROWS = 8
MOST_ENTRIES = 200
_VERSION = 1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """The header and some rows as text; `month` is empty while nothing was ever posted.

    `is_open` says whether the month has a provisional file.
    `faults` say why there is none, by part of the layout. `left_out` counts the entries looked at
    that do not belong into the file: of another office or currency.
    """

    month: str = ""
    is_open: bool = False
    file_name: str = ""
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0
    faults: tuple[str, ...] = ()


def layout_preview(*, layout: Layout) -> Preview:
    """The first rows of the newest month that has entries; a few queries, however long it is."""
    try:
        layout_content.check(layout.content)
    except layout_content.LayoutError as error:
        return Preview(faults=tuple(error.fields.values()))
    month, is_open = _newest_month()
    lines = first_lines(month=month, most=MOST_ENTRIES) if month else []
    own = layout_rows.lines_of(layout, lines)
    named = layout_rows.file_name(layout, month=month or "0000-00", version=_VERSION)
    by_employee = itertools.groupby(own, key=lambda line: line.employee_id)
    rows = (
        texts(row)
        for _, group in by_employee
        for row in layout_rows.rows_of(layout, list(group), batch=f"rota-{month}-v{_VERSION}")
    )
    return Preview(
        month=month,
        is_open=is_open,
        file_name=named if month else "",
        headings=layout.headings,
        rows=tuple(itertools.islice(rows, MOST_ROWS)),
        left_out=len(lines) - len(own),
    )


def _newest_month() -> tuple[str, bool]:
    """The newest month that has entries, and whether it is open; no text when there is none."""
    posted = Entry.objects.filter(period=OuterRef("pk"))
    period = PayPeriod.objects.filter(Exists(posted)).order_by("-month").first()
    return (period.month, period.state == PayPeriod.State.OPEN) if period else ("", False)
