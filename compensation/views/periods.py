"""Pay periods: which stand open, what stops one, closing it, its entries and files."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_POST

from common import clock, wording
from compensation import access, exports
from compensation.forms import CloseForm, ExportForm
from compensation.operations import periods as closing
from compensation.operations import rights, sending
from compensation.queries import attention, entries, month_page, months
from compensation.views import asked
from compensation.views.month import Sent, show_month

if TYPE_CHECKING:
    from volunteers.access import SignedInRequest

Function = access.MoneyFunction


@require_GET
def periods(request: SignedInRequest) -> HttpResponse:
    """Every month, the open ones first, the closed ones with their files."""
    access.require(viewer=request.viewer, function=Function.READ_PERIODS)
    now = clock.now()
    today = asked.today(request, now)
    context = {
        "finance": attention.finance_attention(now=now, today=today),
        "months": month_page.month_list(today=today),
    }
    return render(request, "compensation/periods.html", context)


@require_GET
def period(request: SignedInRequest, month: str) -> HttpResponse:
    """One month: its figures, its checks, closing or files."""
    access.require(viewer=request.viewer, function=Function.READ_PERIODS)
    return show_month(request, month)


@require_POST
def close(request: SignedInRequest, month: str) -> HttpResponse:
    """Close the month, or show what stops it; of two clicks one closes."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer,
        function=Function.CLOSE_PERIOD,
        attempt=f"closing pay period {month}",
        now=now,
    )
    if not CloseForm(request.POST).is_valid():
        return show_month(request, month, Sent(closing=request.POST))
    try:
        done = closing.close_period(month=month, actor=request.viewer.actor, now=now)
    except (closing.CannotCloseError, closing.PeriodClosedError) as refusal:
        return show_month(request, month, Sent(refusal=refusal))
    rows = wording.counted(done.entries, "entry", "entries")
    messages.success(request, f"Closed with {rows}. The files below are stored and never change.")
    return redirect("period-detail", month=month)


@require_GET
def period_entries(request: SignedInRequest, month: str) -> HttpResponse:
    """Every entry of the month, 100 on a page."""
    access.require(viewer=request.viewer, function=Function.READ_PERIODS)
    line = months.month_line(month=month, today=asked.today(request, clock.now()))
    if line is None:
        raise Http404
    page = entries.entry_page(
        entries=access.visible_entries(viewer=request.viewer),
        month=month,
        number=asked.page_number(request),
    )
    return render(request, "compensation/period_entries.html", {"period": line, "page": page})


@require_GET
def export(request: SignedInRequest, month: str) -> HttpResponse:
    """One of the month's CSV files: stored bytes of a closed one, a provisional one before."""
    return _export(request, month, exports.CSV)


@require_GET
def workbook(request: SignedInRequest, month: str) -> HttpResponse:
    """The month's workbook, with detail, summary and totals: stored bytes of a closed one."""
    return _export(request, month, exports.XLSX)


def _export(request: SignedInRequest, month: str, file_format: str) -> HttpResponse:
    access.require(viewer=request.viewer, function=Function.DOWNLOAD_EXPORT)
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise exports.ExportUnknownError("The version is a number, 1 or more.")
    file = exports.export_file(
        month=month,
        layout=form.cleaned_data["layout"] or exports.DETAIL,
        file_format=file_format,
        version=form.cleaned_data["version"],
        now=clock.now(),
    )
    if form.cleaned_data["bom"]:
        file = exports.with_bom(file)
    answer = _download(request, file)
    if answer.status_code == HTTPStatus.OK:
        sending.record_download(
            month=month,
            file_name=file.file_name,
            sha256=file.sha256,
            actor=request.viewer.actor,
            now=clock.now(),
        )
    return answer


def _download(request: SignedInRequest, file: exports.ExportFile) -> HttpResponse:
    """The file under its name, with its fingerprint, kept by no cache on the way."""
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["ETag"] = f'"{file.sha256}"'
    answer.headers["X-Checksum-SHA256"] = file.sha256
    conditional = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    return conditional or answer
