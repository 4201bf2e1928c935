"""Making the file of a report: row by row under a lease, outside any transaction."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from typing import TYPE_CHECKING

from common.keeping import Keeper
from compensation.domain.keys import instant_text
from compensation.domain.reports import ABOUT, Report, Wanted
from compensation.operations import report_files
from compensation.queries import reports
from compensation.rendering.csv_files import CsvFile
from compensation.rendering.workbook import Column, Workbook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from common.clocks import Clocks
    from compensation.domain.reports import Line
    from compensation.models import ReportFile
    from compensation.queries.report_tables import Table

# A file is one value in the database: what is longer is asked for in parts.
MOST_ROWS = 250_000
BROKEN = "Something broke while it was made. Nothing is lost; ask again, or tell an admin."

log = logging.getLogger(__name__)


class TooLongError(Exception):
    """The report has more rows than a file may have; the message says what to do."""


@dataclasses.dataclass(kw_only=True, slots=True)
class _Progress:
    """How many rows are written: counted by the one who writes, read by the lease's keeper."""

    done: int = 0
    total: int = 0


def make_report(*, report_file_id: int, holder: str, clocks: Clocks, starts_in: int) -> bool:
    """Claim and make one waiting file; False when there was nothing to do for us.

    Fiscal years begin in the month `starts_in`.
    """
    row = report_files.claim_report(
        report_file_id=report_file_id,
        now=clocks.now(),
        real_now=clocks.real_now(),
        holder=holder,
    )
    if row is None:
        return False
    progress = _Progress()
    try:
        with _keeper(row, holder, clocks, progress) as keeper:
            content = _content(
                row, progress, starts_in=starts_in, now=clocks.now(), is_lost=keeper.is_lost
            )
    except (TooLongError, ValueError, LookupError, TypeError) as error:
        return _failed(row, holder, error, clocks)
    return content is not None and report_files.finish_report(
        report_file_id=row.pk,
        holder=holder,
        file_name=file_name(row, now=clocks.now()),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=progress.done,
        now=clocks.now(),
    )


def file_name(row: ReportFile, *, now: dt.datetime) -> str:
    """A name that sorts by report, what was asked and when: `rota-report-people-2026-01-to-…`."""
    wanted = Wanted.from_texts(row.asked)
    asked = wanted.year
    if not asked and wanted.since:
        same = wanted.since == wanted.until
        asked = wanted.since if same else f"{wanted.since}-to-{wanted.until}"
    parts = ["rota-report", row.report, asked, f"{now:%Y%m%dT%H%M%SZ}"]
    return f"{'-'.join(part for part in parts if part)}.{row.format}"


def _failed(row: ReportFile, holder: str, error: Exception, clocks: Clocks) -> bool:
    """Say what stood in the way; what nobody foresaw is logged, and not repeated for ever."""
    failure = str(error) if isinstance(error, TooLongError) else BROKEN
    if failure == BROKEN:
        log.error("report file %s could not be made", row.pk, exc_info=error)
    return report_files.fail_report(
        report_file_id=row.pk, holder=holder, failure=failure, now=clocks.now()
    )


def _keeper(row: ReportFile, holder: str, clocks: Clocks, progress: _Progress) -> Keeper:
    def tell() -> bool:
        return report_files.tell_progress(
            report_file_id=row.pk, holder=holder, done=progress.done, total=progress.total
        )

    def renew(real_now: dt.datetime) -> bool:
        return report_files.renew_report(report_file_id=row.pk, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=tell, renew=renew)


def _content(
    row: ReportFile,
    progress: _Progress,
    *,
    starts_in: int,
    now: dt.datetime,
    is_lost: Callable[[], bool],
) -> bytes | None:
    """The file's bytes; None when somebody else took it over.

    Raises:
        TooLongError: it would have too many rows.
    """
    report = Report(row.report)
    table = reports.report_table(report, Wanted.from_texts(row.asked), starts_in=starts_in)
    if table.count > MOST_ROWS:
        raise TooLongError(
            f"It would have {table.count:,} rows. Ask for fewer months: a file takes {MOST_ROWS:,}."
        )
    progress.total = table.count
    if row.format == "csv":
        return _csv(table, progress, is_lost)
    return _xlsx(row, table, progress, now=now, is_lost=is_lost)


def _csv(table: Table, progress: _Progress, is_lost: Callable[[], bool]) -> bytes | None:
    file = CsvFile([column.name for column in table.columns])
    if not _each(table, progress, is_lost, lambda line: file.add(line.cells)):
        return None
    return file.content()


def _xlsx(
    row: ReportFile,
    table: Table,
    progress: _Progress,
    *,
    now: dt.datetime,
    is_lost: Callable[[], bool],
) -> bytes | None:
    """Three sheets: the rows, the totals, and what was asked when."""
    heads = [Column(heading=column.name) for column in table.columns]
    title = ABOUT[Report(row.report)].title
    book = Workbook(title=title, made_at=now)
    sheet = book.sheet("Report", heads)
    if not _each(table, progress, is_lost, lambda line: sheet.add(line.cells)):
        return None
    totals = book.sheet("Totals", heads)
    for total in table.totals:
        totals.add(total.cells)
    about = book.sheet("About", [Column(heading="what"), Column(heading="value", width=40)])
    about.add(("report", title))
    for name, text in row.asked.items():
        about.add((name, text))
    about.add(("rows", sheet.rows))
    about.add(("made_at", instant_text(now)))
    return book.content()


def _each(
    table: Table,
    progress: _Progress,
    is_lost: Callable[[], bool],
    add: Callable[[Line], None],
) -> bool:
    """Write every row; False when somebody else took the file over meanwhile."""
    for line in table.every():
        if is_lost():
            return False
        add(line)
        progress.done += 1
        # Rows that came after they were counted are in the file too.
        progress.total = max(progress.total, progress.done)
    return True
