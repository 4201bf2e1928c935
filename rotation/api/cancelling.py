"""A week is cancelled, and restored before it begins, by the managers of its team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api.schedule_serializers import ShiftSerializer
from rotation.operations import cancelling
from rotation.queries import published
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Shift

TAGS = ["rotations"]


class CancelSerializer(StrictSerializer):
    """Why; everybody who has a part of the week reads it."""

    reason = TextField(max_length=cancelling.LONGEST_REASON)


class ShiftCancelView(RotaView):
    """Cancelling a week."""

    @extend_schema(
        tags=TAGS,
        request=CancelSerializer,
        responses=answers({200: ShiftSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Let nobody carry the week from now on; what was carried until now stays and is paid."""
        del request
        shift = _cancellable(self, shift_id)
        values = self.body(CancelSerializer)
        cancelling.cancel_shift(
            shift_id=shift.pk, reason=values["reason"], actor=self.actor, now=self.now
        )
        nudge("rotation.sweep_syncs")
        return _shown(self, shift)


class ShiftRestoreView(RotaView):
    """Undoing that."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: ShiftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Let a cancelled week that has not begun be carried as it was agreed."""
        del request
        self.body(StrictSerializer)
        shift = _cancellable(self, shift_id)
        cancelling.restore_shift(shift_id=shift.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return _shown(self, shift)


def _cancellable(view: RotaView, shift_id: int) -> Shift:
    return get_object_or_404(access.cancellable_shifts(viewer=view.viewer), pk=shift_id)


def _shown(view: RotaView, shift: Shift) -> Response:
    rows = access.visible_shifts(viewer=view.viewer).filter(pk=shift.pk)
    return Response(ShiftSerializer(published.published_shifts(shifts=rows)[0]).data)
