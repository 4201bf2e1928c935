"""Swaps: offered for a request or proposed by who asks, agreed as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common import wording
from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import swap_serializers as serializers
from rotation.models import SwapOffer
from rotation.operations import swaps
from rotation.operations.cover_requests import Asking
from rotation.operations.covers import Seen
from rotation.operations.swaps import Returned
from rotation.queries import swaps as queries
from volunteers.api.base import ListView, RotaView
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from rest_framework.request import Request

TAGS = ["covers"]
ONE = serializers.SwapSerializer


class MySwapsView(ListView):
    """Swaps that wait for the one who asks."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Open swaps that one agrees to or declines, the newest first."""
        del request
        me = self.viewer.engineer_id
        decided = Q(by_asker=True, engineer_id=me) | Q(by_asker=False, cover__from_engineer_id=me)
        rows = SwapOffer.objects.filter(decided, state=SwapOffer.State.OPEN)
        return self.lines([each for each in _lines(rows, self.now) if each.is_open], ONE)


class RequestSwapsView(ListView):
    """Weeks offered in return for one request."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE(many=True)}, 400, 404))
    def get(self, request: Request, request_id: int) -> Response:
        """Those that one may read, open or over, the newest first."""
        del request
        rows = access.visible_requests(viewer=self.viewer, today=_today(self))
        cover = get_object_or_404(rows, pk=request_id)
        offers = access.visible_swaps(viewer=self.viewer).filter(cover=cover)
        return self.lines(_lines(offers, self.now), ONE)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewSwapSerializer,
        responses=answers({201: ONE}, 400, 404, 409, 413),
    )
    def post(self, request: Request, request_id: int) -> Response:
        """Offer to take it for time of one's own; the last offer of a person stands."""
        del request
        mine: dict[str, Any] = {"viewer": self.viewer, "today": _today(self)}
        own = access.answerable_requests(for_id=self.viewer.engineer_id, **mine)
        get_object_or_404(own | access.answerable_requests(for_id=0, **mine), pk=request_id)
        values = self.body(serializers.NewSwapSerializer)
        engineer_id = int(values.get("engineer", self.viewer.engineer_id))
        rows = access.answerable_requests(for_id=engineer_id, **mine)
        cover = get_object_or_404(rows, pk=request_id)
        shift = get_object_or_404(access.visible_shifts(viewer=self.viewer), pk=values["shift"])
        offer = swaps.offer_swap(
            cover_id=cover.pk,
            engineer_id=engineer_id,
            returned=Returned(
                shift_id=shift.pk, starts_at=values["starts_at"], ends_at=values["ends_at"]
            ),
            actor=self.actor,
            now=self.now,
        )
        return Response(_shown(offer, self.now), status=201)


class SwapProposalsView(RotaView):
    """Naming a colleague's week for one's own."""

    @extend_schema(
        tags=TAGS,
        request=serializers.NewProposalSerializer,
        responses=answers({201: ONE}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Ask one colleague for cover, and name what one takes in return; they are to agree."""
        del request
        rows = access.shifts_to_hand_on(viewer=self.viewer).select_related("level__rotation")
        shift = get_object_or_404(rows, pk=shift_id)
        values = self.body(serializers.NewProposalSerializer)
        visible = access.visible_shifts(viewer=self.viewer)
        other = get_object_or_404(visible, pk=values["return_shift"])
        manages = self.viewer.manages(shift.level.rotation.team_id)
        offer = swaps.propose_swap(
            asking=Asking(
                shift_id=shift.pk,
                starts_at=values["starts_at"],
                ends_at=values["ends_at"],
                seen=None if manages else Seen(engineer_id=self.viewer.engineer_id),
                message=values["message"],
            ),
            engineer_id=values["engineer"],
            returned=Returned(
                shift_id=other.pk,
                starts_at=values["return_starts_at"],
                ends_at=values["return_ends_at"],
            ),
            actor=self.actor,
            now=self.now,
        )
        return Response(_shown(offer, self.now), status=201)


class SwapView(RotaView):
    """One swap."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE}, 404))
    def get(self, request: Request, offer_id: int) -> Response:
        """Both weeks as one agreement, and what became of it."""
        del request
        rows = access.visible_swaps(viewer=self.viewer)
        return Response(_shown(get_object_or_404(rows, pk=offer_id), self.now))


class SwapAgreeView(RotaView):
    """Agreeing."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 400, 404, 409)
    )
    def post(self, request: Request, offer_id: int) -> Response:
        """Both weeks change hands at once, or neither does."""
        del request
        self.body(StrictSerializer)
        offer = get_object_or_404(access.decidable_swaps(viewer=self.viewer), pk=offer_id)
        agreed = swaps.agree_swap(offer_id=offer.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return Response(_shown(agreed, self.now))


class SwapDeclineView(RotaView):
    """Saying no."""

    @extend_schema(tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 404, 409))
    def post(self, request: Request, offer_id: int) -> Response:
        """Decline; each keeps their own week."""
        del request
        self.body(StrictSerializer)
        offer = get_object_or_404(access.decidable_swaps(viewer=self.viewer), pk=offer_id)
        declined = swaps.decline_swap(offer_id=offer.pk, actor=self.actor, now=self.now)
        return Response(_shown(declined, self.now))


class SwapWithdrawView(RotaView):
    """Taking an offer back."""

    @extend_schema(tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 404, 409))
    def post(self, request: Request, offer_id: int) -> Response:
        """Withdraw an open offer; the other one gets a mail."""
        del request
        self.body(StrictSerializer)
        offer = get_object_or_404(access.withdrawable_swaps(viewer=self.viewer), pk=offer_id)
        closed = swaps.withdraw_swap(offer_id=offer.pk, actor=self.actor, now=self.now)
        return Response(_shown(closed, self.now))


def _today(view: RotaView) -> dt.date:
    zone = profiles.place(engineer_id=view.viewer.engineer_id, now=view.now).zone
    return wording.local(view.now, zone).date()


def _lines(rows: QuerySet[SwapOffer], now: dt.datetime) -> list[queries.SwapLine]:
    return queries.swap_lines(offers=rows, now=now)


def _shown(offer: SwapOffer, now: dt.datetime) -> object:
    return ONE(_lines(SwapOffer.objects.filter(pk=offer.pk), now)[0]).data
