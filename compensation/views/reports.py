"""Reports for finance: which there are, one of them, and asking for it as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.nudge import nudge
from common.refusals import RefusedError
from compensation import access
from compensation.asking import ReportForm
from compensation.domain.reports import ABOUT, Report
from compensation.operations import report_files, rights
from compensation.queries import report_files as file_queries
from compensation.queries import report_page, reports
from compensation.views import asked
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
UNPROCESSABLE = 422


@require_GET
def reports_page(request: SignedInRequest) -> HttpResponse:
    """Every report with what it answers, and the reader's newest files."""
    access.require(viewer=request.viewer, function=Function.READ_REPORTS)
    files = access.own_report_files(viewer=request.viewer).order_by("-asked_at", "-pk")
    context = {
        "reports": [(report.value, about) for report, about in ABOUT.items()],
        "files": file_queries.file_lines(files[:3]),
    }
    return render(request, "compensation/reports.html", context)


@require_GET
def report_detail(request: SignedInRequest, report: Report) -> HttpResponse:
    """One report: what was asked, its totals, its rows."""
    access.require(viewer=request.viewer, function=Function.READ_REPORTS)
    now = clock.now()
    return _report(request, report, _form(request, report, request.GET.dict(), now))


@require_POST
def report_file_ask(request: SignedInRequest, report: Report) -> HttpResponse:
    """Have a worker make the report's file; the page of files shows how far it is."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer,
        function=Function.MAKE_REPORT,
        attempt=f"making a file of the report {ABOUT[report].title}",
        now=now,
    )
    form = _form(request, report, request.POST.dict(), now)
    if not form.is_valid():
        return _report(request, report, form)
    try:
        row_id = report_files.ask_report(
            report=report,
            file_format=request.POST.get("format", ""),
            wanted=form.wanted(),
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        form.add_error(None, refusal.message)
        return _report(request, report, form)
    nudge("compensation.make_report", report_file_id=row_id)
    messages.success(request, "Asked for. It stands below as soon as it is made.")
    return redirect("report-files")


def _form(
    request: SignedInRequest, report: Report, sent: Mapping[str, str], now: dt.datetime
) -> ReportForm:
    return ReportForm(
        sent,
        report=report,
        choices=reports.choices(
            today=asked.today(request, now), starts_in=settings.ROTA_FISCAL_YEAR_MONTH
        ),
        now=now,
        zone=profiles.place(engineer_id=request.viewer.engineer_id, now=now).zone,
    )


def _report(request: SignedInRequest, report: Report, form: ReportForm) -> HttpResponse:
    """The report's page; 422 and no figures where the question cannot be answered."""
    context: dict[str, object] = {"report": report.value, "about": ABOUT[report], "form": form}
    if form.is_valid():
        wanted = form.wanted()
        table = reports.report_table(report, wanted, starts_in=settings.ROTA_FISCAL_YEAR_MONTH)
        page = report_page.report_page(report, table, wanted, number=asked.page_number(request))
        sent = {name: form.data[name] for name in form.fields if form.data.get(name)}
        context |= {
            "page": page,
            "sent": sent,
            "fragment": f"&{urlencode(sent)}" if sent else "",
            "at": wanted.at,
        }
    status = 200 if form.is_valid() else UNPROCESSABLE
    return render(request, "compensation/report_detail.html", context, status=status)
