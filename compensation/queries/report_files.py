"""Files of reports: those that wait for a worker, and how far each of a reader's is."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.http import urlencode

from compensation.domain.reports import ABOUT, Ask, Report
from compensation.models import ReportFile

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

MOST = 50
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WAITING = [ReportFile.State.QUEUED, ReportFile.State.RUNNING]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FileLine:
    """One file without its bytes; `asked` are the names and texts that it was asked with."""

    report_file_id: int
    report: Report
    format: str
    state: str
    asked: dict[str, str]
    asked_at: dt.datetime
    done: int
    total: int
    finished_at: dt.datetime | None
    expires_at: dt.datetime | None
    file_name: str
    sha256: str
    failure: str

    @property
    def title(self) -> str:
        """The report's name for people."""
        return ABOUT[self.report].title

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.state == ReportFile.State.READY

    @property
    def is_waiting(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.state in WAITING

    @property
    def words(self) -> list[str]:
        """What it was asked with: `since 2026-01`, `cost centre ENG-110`."""
        shown = {name: text for name, text in self.asked.items() if not self._is_of_year(name)}
        return [f"{name.replace('_', ' ')} {text}" for name, text in shown.items()]

    @property
    def query(self) -> str:
        """What asks the page for the same; an instant is not among it."""
        kept = {ask.value for ask in ABOUT[self.report].asks} - {Ask.AT.value}
        return urlencode({name: text for name, text in self.asked.items() if name in kept})

    def _is_of_year(self, name: str) -> bool:
        """Whether it only says the months of a year that is named."""
        return Ask.YEAR in self.asked and name in {Ask.SINCE, Ask.UNTIL}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StoredReport:
    """A file as it is handed out."""

    content: bytes
    content_type: str
    file_name: str
    sha256: str


def file_lines(rows: QuerySet[ReportFile]) -> list[FileLine]:
    """The files as lines, in their order; one query, which reads no bytes."""
    return [_line(row) for row in rows.defer("content")]


def stored(row: ReportFile) -> StoredReport:
    """The bytes of a file that is ready, and what they are."""
    return StoredReport(
        content=bytes(row.content or b""),
        content_type=CONTENT_TYPES[row.format],
        file_name=row.file_name,
        sha256=row.sha256,
    )


def waiting_ids(*, real_now: dt.datetime) -> list[int]:
    """Files that no worker has now, the longest waiting first."""
    free = ReportFile.objects.filter(state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    return list(free.order_by("asked_at", "pk").values_list("pk", flat=True)[:MOST])


def _line(row: ReportFile) -> FileLine:
    return FileLine(
        report_file_id=row.pk,
        report=Report(row.report),
        format=row.format,
        state=row.state,
        asked=row.asked,
        asked_at=row.asked_at,
        done=row.done,
        total=row.total,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
        file_name=row.file_name,
        sha256=row.sha256,
        failure=row.failure,
    )
