"""A closed month: files that went to payroll, and opening it again by two of finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from compensation import access
from compensation.api import serializers
from compensation.api.closed_serializers import (
    DeclineReopeningSerializer,
    NewReopeningSerializer,
    ReopeningSerializer,
    SentFilesSerializer,
)
from compensation.api.once import once
from compensation.api.periods import TAGS, OnePeriodView
from compensation.operations import reopening, rights, sending
from compensation.queries.reopenings import reopening_lines, reopenings_of
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from compensation.models import Reopening

Function = access.MoneyFunction


class PeriodSentView(OnePeriodView):
    """Saying that files went to payroll."""

    @once
    @extend_schema(
        tags=TAGS,
        request=SentFilesSerializer,
        responses=answers({200: serializers.PeriodDetailSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, month: str) -> Response:
        """Mark stored files as sent to payroll; the month cannot be opened again after that."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.MARK_SENT,
            attempt=f"marking files of pay period {month} as sent",
            now=self.now,
        )
        sent = self.body(SentFilesSerializer)
        self.line(month)
        sending.mark_sent(
            month=month, file_names=sent["file_names"], actor=self.actor, now=self.now
        )
        return self.period(month)


class PeriodReopeningsView(OnePeriodView, ListView):
    """Requests to open a month again."""

    @extend_schema(
        tags=TAGS, responses=answers({200: ReopeningSerializer(many=True)}, 400, 403, 404)
    )
    def get(self, request: Request, month: str) -> Response:
        """Every request about the month, the newest first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_PERIODS)
        self.line(month)
        return self.lines(reopenings_of(month=month), ReopeningSerializer)

    @once
    @extend_schema(
        tags=TAGS,
        request=NewReopeningSerializer,
        responses=answers({201: ReopeningSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, month: str) -> Response:
        """Ask a second person of finance to open the last closed month again."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.ASK_REOPENING,
            attempt=f"asking to reopen pay period {month}",
            now=self.now,
        )
        asked = self.body(NewReopeningSerializer)
        self.line(month)
        number = reopening.ask_reopening(
            month=month, reason=asked["reason"], actor=self.actor, now=self.now
        )
        rows = access.visible_reopenings(viewer=self.viewer).filter(pk=number)
        return Response(
            ReopeningSerializer(reopening_lines(rows)[0]).data, status=status.HTTP_201_CREATED
        )


class OneReopeningView(RotaView):
    """The base of the routes of one request."""

    def require(self, reopening_id: int, attempt: str) -> None:
        """Let finance pass, to a request that is there.

        Raises:
            PermissionDenied: anybody else; the attempt stays on record.
            Http404: there is no such request.
        """
        rights.require_finance(
            viewer=self.viewer,
            function=Function.DECIDE_REOPENING,
            attempt=f"{attempt} the request {reopening_id} to reopen a pay period",
            now=self.now,
        )
        get_object_or_404(self._rows(), pk=reopening_id)

    def request_line(self, reopening_id: int) -> Response:
        """The request as it is now."""
        rows = self._rows().filter(pk=reopening_id)
        return Response(ReopeningSerializer(reopening_lines(rows)[0]).data)

    def _rows(self) -> QuerySet[Reopening]:
        return access.visible_reopenings(viewer=self.viewer)


class ReopeningApproveView(OneReopeningView):
    """Opening the month again."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: ReopeningSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, reopening_id: int) -> Response:
        """Open the month again as the second of two people; the stored files stay as they are."""
        del request
        self.require(reopening_id, "approving")
        self.body(StrictSerializer)
        reopening.approve_reopening(reopening_id=reopening_id, actor=self.actor, now=self.now)
        return self.request_line(reopening_id)


class ReopeningDeclineView(OneReopeningView):
    """Leaving the month closed."""

    @once
    @extend_schema(
        tags=TAGS,
        request=DeclineReopeningSerializer,
        responses=answers({200: ReopeningSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, reopening_id: int) -> Response:
        """Leave the month closed; whoever asked takes the request back by it."""
        del request
        self.require(reopening_id, "declining")
        note = self.body(DeclineReopeningSerializer)["note"]
        reopening.decline_reopening(
            reopening_id=reopening_id, note=note, actor=self.actor, now=self.now
        )
        return self.request_line(reopening_id)
