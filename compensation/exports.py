"""Files handed to payroll: stored bytes of a closed month, a provisional file of an open one."""

from __future__ import annotations

import dataclasses
import hashlib

from common.refusals import RefusedError
from compensation.domain import layouts, periods
from compensation.queries.ledger import export_lines
from compensation.queries.periods import period_line, stored_export

BOM = b"\xef\xbb\xbf"
CSV = "csv"
DETAIL = "detail"
SUMMARY = "summary"
TABLES = {DETAIL: layouts.detail_table, SUMMARY: layouts.summary_table}
CONTENT_TYPE = "text/csv; charset=utf-8"


class ExportUnknownError(RefusedError):
    """There is no such layout or format."""

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

    file_name: str
    content: bytes
    sha256: str
    is_provisional: bool


def export_file(
    *, month: str, layout: str = DETAIL, file_format: str = CSV, version: int | None = None
) -> ExportFile:
    """The month's file: the stored bytes once it is closed, the newest version unless one is named.

    While it is open the file is made now, and its name ends in `-PROVISIONAL`.

    Raises:
        ExportUnknownError: an unknown month, layout or format.
        PeriodUnknownError: the month has no row.
        ExportMissingError: nothing of this kind or version was stored for it.
    """
    _check(month=month, layout=layout, file_format=file_format)
    period = period_line(month=month)
    if period is None:
        raise PeriodUnknownError(f"Nothing is posted to {month}.")
    if not period.is_closed:
        return _provisional(month=month, layout=layout)
    stored = stored_export(month=month, layout=layout, file_format=file_format, version=version)
    if stored is None:
        raise ExportMissingError(f"{month} has no such file.")
    return ExportFile(
        file_name=stored.file_name,
        content=stored.content,
        sha256=stored.sha256,
        is_provisional=False,
    )


def with_bom(file: ExportFile) -> ExportFile:
    """The same file with the three bytes in front that some spreadsheets want, and nothing else."""
    content = BOM + file.content
    return dataclasses.replace(file, content=content, sha256=hashlib.sha256(content).hexdigest())


def _check(*, month: str, layout: str, file_format: str) -> None:
    fields = {}
    try:
        periods.last_day(month)
    except periods.MonthError as error:
        fields["period"] = f"{error}."
    if layout not in TABLES:
        fields["layout"] = f"The layout is {DETAIL} or {SUMMARY}."
    if file_format != CSV:
        fields["format"] = "The format is csv."
    if fields:
        raise ExportUnknownError(" ".join(fields.values()), fields=fields)


def _provisional(*, month: str, layout: str) -> ExportFile:
    content = TABLES[layout](export_lines(month=month)).as_csv().encode()
    return ExportFile(
        file_name=f"rota-{month}-{layout}-PROVISIONAL.csv",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        is_provisional=True,
    )
