"""Taking over now: asked for by the one on call, or offered by a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import cover_request_serializers, swap_serializers
from rotation.models import Cover
from rotation.operations import take_over
from rotation.operations.covers import Seen
from rotation.operations.take_over import Remainder
from rotation.queries import cover_requests as queries
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["covers"]
ONE = cover_request_serializers.CoverRequestSerializer


class TakeOverView(RotaView):
    """Asking to be relieved now."""

    @extend_schema(
        tags=TAGS,
        request=swap_serializers.TakeOverSerializer,
        responses=answers({201: ONE}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Ask everyone who can at once; the first who takes it is on call from that second."""
        del request
        rows = access.shifts_to_hand_on(viewer=self.viewer).select_related("level__rotation")
        shift = get_object_or_404(rows, pk=shift_id)
        values = self.body(swap_serializers.TakeOverSerializer)
        manages = self.viewer.manages(shift.level.rotation.team_id)
        remainder = Remainder(
            shift_id=shift.pk,
            ends_at=values["ends_at"],
            seen=None if manages else Seen(engineer_id=self.viewer.engineer_id),
            message=values["message"],
        )
        cover = take_over.ask_now(remainder=remainder, actor=self.actor, now=self.now)
        return Response(_shown(self, cover), status=201)


class TakeOverOfferView(RotaView):
    """Offering to take over."""

    @extend_schema(
        tags=TAGS,
        request=swap_serializers.TakeOverOfferSerializer,
        responses=answers({201: ONE}, 400, 404, 409),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Offer to carry on from whoever is on call, who agrees or goes on."""
        del request
        today = self.now.date()
        rows = access.shifts_to_take_over(viewer=self.viewer, today=today)
        values = self.body(swap_serializers.TakeOverOfferSerializer)
        engineer_id = int(values.get("engineer", self.viewer.engineer_id))
        if engineer_id != self.viewer.engineer_id:
            rows = access.coverable_shifts(viewer=self.viewer)
        shift = get_object_or_404(rows, pk=shift_id)
        cover = take_over.offer_now(
            remainder=Remainder(shift_id=shift.pk, ends_at=values["ends_at"]),
            engineer_id=engineer_id,
            actor=self.actor,
            now=self.now,
        )
        return Response(_shown(self, cover), status=201)


class TakeOverAgreeView(RotaView):
    """Agreeing to an offer."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 400, 404, 409)
    )
    def post(self, request: Request, request_id: int) -> Response:
        """Let whoever offered take over, from now on."""
        del request
        self.body(StrictSerializer)
        cover = get_object_or_404(access.offered_take_overs(viewer=self.viewer), pk=request_id)
        taken = take_over.accept_offer(cover_id=cover.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return Response(_shown(self, taken))


class TakeOverCloseView(RotaView):
    """Going on oneself, or taking the offer back."""

    @extend_schema(tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 404, 409))
    def post(self, request: Request, request_id: int) -> Response:
        """Close an open offer; the other side gets a mail."""
        del request
        self.body(StrictSerializer)
        cover = get_object_or_404(access.closable_take_overs(viewer=self.viewer), pk=request_id)
        closed = take_over.close_offer(cover_id=cover.pk, actor=self.actor, now=self.now)
        return Response(_shown(self, closed))


def _shown(view: RotaView, cover: Cover) -> object:
    rows = Cover.objects.filter(pk=cover.pk)
    return ONE(queries.request_lines(covers=rows, now=view.now)[0]).data
