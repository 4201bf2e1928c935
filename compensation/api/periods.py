"""Pay periods: read, closed, and handed out as files. Finance only."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers, choice_parameter
from compensation import access, exports
from compensation.api import serializers
from compensation.api.once import once
from compensation.operations import periods, rights, sending
from compensation.queries import closing, months
from compensation.queries.entries import entry_lines, of_month
from compensation.queries.periods import exports_of, person_totals
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

    from compensation.queries.periods import PeriodLine

TAGS = ["pay periods"]
Function = access.MoneyFunction


class PeriodsView(ListView):
    """Every month."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.PeriodSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """Months with entries and those that stand open, newest first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        return self.lines(months.months(today=self.today), serializers.PeriodSerializer)


class OnePeriodView(RotaView):
    """The base of the routes of one month."""

    def line(self, month: str) -> PeriodLine:
        """The month.

        Raises:
            Http404: nothing is posted to it, and it does not stand open.
        """
        line = months.month_line(month=month, today=self.today)
        if line is None:
            raise Http404
        return line

    def period(self, month: str) -> Response:
        """The month with everything about it."""
        line = self.line(month)
        checks = [] if line.is_closed else closing.closing_checks(month=month, now=self.now)
        return Response(
            {
                **serializers.PeriodSerializer(line).data,
                "closable_from": months.closable_from(month=month),
                "people": _many(serializers.PersonTotalSerializer, person_totals(month=month)),
                "checks": _many(serializers.CheckSerializer, checks),
                "exports": _many(serializers.ExportSerializer, exports_of(month=month)),
            }
        )


class PeriodView(OnePeriodView):
    """One month."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.PeriodDetailSerializer}, 403, 404)
    )
    def get(self, request: Request, month: str) -> Response:
        """The month's totals, its people, what stands against closing it, and its files."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        return self.period(month)


class PeriodCloseView(OnePeriodView):
    """Closing a month."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.PeriodDetailSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, month: str) -> Response:
        """Close the month and store its files; `fields` of a 409 says what stands against it."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.CLOSE_PERIOD,
            attempt=f"closing pay period {month}",
            now=self.now,
        )
        self.body(StrictSerializer)
        self.line(month)
        try:
            periods.close_period(month=month, actor=self.actor, now=self.now)
        except periods.CannotCloseError as refusal:
            refusal.fields = {
                check.code.value: " ".join([check.sentence, *check.items])
                for check in refusal.checks
            }
            raise
        return self.period(month)


class PeriodEntriesView(OnePeriodView, ListView):
    """A month's part of the ledger."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.EntrySerializer(many=True)}, 400, 403, 404)
    )
    def get(self, request: Request, month: str) -> Response:
        """Every entry of the month, in order of number."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        self.line(month)
        rows = of_month(access.visible_entries(viewer=self.viewer), month)
        return self.rows(rows, entry_lines, serializers.EntrySerializer, order=("number",))


class PeriodExportsView(OnePeriodView, ListView):
    """A month's files."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.ExportSerializer(many=True)}, 400, 403, 404)
    )
    def get(self, request: Request, month: str) -> Response:
        """The stored files of a closed month, newest version first; an open month has none."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        self.line(month)
        return self.lines(exports_of(month=month), serializers.ExportSerializer)


class PeriodExportView(RotaView):
    """The bytes of one file."""

    @extend_schema(
        tags=TAGS,
        parameters=[
            OpenApiParameter(
                "layout",
                str,
                OpenApiParameter.PATH,
                description="detail, summary or the slug of an export layout.",
            ),
            OpenApiParameter("version", int, description="The newest one when left out."),
            choice_parameter(
                "format", serializers.FORMATS, "CSV when left out; one workbook holds both layouts."
            ),
            choice_parameter("bom", ["0", "1"], "1 puts EF BB BF in front of a CSV file."),
        ],
        responses=answers(
            {
                (200, "text/csv"): OpenApiTypes.BINARY,
                (200, exports.CONTENT_TYPES[exports.XLSX]): OpenApiTypes.BINARY,
            },
            400,
            403,
            404,
        ),
    )
    def get(self, request: Request, month: str, layout: str) -> HttpResponseBase:
        """The file: stored bytes of a closed month, a provisional file of an open one."""
        access.require(viewer=self.viewer, function=Function.DOWNLOAD_EXPORT)
        asked = self.query(serializers.FileSerializer)
        file = exports.export_file(
            month=month,
            layout=layout,
            file_format=asked["format"],
            version=asked["version"],
            now=self.now,
        )
        if asked["bom"] == "1":
            file = exports.with_bom(file)
        answer = HttpResponse(file.content, content_type=file.content_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["ETag"] = f'"{file.sha256}"'
        answer.headers["X-Checksum-SHA256"] = file.sha256
        same = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
        if same is not None and same.status_code != HTTPStatus.OK:
            return same
        sending.record_download(
            month=month,
            file_name=file.file_name,
            sha256=file.sha256,
            actor=self.actor,
            now=self.now,
        )
        return answer


class BlockedShiftsView(ListView):
    """Weeks that no rate prices."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.BlockedShiftSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """Ended weeks that wait for a rate, the longest waiting first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        return self.lines(closing.blocked_shifts(), serializers.BlockedShiftSerializer)


def _many(serializer: Any, lines: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = serializer(lines, many=True).data
    return found
