"""Files of reports: how far each is, and taking one along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from common import clock
from compensation import access
from compensation.operations import report_files
from compensation.queries import report_files as queries

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from compensation.models import ReportFile
    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "3"
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def report_files_page(request: SignedInRequest) -> HttpResponse:
    """The reader's files, the newest first; the page looks again while one is being made."""
    access.require(viewer=request.viewer, function=access.MoneyFunction.READ_REPORTS)
    mine = access.own_report_files(viewer=request.viewer).order_by("-asked_at", "-pk")
    lines = queries.file_lines(mine[: queries.MOST])
    response = render(
        request,
        "compensation/report_files.html",
        {"files": lines, "waiting": [line for line in lines if line.is_waiting]},
    )
    if any(line.is_waiting for line in lines):
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


@require_GET
def report_file(request: SignedInRequest, report_file_id: int) -> HttpResponseBase:
    """One file that the reader asked for, on record."""
    access.require(viewer=request.viewer, function=access.MoneyFunction.READ_REPORTS)
    row = get_object_or_404(access.own_report_files(viewer=request.viewer), pk=report_file_id)
    report_files.fetch_report(row=row, actor=request.viewer.actor, now=clock.now())
    return delivered(request, row)


def delivered(request: HttpRequest, row: ReportFile) -> HttpResponseBase:
    """The file under its name, with its fingerprint, kept by no cache on the way."""
    answer = HttpResponse(bytes(row.content or b""), content_type=CONTENT_TYPES[row.format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["ETag"] = f'"{row.sha256}"'
    answer.headers["X-Checksum-SHA256"] = row.sha256
    same = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    return same or answer
