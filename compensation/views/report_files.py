"""Files of reports: how far each is, and taking one along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from common.http import stored_file
from compensation import access
from compensation.operations import report_files
from compensation.queries import report_files as queries

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "3"


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
    file = queries.stored(row)
    return stored_file(
        request,
        content=file.content,
        content_type=file.content_type,
        file_name=file.file_name,
        sha256=file.sha256,
    )
