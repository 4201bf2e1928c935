"""Corrections of who worked a week: asked for, read and decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.periods import Period
from compensation import access
from compensation.api import correction_serializers as serializers
from compensation.api.once import once
from compensation.operations import corrections as operations
from compensation.operations import rights
from compensation.queries import corrections as queries
from rotation.domain.stints import CoverSpan
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["corrections"]
Function = access.MoneyFunction
NEWEST = ("-pk",)
_ONE = serializers.CorrectionSerializer


class CorrectionsView(ListView):
    """Corrections that you may see; asking for one."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.RequestLineSerializer(many=True)}, 400)
    )
    def get(self, request: Request) -> Response:
        """All for finance; else those of your teams, that you asked for or that concern you."""
        del request
        rows = access.visible_corrections(viewer=self.viewer)
        return self.rows(
            rows, queries.correction_lines, serializers.RequestLineSerializer, order=NEWEST
        )

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewCorrectionSerializer,
        responses=answers({201: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Ask for a correction of an ended shift; finance decides."""
        del request
        values = self.body(serializers.NewCorrectionSerializer)
        shifts = access.correctable_shifts(viewer=self.viewer)
        shift = get_object_or_404(shifts, pk=values["shift"])
        wanted = operations.WantedCorrection(
            shift_id=shift.pk,
            covers=tuple(_span(cover) for cover in values["covers"]),
            reason=values["reason"],
            evidence=values["evidence"],
        )
        made = operations.propose_correction(wanted=wanted, actor=self.actor, now=self.now)
        return Response(_shown(self, made), status=201)


class CorrectionView(RotaView):
    """One correction."""

    @extend_schema(tags=TAGS, responses=answers({200: _ONE}, 404))
    def get(self, request: Request, correction_id: int) -> Response:
        """Who worked before and after, and what that changes in pay."""
        del request
        visible = access.visible_corrections(viewer=self.viewer)
        return Response(_shown(self, get_object_or_404(visible, pk=correction_id).pk))


class CorrectionApproveView(RotaView):
    """Letting a correction count."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, correction_id: int) -> Response:
        """Take back what no longer holds and post what does; by finance, not by who asked."""
        del request
        number, note = _decided(self, correction_id, "approving")
        operations.approve_correction(
            correction_id=number, note=note, actor=self.actor, now=self.now
        )
        return Response(_shown(self, number))


class CorrectionDeclineView(RotaView):
    """Leaving a week as it is paid."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, correction_id: int) -> Response:
        """Decline it with a note that says why; by finance, not by who asked."""
        del request
        number, note = _decided(self, correction_id, "declining")
        operations.decline_correction(
            correction_id=number, note=note, actor=self.actor, now=self.now
        )
        return Response(_shown(self, number))


class CorrectionWithdrawView(RotaView):
    """Taking back what one asked for."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: _ONE}, 400, 404, 409, 413),
    )
    def post(self, request: Request, correction_id: int) -> Response:
        """Take back your own request while it waits."""
        del request
        self.body(StrictSerializer)
        row = get_object_or_404(access.own_corrections(viewer=self.viewer), pk=correction_id)
        operations.withdraw_correction(correction_id=row.pk, actor=self.actor, now=self.now)
        return Response(_shown(self, row.pk))


def _span(cover: dict[str, Any]) -> CoverSpan:
    period = Period(starts_at=cover["starts_at"], ends_at=cover["ends_at"])
    return CoverSpan(person=cover["engineer"], period=period)


def _decided(view: RotaView, correction_id: int, attempt: str) -> tuple[int, str]:
    rights.require_finance(
        viewer=view.viewer,
        function=Function.DECIDE_CORRECTION,
        attempt=f"{attempt} correction {correction_id}",
        now=view.now,
    )
    visible = access.visible_corrections(viewer=view.viewer)
    row = get_object_or_404(visible, pk=correction_id)
    return row.pk, view.body(serializers.NoteSerializer)["note"]


def _shown(view: RotaView, correction_id: int) -> object:
    viewer = view.viewer
    page = queries.correction_page(
        access.visible_corrections(viewer=viewer), correction_id=correction_id
    )
    differences = page.compared.own(viewer.engineer_id)
    entries: list[int] = []
    if viewer.is_finance:
        differences = list(page.compared.differences)
        entries = [entry.number for entry in page.entries]
    return _ONE(
        {
            **{name: getattr(page, name) for name in ("line", "shift_id", "evidence", "note")},
            "compared": page.compared,
            "differences": differences,
            "entries": entries,
        }
    ).data
