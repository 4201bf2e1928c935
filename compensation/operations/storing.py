"""The files of a closed month, made in one pass over its entries and kept as bytes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import fault_points
from compensation.models import Export
from compensation.queries.exporting import lines_by_employee
from compensation.queries.layouts import layouts_in_use
from compensation.rendering.month_files import DETAIL, SUMMARY, Making, MonthFiles

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.models import PayPeriod
    from compensation.rendering.month_files import RenderedFile


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StoredFiles:
    """What was stored: fingerprints by file name, entries, minor units by currency."""

    version: int
    fingerprints: dict[str, str]
    entries: int
    totals: dict[str, int]


def store_files(*, period: PayPeriod, actor: Actor, now: dt.datetime) -> StoredFiles:
    """Make and keep every file of the month as its next version.

    Call it within the transaction that closes the month, under the locks that posting takes.
    """
    version = Export.objects.filter(period=period).values("version").distinct().count() + 1
    making = Making(month=period.month, version=version, made_by=actor.name, made_at=now)
    fingerprints = {}
    files = MonthFiles(making)
    files.with_csv(DETAIL)
    files.with_csv(SUMMARY)
    files.with_workbook()
    for one in layouts_in_use():
        files.with_layout(one.layout)
    for lines in lines_by_employee(month=period.month):
        files.add(lines)
    for file in files.files():
        _store(file, period=period, making=making)
        fingerprints[file.file_name] = file.sha256
        fault_points.pass_by("file-stored")
    return StoredFiles(
        version=version,
        fingerprints=fingerprints,
        entries=files.totals.entries,
        totals=files.totals.minor(),
    )


def _store(file: RenderedFile, *, period: PayPeriod, making: Making) -> None:
    Export.objects.create(
        period=period,
        version=making.version,
        layout=file.layout,
        format=file.format,
        file_name=file.file_name,
        content=file.content,
        sha256=file.sha256,
        row_count=file.row_count,
        totals=file.totals,
        created_at=making.made_at,
        created_by=making.made_by,
    )
