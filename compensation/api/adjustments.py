"""Amounts by hand: asked for, read, decided and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from compensation import access
from compensation.api import correction_serializers as serializers
from compensation.api.once import once
from compensation.operations import adjustments as operations
from compensation.operations import rights
from compensation.queries import adjustments as queries
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["adjustments"]
Function = access.MoneyFunction
NEWEST = ("-pk",)
_ONE = serializers.AdjustmentSerializer


class AdjustmentsView(ListView):
    """Adjustments that you may see; asking for one."""

    @extend_schema(tags=TAGS, responses=answers({200: _ONE(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """All for finance; else those that you asked for, and your own once approved."""
        del request
        rows = access.visible_adjustments(viewer=self.viewer)
        return self.rows(rows, queries.adjustment_lines, _ONE, order=NEWEST)

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewAdjustmentSerializer,
        responses=answers({201: _ONE}, 400, 403, 404, 413),
    )
    def post(self, request: Request) -> Response:
        """Ask for an amount for somebody else: managers in their teams, finance for anybody."""
        del request
        rights.require_proposer(
            viewer=self.viewer, attempt="asking for an adjustment", now=self.now
        )
        values = self.body(serializers.NewAdjustmentSerializer)
        people = access.adjustable_people(viewer=self.viewer)
        wanted = operations.WantedAdjustment(
            engineer_id=get_object_or_404(people, pk=values["engineer"]).pk,
            amount=values["amount"],
            earned_on=values["earned_on"],
            reason=values["reason"],
            document=values["document"],
        )
        made = operations.propose_adjustment(wanted=wanted, actor=self.actor, now=self.now)
        return Response(_shown(self, made), status=201)


class AdjustmentView(RotaView):
    """One adjustment."""

    @extend_schema(tags=TAGS, responses=answers({200: _ONE}, 404))
    def get(self, request: Request, adjustment_id: int) -> Response:
        """What was asked, by which paper, and what became of it."""
        del request
        visible = access.visible_adjustments(viewer=self.viewer)
        return Response(_shown(self, get_object_or_404(visible, pk=adjustment_id).pk))


class AdjustmentApproveView(RotaView):
    """Posting an amount."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, adjustment_id: int) -> Response:
        """Post it; by finance, neither by who asked nor by who is paid."""
        del request
        number, note = _decided(self, adjustment_id, "approving")
        operations.approve_adjustment(
            adjustment_id=number, note=note, actor=self.actor, now=self.now
        )
        return Response(_shown(self, number))


class AdjustmentDeclineView(RotaView):
    """Posting nothing."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, adjustment_id: int) -> Response:
        """Decline it with a note that says why."""
        del request
        number, note = _decided(self, adjustment_id, "declining")
        operations.decline_adjustment(
            adjustment_id=number, note=note, actor=self.actor, now=self.now
        )
        return Response(_shown(self, number))


class AdjustmentWithdrawView(RotaView):
    """Taking back what one asked for."""

    @once
    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({200: _ONE}, 400, 404, 409, 413)
    )
    def post(self, request: Request, adjustment_id: int) -> Response:
        """Take back your own request while it waits."""
        del request
        self.body(StrictSerializer)
        row = get_object_or_404(access.own_adjustments(viewer=self.viewer), pk=adjustment_id)
        operations.withdraw_adjustment(adjustment_id=row.pk, actor=self.actor, now=self.now)
        return Response(_shown(self, row.pk))


class AdjustmentTakeBackView(RotaView):
    """Reversing what was posted."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.TakingBackSerializer,
        responses=answers({201: _ONE}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, adjustment_id: int) -> Response:
        """Ask that a posted adjustment be reversed; another of finance approves."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.TAKE_BACK_ADJUSTMENT,
            attempt=f"taking back adjustment {adjustment_id}",
            now=self.now,
        )
        rows = access.visible_adjustments(viewer=self.viewer).filter(entry__isnull=False)
        row = get_object_or_404(rows.select_related("entry"), pk=adjustment_id)
        values = self.body(serializers.TakingBackSerializer)
        made = operations.propose_taking_back(
            entry_number=row.entry.number if row.entry else 0,
            reason=values["reason"],
            document=values["document"],
            actor=self.actor,
            now=self.now,
        )
        return Response(_shown(self, made), status=201)


def _decided(view: RotaView, adjustment_id: int, attempt: str) -> tuple[int, str]:
    rights.require_finance(
        viewer=view.viewer,
        function=Function.DECIDE_ADJUSTMENT,
        attempt=f"{attempt} adjustment {adjustment_id}",
        now=view.now,
    )
    visible = access.visible_adjustments(viewer=view.viewer)
    row = get_object_or_404(visible, pk=adjustment_id)
    return row.pk, view.body(serializers.NoteSerializer)["note"]


def _shown(view: RotaView, adjustment_id: int) -> object:
    visible = access.visible_adjustments(viewer=view.viewer).filter(pk=adjustment_id)
    return _ONE(queries.adjustment_lines(visible)[0]).data
