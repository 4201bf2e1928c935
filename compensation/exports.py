"""Files handed to payroll: stored bytes of a closed month, a provisional file of an open one."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from common.refusals import RefusedError
from compensation.domain import periods
from compensation.queries.exporting import lines_by_employee
from compensation.queries.layouts import layout_line
from compensation.queries.periods import period_line, stored_export
from compensation.rendering import month_files, workbook

if TYPE_CHECKING:
    import datetime as dt

BOM = b"\xef\xbb\xbf"
CSV, XLSX = month_files.CSV, month_files.XLSX
DETAIL, SUMMARY = month_files.DETAIL, month_files.SUMMARY
LAYOUTS = (DETAIL, SUMMARY)
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", XLSX: workbook.CONTENT_TYPE}


class ExportUnknownError(RefusedError):
    """There is no such month, layout or format."""

    code = "EXPORT_UNKNOWN"


class PeriodUnknownError(RefusedError):
    """No entry was ever posted to the month, and nobody closed it."""

    code = "PERIOD_UNKNOWN"
    status = 404


class ExportMissingError(RefusedError):
    """The month is closed, and its stored files have none like this."""

    code = "EXPORT_MISSING"
    status = 404


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ExportFile:
    """A file to hand out; `sha256` is that of `content`."""

    format: str
    file_name: str
    content: bytes
    sha256: str
    is_provisional: bool

    @property
    def content_type(self) -> str:
        """What the bytes are, for HTTP."""
        return CONTENT_TYPES[self.format]


def export_file(
    *,
    month: str,
    now: dt.datetime,
    layout: str = DETAIL,
    file_format: str = CSV,
    version: int | None = None,
) -> ExportFile:
    """The month's file: the stored bytes once it is closed, the newest version unless one is named.

    While it is open the file is made now, and its name ends in `-PROVISIONAL`; a version of a month
    that was opened again is still the stored one. One workbook holds both the detail and the
    summary.

    Raises:
        ExportUnknownError: an unknown month, layout or format.
        PeriodUnknownError: the month has no row.
        ExportMissingError: nothing of this kind or version was stored for it.
    """
    _check(month=month, layout=layout, file_format=file_format)
    period = period_line(month=month)
    if period is None:
        raise PeriodUnknownError(f"Nothing is posted to {month}.")
    if not period.is_closed and version is None:
        return _provisional(month=month, layout=layout, file_format=file_format, now=now)
    kept_as = DETAIL if file_format == XLSX else layout
    stored = stored_export(month=month, layout=kept_as, file_format=file_format, version=version)
    if stored is None:
        raise ExportMissingError(f"{month} has no such file.")
    return ExportFile(
        format=file_format,
        file_name=stored.file_name,
        content=stored.content,
        sha256=stored.sha256,
        is_provisional=False,
    )


def with_bom(file: ExportFile) -> ExportFile:
    """A CSV file with the three bytes in front that some spreadsheets want, and nothing else."""
    if file.format != CSV:
        return file
    content = BOM + file.content
    return dataclasses.replace(file, content=content, sha256=hashlib.sha256(content).hexdigest())


def _check(*, month: str, layout: str, file_format: str) -> None:
    fields = {}
    try:
        periods.last_day(month)
    except periods.MonthError as error:
        fields["period"] = f"{error}."
    if layout not in LAYOUTS and layout_line(slug=layout) is None:
        fields["layout"] = f"The layout is {DETAIL}, {SUMMARY} or one of yours."
    if file_format not in CONTENT_TYPES:
        fields["format"] = f"The format is {CSV} or {XLSX}."
    elif file_format == XLSX and layout not in LAYOUTS:
        fields["format"] = f"A layout of yours is {CSV} alone."
    if fields:
        raise ExportUnknownError(" ".join(fields.values()), fields=fields)


def _provisional(*, month: str, layout: str, file_format: str, now: dt.datetime) -> ExportFile:
    making = month_files.Making(month=month, version=0, made_by="", made_at=now)
    files = month_files.MonthFiles(making)
    if file_format == XLSX:
        files.with_workbook()
    elif layout in LAYOUTS:
        files.with_csv(layout)
    elif line := layout_line(slug=layout):
        files.with_layout(line.layout)
    for lines in lines_by_employee(month=month):
        files.add(lines)
    file = next(files.files())
    return ExportFile(
        format=file.format,
        file_name=file.file_name,
        content=file.content,
        sha256=file.sha256,
        is_provisional=True,
    )
