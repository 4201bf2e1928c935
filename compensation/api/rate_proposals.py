"""Rates from a past day: proposed by one of finance, decided by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from compensation import access
from compensation.api.correction_serializers import NoteSerializer
from compensation.api.once import once
from compensation.api.rate_serializers import (
    NewRateProposalSerializer,
    RateProposalDetailSerializer,
    RateProposalSerializer,
)
from compensation.api.rates import TAGS, new_rate
from compensation.models import RateProposal
from compensation.operations import rate_proposals as operations
from compensation.operations import rights
from compensation.queries import rate_requests
from volunteers.api.base import ListView, RotaView
from volunteers.queries import places

if TYPE_CHECKING:
    from rest_framework.request import Request

Function = access.MoneyFunction
NEWEST = ("-pk",)
_ONE = RateProposalDetailSerializer


class RateProposalsView(ListView):
    """Rates from a past day; proposing one."""

    @extend_schema(tags=TAGS, responses=answers({200: RateProposalSerializer(many=True)}, 400, 403))
    def get(self, request: Request) -> Response:
        """All of them, the newest first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_RATES)
        rows = RateProposal.objects.all()
        return self.rows(rows, rate_requests.proposal_lines, RateProposalSerializer, order=NEWEST)

    @once
    @extend_schema(
        tags=TAGS,
        request=NewRateProposalSerializer,
        responses=answers({201: _ONE}, 400, 403, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Propose a rate from a day that is over; another of finance decides."""
        del request
        rights.require_finance(
            viewer=self.viewer, function=Function.ADD_RATE, attempt="proposing a rate", now=self.now
        )
        values = self.body(NewRateProposalSerializer)
        reason = values.pop("reason")
        rate = new_rate(values, places.office_lines())
        made = operations.propose_rate(rate=rate, reason=reason, actor=self.actor, now=self.now)
        return Response(_shown(made), status=201)


class RateProposalView(RotaView):
    """One of them."""

    @extend_schema(tags=TAGS, responses=answers({200: _ONE}, 403, 404))
    def get(self, request: Request, proposal_id: int) -> Response:
        """The rate, every ended week that it changes, and how far that is once it is approved."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_RATES)
        return Response(_shown(proposal_id))


class OneProposalView(RotaView):
    """The base of deciding about one."""

    def require(self, proposal_id: int, attempt: str) -> None:
        """Let finance pass, to a proposal that is there.

        Raises:
            PermissionDenied: anybody else; the attempt stays on record.
            Http404: there is no such proposal.
        """
        rights.require_finance(
            viewer=self.viewer,
            function=Function.DECIDE_RATE,
            attempt=f"{attempt} rate proposal {proposal_id}",
            now=self.now,
        )
        if rate_requests.proposal_line(proposal_id=proposal_id) is None:
            raise Http404


class RateProposalApproveView(OneProposalView):
    """Putting one in force."""

    @once
    @extend_schema(
        tags=TAGS,
        request=NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409),
    )
    def post(self, request: Request, proposal_id: int) -> Response:
        """Approve it as the second of two; ended weeks that it changes are priced anew."""
        del request
        self.require(proposal_id, "approving")
        note = self.body(NoteSerializer)["note"]
        operations.approve_rate(proposal_id=proposal_id, note=note, actor=self.actor, now=self.now)
        return Response(_shown(proposal_id))


class RateProposalDeclineView(OneProposalView):
    """Leaving the rates as they are."""

    @once
    @extend_schema(
        tags=TAGS,
        request=NoteSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409),
    )
    def post(self, request: Request, proposal_id: int) -> Response:
        """Decline it; say why."""
        del request
        self.require(proposal_id, "declining")
        note = self.body(NoteSerializer)["note"]
        operations.decline_rate(proposal_id=proposal_id, note=note, actor=self.actor, now=self.now)
        return Response(_shown(proposal_id))


class RateProposalWithdrawView(OneProposalView):
    """Taking one's own back."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: _ONE}, 400, 403, 404, 409),
    )
    def post(self, request: Request, proposal_id: int) -> Response:
        """Take back what you proposed."""
        del request
        self.require(proposal_id, "taking back")
        self.body(StrictSerializer)
        operations.withdraw_rate(proposal_id=proposal_id, actor=self.actor, now=self.now)
        return Response(_shown(proposal_id))


def _shown(proposal_id: int) -> dict[str, object]:
    page = rate_requests.proposal_page(proposal_id=proposal_id)
    if page is None:
        raise Http404
    body: dict[str, object] = RateProposalDetailSerializer(page).data
    return body
