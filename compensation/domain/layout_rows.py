"""A month's lines as the rows of a payroll system's file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import zoneinfo
from typing import TYPE_CHECKING

from compensation.domain import keys, money, periods
from compensation.domain.cells import Amount
from compensation.domain.layout_content import DATE_FORMATS, ENTRIES, FIXED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from compensation.domain.cells import Cell, Row
    from compensation.domain.layout_content import Content
    from compensation.domain.layouts import ExportLine

_LAST_SECOND = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A layout ready for use; `office` is the slug of the only one it is for, or empty."""

    slug: str
    office: str
    content: Content

    @property
    def headings(self) -> tuple[str, ...]:
        """The header of the file."""
        return tuple(column.heading for column in self.content.columns)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """The lines of one row, and what the row needs besides them."""

    lines: Sequence[ExportLine]
    layout: Layout
    batch: str

    @property
    def first(self) -> ExportLine:
        return self.lines[0]


def file_name(layout: Layout, *, month: str, version: int) -> str:
    """The name of the file: sorted by month, and told apart by version; 0 is a provisional one."""
    pattern = layout.content.file_name or f"rota-{{month}}-{layout.slug}-v{{version}}"
    if not version:
        pattern = pattern.replace("-v{version}", "").replace("{version}", "00") + "-PROVISIONAL"
    elif version > 1 and "{version}" not in pattern:
        pattern += "-v{version}"
    shown = f"{version:02d}" if layout.content.file_name else str(version)
    named = pattern.replace("{month}", month).replace("{mm}", month[-2:])
    return f"{named.replace('{version}', shown)}.csv"


def lines_of(layout: Layout, lines: Iterable[ExportLine]) -> list[ExportLine]:
    """Those of the lines that belong into the file, in their order."""
    currency = layout.content.currency
    return [
        line
        for line in lines
        if (not layout.office or line.office_slug == layout.office)
        and (not currency or line.currency == currency)
    ]


def rows_of(layout: Layout, lines: Sequence[ExportLine], *, batch: str) -> Iterator[Row]:
    """The rows of one person's lines, which are in order."""
    for group in _groups(layout, lines):
        of_row = _Group(lines=group, layout=layout, batch=batch)
        yield tuple(
            column.text if column.source == FIXED else _cell(column.source, of_row)
            for column in layout.content.columns
        )


def _groups(layout: Layout, lines: Sequence[ExportLine]) -> list[list[ExportLine]]:
    if layout.content.rows == ENTRIES:
        return [[line] for line in lines]
    found: dict[tuple[str, ...], list[ExportLine]] = {}
    for line in lines:
        code = layout.content.code(kind=line.kind, office=line.office_slug)
        place = line.employee_id or line.name, line.cost_centre, line.office, line.currency, code
        found.setdefault(place, []).append(line)
    return [found[place] for place in sorted(found)]


def _cell(source: str, group: _Group) -> Cell:
    value = _SOURCES[source](group)
    if isinstance(value, dt.date):
        return value.strftime(DATE_FORMATS[group.layout.content.date_format])
    return value


def _amount(group: _Group) -> Amount:
    minor = sum(line.amount_minor for line in group.lines)
    return Amount(minor=minor, currency=group.first.currency)


def _paid_seconds(group: _Group) -> int:
    """Of weeks alone: a holiday's supplement is for the same time."""
    return sum(line.seconds for line in group.lines if line.kind == keys.BASE)


def _hours(group: _Group) -> decimal.Decimal:
    seconds = _paid_seconds(group)
    hundredths = money.half_up(abs(seconds), 36)
    return decimal.Decimal(-hundredths if seconds < 0 else hundredths).scaleb(-2)


def _service_from(group: _Group) -> dt.date:
    return min(_day(line, line.segment_start) for line in group.lines)


def _service_to(group: _Group) -> dt.date:
    ends = ((line, line.segment_end) for line in group.lines)
    return max(_day(line, end - _LAST_SECOND if end else None) for line, end in ends)


def _day(line: ExportLine, instant: dt.datetime | None) -> dt.date:
    """The local day of an instant; what has no segment counts on the day it is earned."""
    if instant is None:
        return line.earned_on
    return instant.astimezone(zoneinfo.ZoneInfo(line.time_zone)).date()


def _kind(group: _Group) -> str:
    line = group.first
    is_later = line.reverses is not None or keys.revision_of(line.key) > 1
    return "correction" if is_later or line.kind == keys.ADJUSTMENT else "original"


def _note(group: _Group) -> str:
    line = group.first
    if len(group.lines) > 1:
        return f"On call, {line.period}"
    if line.kind == keys.ADJUSTMENT:
        return "Adjustment"
    what = f"{line.rotation} {line.level}, week of {line.week_date}"
    holiday = keys.holiday_of(line.kind)
    about = f"{what}, holiday {holiday}" if holiday else what
    return about if line.reverses is None else f"{about}, takes back entry {line.reverses}"


_SOURCES: dict[str, Callable[[_Group], Cell]] = {
    "employee_id": lambda group: group.first.employee_id,
    "name": lambda group: group.first.name,
    "cost_centre": lambda group: group.first.cost_centre,
    "office": lambda group: group.first.office,
    "pay_code": lambda group: group.layout.content.code(
        kind=group.first.kind, office=group.first.office_slug
    ),
    "amount": _amount,
    "currency": lambda group: group.first.currency,
    "one": lambda _group: 1,
    "hours": _hours,
    "seconds": _paid_seconds,
    "entries": lambda group: len(group.lines),
    "service_from": _service_from,
    "service_to": _service_to,
    "period": lambda group: group.first.period,
    "period_start": lambda group: periods.first_day(group.first.period),
    "period_end": lambda group: periods.last_day(group.first.period),
    "batch": lambda group: group.batch,
    "note": _note,
    "entry": lambda group: group.first.entry,
    "earned_on": lambda group: group.first.earned_on,
    "rotation": lambda group: group.first.rotation,
    "level": lambda group: group.first.level,
    "week": lambda group: group.first.week_date,
    "kind": _kind,
    "corrects": lambda group: group.first.reverses,
    "rate_version": lambda group: group.first.rate_version,
    "key": lambda group: group.first.key,
}
