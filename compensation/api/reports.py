"""Reports in JSON, and as files that a worker makes. Finance only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.schema import answers
from common.http import stored_file
from common.nudge import nudge
from compensation import access
from compensation.api import report_serializers as serializers
from compensation.api.once import once
from compensation.asking import ReportForm
from compensation.domain.reports import ABOUT, Ask, Report
from compensation.operations import report_files, rights
from compensation.queries import report_files as file_queries
from compensation.queries import reports
from volunteers.api.base import ListView, RotaView
from volunteers.queries import profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

    from compensation.domain.reports import Wanted
    from compensation.queries.report_tables import Table

TAGS = ["reports"]
Function = access.MoneyFunction
NEWEST = ("-asked_at", "-pk")
_REPORT = OpenApiParameter(
    "report",
    {"type": "string", "enum": [report.value for report in Report]},
    OpenApiParameter.PATH,
)
_ASKED = [
    OpenApiParameter(ask.value, str, description=words)
    for ask, words in {
        Ask.SINCE: "A month, such as 2026-01; the year so far when left out.",
        Ask.UNTIL: "A month, included.",
        Ask.YEAR: "For `year`: 2026, or fy2026 for the fiscal year that begins in 2026.",
        Ask.CURRENCY: "A code such as EUR.",
        Ask.OFFICE: "An office's slug.",
        Ask.COST_CENTRE: "A cost centre, exactly.",
        Ask.PERSON: "An employee number, exactly.",
        Ask.ROTATION: "A rotation's slug.",
        Ask.AT: "For `accrual`: an instant, such as 2026-11-30T23:59:59Z; now when left out.",
    }.items()
]


class ReportsView(ListView):
    """Which reports there are."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.AboutSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """Every report: its name, what it answers and what it can be asked with."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_REPORTS)
        lines = [{"report": report.value, "about": about} for report, about in ABOUT.items()]
        return self.lines(lines, serializers.AboutSerializer)


class OneReportView(ListView):
    """The base of the routes of one report."""

    def report(self, name: str) -> Report:
        """The report of that name, for those who may read reports.

        Raises:
            Http404: there is none.
        """
        access.require(viewer=self.viewer, function=Function.READ_REPORTS)
        try:
            return Report(name)
        except ValueError as error:
            raise Http404 from error

    def wanted(self, report: Report, sent: Mapping[str, Any]) -> Wanted:
        """What the address or the body asks for.

        Raises:
            ValidationError: something of it cannot be asked for.
        """
        instant = serializers.AtSerializer(data={name: sent[name] for name in sent if name == "at"})
        instant.is_valid(raise_exception=True)
        form = ReportForm(
            {name: str(text) for name, text in sent.items() if name != Ask.AT},
            report=report,
            choices=reports.choices(today=self.today, starts_in=settings.ROTA_FISCAL_YEAR_MONTH),
            now=instant.validated_data["at"] or self.now,
            zone=profiles.place(engineer_id=self.viewer.engineer_id, now=self.now).zone,
        )
        if not form.is_valid():
            raise ValidationError({name: str(said[0]) for name, said in form.errors.items()})
        return form.wanted()

    def table(self, report: Report, wanted: Wanted) -> Table:
        """The report's table."""
        return reports.report_table(report, wanted, starts_in=settings.ROTA_FISCAL_YEAR_MONTH)


class ReportView(OneReportView):
    """One report's totals."""

    @extend_schema(
        tags=TAGS,
        parameters=[_REPORT, *_ASKED],
        responses=answers({200: serializers.ReportSerializer}, 400, 403, 404),
    )
    def get(self, request: Request, report: str) -> Response:
        """What was asked, the columns, and the totals, each currency for itself."""
        found = self.report(report)
        wanted = self.wanted(found, request.query_params.dict())
        table = self.table(found, wanted)
        body = {
            "report": found.value,
            "asked": wanted.as_texts(),
            "columns": [column.name for column in table.columns],
            "rows": table.count,
            "totals": [serializers.cells_of(table, line) for line in table.totals],
        }
        return Response(body)


class ReportRowsView(OneReportView):
    """One report's rows."""

    @extend_schema(
        tags=TAGS,
        parameters=[_REPORT, *_ASKED],
        responses=answers({200: serializers.RowSerializer(many=True)}, 400, 403, 404),
    )
    def get(self, request: Request, report: str) -> Response:
        """The rows in order, by the names of their columns; amounts as everywhere."""
        found = self.report(report)
        table = self.table(found, self.wanted(found, request.query_params.dict()))
        return self.lines(serializers.Rows(table), serializers.RowSerializer)


class ReportFilesView(OneReportView):
    """Reports as files."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.ReportFileSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """The files that you asked for, the newest first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_REPORTS)
        mine = access.own_report_files(viewer=self.viewer)
        return self.rows(
            mine, file_queries.file_lines, serializers.ReportFileSerializer, order=NEWEST
        )

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewReportFileSerializer,
        responses=answers({202: serializers.ReportFileSerializer}, 400, 403, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Have a worker make a report with every row; ask for its state until it is ready."""
        rights.require_finance(
            viewer=self.viewer,
            function=Function.MAKE_REPORT,
            attempt="making a file of a report",
            now=self.now,
        )
        values = self.body(serializers.NewReportFileSerializer)
        report = Report(values["report"])
        sent = {name: request.data[name] for name in values if name in set(Ask)}
        row_id = report_files.ask_report(
            report=report,
            file_format=values["format"],
            wanted=self.wanted(report, sent),
            actor=self.actor,
            now=self.now,
        )
        nudge("compensation.make_report", report_file_id=row_id)
        return Response(self.line(row_id), status=202)

    def line(self, row_id: int) -> dict[str, Any]:
        """One of the viewer's files.

        Raises:
            Http404: it is none of theirs.
        """
        lines = file_queries.file_lines(
            access.own_report_files(viewer=self.viewer).filter(pk=row_id)
        )
        if not lines:
            raise Http404
        found: dict[str, Any] = serializers.ReportFileSerializer(lines[0]).data
        return found


class ReportFileView(ReportFilesView):
    """How far one file is."""

    http_method_names = ["get", "head"]  # noqa: RUF012 - typed by the base class

    @extend_schema(tags=TAGS, responses=answers({200: serializers.ReportFileSerializer}, 403, 404))
    def get(self, request: Request, report_file_id: int) -> Response:  # type: ignore[override]
        """Its state, its progress, and how long it is kept."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_REPORTS)
        return Response(self.line(report_file_id))


class ReportFileContentView(RotaView):
    """The bytes of one file."""

    @extend_schema(
        tags=TAGS,
        responses=answers({(200, "application/octet-stream"): OpenApiTypes.BINARY}, 403, 404, 409),
    )
    def get(self, request: Request, report_file_id: int) -> HttpResponseBase:
        """The file; that you took it stands on record."""
        access.require(viewer=self.viewer, function=Function.READ_REPORTS)
        row = get_object_or_404(access.own_report_files(viewer=self.viewer), pk=report_file_id)
        report_files.fetch_report(row=row, actor=self.actor, now=self.now)
        file = file_queries.stored(row)
        return stored_file(
            request,
            content=file.content,
            content_type=file.content_type,
            file_name=file.file_name,
            sha256=file.sha256,
        )
