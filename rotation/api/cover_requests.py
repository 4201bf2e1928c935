"""Requests for cover: asked by who is on call, answered by who is asked, or by a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common import wording
from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import cover_request_serializers as serializers
from rotation.models import Cover
from rotation.operations import cover_answers, cover_requests
from rotation.operations.covers import Seen
from rotation.queries import cover_requests as queries
from volunteers.api.base import ListView, RotaView
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Shift

TAGS = ["covers"]
SYNCS = "rotation.sweep_syncs"
ONE = serializers.CoverRequestSerializer


class MyRequestsView(ListView):
    """What is asked of the one who asks."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Open requests that wait for an answer of one's own, the next first."""
        del request
        found = queries.asked_of(engineer_id=self.viewer.engineer_id, now=self.now)
        return self.lines(found, ONE)


class ShiftRequestsView(ListView):
    """The requests for cover of one shift."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE(many=True)}, 400, 404))
    def get(self, request: Request, shift_id: int) -> Response:
        """Those that one may read, open or over, in order of their time."""
        del request
        shift = get_object_or_404(access.visible_shifts(viewer=self.viewer), pk=shift_id)
        rows = _visible(self).filter(shift=shift)
        return self.lines(queries.request_lines(covers=rows, now=self.now), ONE)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewRequestSerializer,
        responses=answers({201: ONE}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Ask for cover of one's own time, or as a manager of somebody's."""
        del request
        rows = access.shifts_to_hand_on(viewer=self.viewer).select_related("level__rotation")
        shift = get_object_or_404(rows, pk=shift_id)
        values = self.body(serializers.NewRequestSerializer)
        asking = cover_requests.Asking(
            shift_id=shift.pk,
            asked_ids=tuple(values.get("asked", ())),
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            seen=_seen(self, shift, values),
            message=values["message"],
        )
        cover = cover_requests.request_cover(asking=asking, actor=self.actor, now=self.now)
        return Response(_shown(self, cover), status=201)


class RequestView(RotaView):
    """One request for cover."""

    @extend_schema(tags=TAGS, responses=answers({200: ONE}, 404))
    def get(self, request: Request, request_id: int) -> Response:
        """Who asks, who is asked and what they said, and what became of it."""
        del request
        return Response(_shown(self, get_object_or_404(_visible(self), pk=request_id)))


class RequestTakeView(RotaView):
    """Taking a cover."""

    @extend_schema(
        tags=TAGS,
        request=serializers.AnswerSerializer,
        responses=answers({200: ONE}, 400, 404, 409),
    )
    def post(self, request: Request, request_id: int) -> Response:
        """Take it, at once and without approval; the second of two gets 409 with who was first."""
        del request
        cover, engineer_id = _answered(self, request_id)
        taken = cover_answers.take_cover(
            cover_id=cover.pk, engineer_id=engineer_id, actor=self.actor, now=self.now
        )
        nudge(SYNCS)
        return Response(_shown(self, taken))


class RequestDeclineView(RotaView):
    """Saying no."""

    @extend_schema(
        tags=TAGS,
        request=serializers.AnswerSerializer,
        responses=answers({200: ONE}, 400, 404, 409),
    )
    def post(self, request: Request, request_id: int) -> Response:
        """Say no; who asks sees it. Saying it twice changes nothing."""
        del request
        cover, engineer_id = _answered(self, request_id)
        declined = cover_answers.decline_cover(
            cover_id=cover.pk, engineer_id=engineer_id, actor=self.actor, now=self.now
        )
        return Response(_shown(self, declined))


class RequestWithdrawView(RotaView):
    """Taking a request back."""

    @extend_schema(tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 404, 409))
    def post(self, request: Request, request_id: int) -> Response:
        """Withdraw an open request; those who were asked get a mail."""
        del request
        self.body(StrictSerializer)
        rows = access.withdrawable_requests(viewer=self.viewer)
        cover = get_object_or_404(rows, pk=request_id)
        closed = cover_requests.withdraw_request(cover_id=cover.pk, actor=self.actor, now=self.now)
        return Response(_shown(self, closed))


class CoverGiveBackView(RotaView):
    """Giving a cover back."""

    @extend_schema(tags=TAGS, request=StrictSerializer, responses=answers({200: ONE}, 404, 409))
    def post(self, request: Request, request_id: int) -> Response:
        """Give it back until the cut-off; the answer is the request, which is open again."""
        del request
        self.body(StrictSerializer)
        rows = access.returnable_covers(viewer=self.viewer)
        cover = get_object_or_404(rows, pk=request_id)
        again = cover_answers.give_back(cover_id=cover.pk, actor=self.actor, now=self.now)
        nudge(SYNCS)
        return Response(_shown(self, again))


def _today(view: RotaView) -> dt.date:
    zone = profiles.place(engineer_id=view.viewer.engineer_id, now=view.now).zone
    return wording.local(view.now, zone).date()


def _visible(view: RotaView) -> QuerySet[Cover]:
    return access.visible_requests(viewer=view.viewer, today=_today(view))


def _answered(view: RotaView, request_id: int) -> tuple[Cover, int]:
    values = view.body(serializers.AnswerSerializer)
    engineer_id = int(values.get("engineer", view.viewer.engineer_id))
    rows = access.answerable_requests(viewer=view.viewer, for_id=engineer_id, today=_today(view))
    return get_object_or_404(rows, pk=request_id), engineer_id


def _seen(view: RotaView, shift: Shift, values: dict[str, object]) -> Seen | None:
    """Whoever is no manager of the team asks for their own time only."""
    if not view.viewer.manages(shift.level.rotation.team_id):
        return Seen(engineer_id=view.viewer.engineer_id)
    if "from_engineer" not in values:
        return None
    named = values["from_engineer"]
    return Seen(engineer_id=None if named is None else int(str(named)))


def _shown(view: RotaView, cover: Cover) -> object:
    rows = Cover.objects.filter(pk=cover.pk)
    return ONE(queries.request_lines(covers=rows, now=view.now)[0]).data
