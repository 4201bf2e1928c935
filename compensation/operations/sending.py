"""What finance says of a closed month's files: that they went to payroll, and who took a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from compensation.domain import periods
from compensation.models import Export, PayPeriod

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor


class PeriodNotClosedError(RefusedError):
    """The month is open: its files are provisional, and there is nothing to open again."""

    code = "PERIOD_NOT_CLOSED"
    status = 409


class FilesMissingError(RefusedError):
    """No file is named, or one that is not among those in force."""

    code = "FILES_MISSING"


class FileSentError(RefusedError):
    """The files are marked already: a second click changes nothing."""

    code = "FILE_SENT"
    status = 409


def mark_sent(*, month: str, file_names: Sequence[str], actor: Actor, now: dt.datetime) -> int:
    """Say that these files of the closed month went to payroll; how many were not marked before.

    From then on the month cannot be opened again. Holds the period's row, as reopening does.

    Raises:
        PeriodNotClosedError: the month is open.
        FilesMissingError: a name is not that of one of the month's newest files, or none is given.
        FileSentError: all of them are marked already.
    """
    with transaction.atomic():
        period = held_closed_period(month)
        exports = _named(period, file_names)
        fresh = [export for export in exports if export.sent_at is None]
        if not fresh:
            raise FileSentError("These files are marked as sent to payroll already.")
        for export in fresh:
            export.sent_at, export.sent_by = now, actor.name
            export.save(update_fields=["sent_at", "sent_by"])
        record(
            actor=actor,
            now=now,
            area=Area.MONEY,
            verb="marked as sent to payroll",
            subject=f"pay period {month}",
            after={"files": {export.file_name: export.sha256 for export in fresh}},
        )
    return len(fresh)


def record_download(
    *, month: str, file_name: str, sha256: str, actor: Actor, now: dt.datetime
) -> None:
    """Keep on record who took which file of pay: its name and fingerprint, never its content."""
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="downloaded",
        subject=f"pay period {month}",
        after={"file": file_name, "sha256": sha256},
    )


def held_closed_period(month: str) -> PayPeriod:
    """The closed month's row, held until the caller's transaction ends.

    Raises:
        PeriodNotClosedError: it is open, or nothing was ever posted to it.
    """
    period = PayPeriod.objects.select_for_update().filter(month=month).first()
    if period is None or period.state != PayPeriod.State.CLOSED:
        raise PeriodNotClosedError(f"{label(month)} is open.")
    return period


def label(month: str) -> str:
    """The month in words, `November 2026`."""
    return wording.month(periods.first_day(month))


def _named(period: PayPeriod, file_names: Sequence[str]) -> list[Export]:
    """The files in force of these names, in order of name.

    Raises:
        FilesMissingError: there is none, or one of them is missing.
    """
    ordered = Export.objects.filter(period=period).defer("content").order_by("-version", "pk")
    newest = next((export.version for export in ordered[:1]), 0)
    known = {export.file_name: export for export in ordered.filter(version=newest)}
    if not file_names:
        raise _missing("Tick the files that went to payroll.")
    unknown = sorted(set(file_names) - set(known))
    if unknown:
        raise _missing(f"{period.month} has no such file in force: {', '.join(unknown)}.")
    return [known[name] for name in sorted(set(file_names))]


def _missing(message: str) -> FilesMissingError:
    return FilesMissingError(message, fields={"file_names": message})
