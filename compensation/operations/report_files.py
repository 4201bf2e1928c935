"""Reports as files: asked for, made by a worker under a lease, fetched, and thrown away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from audit.operations import Actor, Area, record
from common.refusals import RefusedError
from compensation.domain.reports import ABOUT, Report
from compensation.models import ReportFile
from outbox.operations import queue_message
from volunteers.models import Engineer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from compensation.domain.reports import Wanted

LEASE = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=7)
# Whoever waited longer than this has gone on to something else, and gets a mail.
PATIENCE = dt.timedelta(minutes=1)
MOST_TRIES = 3
MOST_WAITING = 5
FORMATS = ("csv", "xlsx")
WAITING = [ReportFile.State.QUEUED, ReportFile.State.RUNNING]
SWEEP = Actor.sweep("reports")
INTERRUPTED = f"It was interrupted {MOST_TRIES} times. Ask for fewer months."


class ReportFormatError(RefusedError):
    """There are no files of that kind."""

    code = "REPORT_FORMAT_UNKNOWN"


class ReportsWaitError(RefusedError):
    """Several files of theirs are being made already."""

    code = "REPORTS_WAIT"
    status = 409


class ReportNotReadyError(RefusedError):
    """The file is not made yet, could not be made, or was thrown away."""

    code = "REPORT_NOT_READY"
    status = 409


def ask_report(
    *, report: Report, file_format: str, wanted: Wanted, actor: Actor, now: dt.datetime
) -> int:
    """Ask for a report as a file, and return its id; the same one that waits serves as well.

    Raises:
        ReportFormatError: the format is neither csv nor xlsx.
        ReportsWaitError: as many of theirs wait as may.
    """
    if file_format not in FORMATS:
        message = "The format is csv or xlsx."
        raise ReportFormatError(message, fields={"format": message})
    asked = wanted.as_texts()
    with transaction.atomic():
        # Of two clicks at once the second sees the first one's file.
        Engineer.objects.select_for_update().get(pk=actor.person_id)
        mine = ReportFile.objects.filter(asked_by_id=actor.person_id, state__in=WAITING)
        same = mine.filter(report=report, format=file_format, asked=asked).first()
        if same is not None:
            return same.pk
        if mine.count() >= MOST_WAITING:
            raise ReportsWaitError(
                f"{MOST_WAITING} files of yours are being made. Wait for one of them."
            )
        row = ReportFile.objects.create(
            report=report,
            format=file_format,
            asked=asked,
            asked_by_id=actor.person_id,
            asked_at=now,
        )
        record(
            actor=actor,
            now=now,
            area=Area.MONEY,
            verb="asked for",
            subject=subject_of(row),
            after=_in_audit(row),
        )
    return row.pk


def claim_report(
    *, report_file_id: int, now: dt.datetime, real_now: dt.datetime, holder: str
) -> ReportFile | None:
    """Take a waiting file for a minute; None when another worker has it or it is over."""
    free = ReportFile.objects.filter(pk=report_file_id, state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if free.filter(tries__gte=MOST_TRIES).update(
        state=ReportFile.State.FAILED,
        finished_at=now,
        leased_until=None,
        failure=INTERRUPTED,
    ):
        return None
    if not free.update(
        state=ReportFile.State.RUNNING,
        tries=F("tries") + 1,
        done=0,
        total=0,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    ):
        return None
    return ReportFile.objects.get(pk=report_file_id)


def renew_report(*, report_file_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the file for another minute; False when somebody else took it over."""
    return bool(_held(report_file_id, holder).update(leased_until=real_now + LEASE))


def tell_progress(*, report_file_id: int, holder: str, done: int, total: int) -> bool:
    """Say how many rows are written; False when somebody else took the file over."""
    return bool(_held(report_file_id, holder).update(done=min(done, total), total=total))


def finish_report(  # noqa: PLR0913 - what a finished file is
    *,
    report_file_id: int,
    holder: str,
    file_name: str,
    content: bytes,
    sha256: str,
    rows: int,
    now: dt.datetime,
) -> bool:
    """Keep the bytes for a week, and tell a reader who waited long; False when it was lost."""
    with transaction.atomic():
        if not _held(report_file_id, holder).update(
            state=ReportFile.State.READY,
            file_name=file_name,
            content=content,
            sha256=sha256,
            done=rows,
            total=rows,
            finished_at=now,
            expires_at=now + KEPT,
            leased_until=None,
            lease_holder="",
        ):
            return False
        _tell(report_file_id, now=now)
    return True


def fail_report(*, report_file_id: int, holder: str, failure: str, now: dt.datetime) -> bool:
    """Note what stood in the way, in the reader's words."""
    return bool(
        _held(report_file_id, holder).update(
            state=ReportFile.State.FAILED,
            failure=failure[:500],
            finished_at=now,
            leased_until=None,
            lease_holder="",
        )
    )


def fetch_report(*, row: ReportFile, actor: Actor, now: dt.datetime) -> None:
    """Put on record that somebody takes the file with them.

    Raises:
        ReportNotReadyError: there is no file to take.
    """
    if row.state != ReportFile.State.READY:
        raise ReportNotReadyError(
            "This file is not ready. Files are kept for a week; ask for it again if you need it."
        )
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="downloaded",
        subject=subject_of(row),
        after={**_in_audit(row), "file": row.file_name, "sha256": row.sha256},
    )


def expire_reports(*, now: dt.datetime) -> int:
    """Throw away the bytes of files that were kept for long enough; returns how many.

    What was asked, by whom and the fingerprint stay. A clock that was put back expires nothing
    early: it only keeps files for longer.
    """
    old = ReportFile.objects.filter(state=ReportFile.State.READY, expires_at__lte=now)
    return old.update(state=ReportFile.State.EXPIRED, content=None)


def subject_of(row: ReportFile) -> str:
    """How a file is called on record."""
    return f"report {ABOUT[Report(row.report)].title}, {row.format.upper()}"


def _in_audit(row: ReportFile) -> dict[str, object]:
    return {"report_file": row.pk, **row.asked}


def _tell(report_file_id: int, *, now: dt.datetime) -> None:
    row = ReportFile.objects.defer("content").select_related("asked_by").get(pk=report_file_id)
    if now - row.asked_at < PATIENCE:
        return
    title = ABOUT[Report(row.report)].title
    queue_message(
        to=row.asked_by.email,
        kind="report_ready",
        subject=f"Your report is ready: {title}",
        body=(
            f"{row.file_name} is ready. It is kept for {KEPT.days} days.\n\n"
            "Fetch it on the page of reports, under Files.\n"
        ),
        now=now,
    )


def _held(report_file_id: int, holder: str) -> QuerySet[ReportFile]:
    return ReportFile.objects.filter(
        pk=report_file_id, state=ReportFile.State.RUNNING, lease_holder=holder
    )
