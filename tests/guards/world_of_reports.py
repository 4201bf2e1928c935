"""Files of reports, for the world of the guards."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from compensation.models import ReportFile
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer

BYTES = b"name,currency,amount\r\n"


def make_report_file(reader: Engineer, *, month: str = "2026-09") -> ReportFile:
    """One that finance can fetch."""
    return ReportFile.objects.create(
        report="people",
        format="csv",
        asked={"since": month, "until": month},
        state=ReportFile.State.READY,
        asked_by=reader,
        asked_at=builders.NOW,
        finished_at=builders.NOW,
        expires_at=builders.NOW + dt.timedelta(days=7),
        file_name="rota-report-people.csv",
        content=BYTES,
        sha256=hashlib.sha256(BYTES).hexdigest(),
    )


def make_report_files(reader: Engineer, numbers: range) -> None:
    """As many as there are numbers."""
    for _number in numbers:
        make_report_file(reader)


def make_report(reader: Engineer) -> dict[str, object]:
    """What the routes of reports need in their addresses."""
    return {"report": "people", "report_file_id": make_report_file(reader).pk}
