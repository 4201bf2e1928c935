"""One's own pay in sum, an entry with the sum behind it, and what a rotation costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from compensation import access
from compensation.api import pay_serializers
from compensation.domain import years
from compensation.queries import costs, earnings, entry_page, statements
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["pay"]


class MyPayView(RotaView):
    """What one has earned."""

    @extend_schema(tags=TAGS, responses=answers({200: pay_serializers.EarningsSerializer}))
    def get(self, request: Request) -> Response:
        """Your months, open ones apart; your years so far; what your office's weeks pay."""
        del request
        found = earnings.earnings(
            entries=access.own_entries(viewer=self.viewer),
            engineer_id=self.viewer.engineer_id,
            fiscal_starts_in=settings.ROTA_FISCAL_YEAR_MONTH,
            now=self.now,
            today=self.today,
        )
        return Response(pay_serializers.EarningsSerializer(found).data)


class MyPayYearView(RotaView):
    """One's own statement of a year."""

    @extend_schema(
        tags=TAGS,
        parameters=[
            OpenApiParameter(
                "key",
                str,
                OpenApiParameter.PATH,
                description="`2026`, or `fy2026` for the company's own year that starts in 2026.",
            )
        ],
        responses=answers({200: pay_serializers.YearStatementSerializer}, 404),
    )
    def get(self, request: Request, key: str) -> Response:
        """What each month was worth to you, and of what it is made."""
        del request
        try:
            year = years.year_named(key, starts_in=settings.ROTA_FISCAL_YEAR_MONTH)
        except years.YearError as error:
            raise Http404 from error
        found = statements.year_statement(
            entries=access.own_entries(viewer=self.viewer),
            engineer_id=self.viewer.engineer_id,
            year=year,
        )
        return Response(pay_serializers.YearStatementSerializer(found).data)


class EntryView(RotaView):
    """An entry and how it was computed."""

    @extend_schema(
        tags=["entries"], responses=answers({200: pay_serializers.EntryDetailSerializer}, 404)
    )
    def get(self, request: Request, entry_number: int) -> Response:
        """Your entry, any for finance, with each step of the sum that gave its amount."""
        del request
        entries = access.visible_entries(viewer=self.viewer)
        found = entry_page.entry_page(entries=entries, number=entry_number)
        if found is None:
            raise Http404
        return Response(pay_serializers.EntryDetailSerializer(found).data)


class RotationCostView(RotaView):
    """What a rotation costs."""

    @extend_schema(tags=TAGS, responses=answers({200: pay_serializers.CostSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Totals by month and currency, for managers of the team and finance.

        A total that would tell what one person is paid is null; open months are told to finance
        alone.
        """
        del request
        rotation = get_object_or_404(access.costed_rotations(viewer=self.viewer), slug=slug)
        found = costs.rotation_cost(rotation_id=rotation.pk, tells_all=self.viewer.is_finance)
        return Response(pay_serializers.CostSerializer(found).data)
