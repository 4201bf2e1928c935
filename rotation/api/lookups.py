"""What a sync would write, and adopting what PagerDuty has; for the team's managers and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api.lookup_serializers import LookupSerializer, NewLookupSerializer, OwnSerializer
from rotation.forms.adoption import level_of
from rotation.models import Lookup
from rotation.operations import adoption, lookups
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Rotation
    from volunteers.access import Viewer

TAGS = ["PagerDuty"]
NEWEST = ("-queued_at", "-pk")


def _rotation(viewer: Viewer, slug: str) -> Rotation:
    return get_object_or_404(access.checkable_rotations(viewer=viewer), slug=slug)


def _lines(page: QuerySet[Lookup]) -> QuerySet[Lookup]:
    return page.select_related("rotation", "level")


class LookupsView(ListView):
    """What was asked of PagerDuty for a rotation."""

    @extend_schema(tags=TAGS, responses=answers({200: LookupSerializer(many=True)}, 400, 404))
    def get(self, request: Request, slug: str) -> Response:
        """The questions of the last week, newest first."""
        del request
        rotation = _rotation(self.viewer, slug)
        visible = access.visible_lookups(viewer=self.viewer).filter(rotation=rotation)
        return self.rows(visible, _lines, LookupSerializer, order=NEWEST)

    @extend_schema(
        tags=TAGS,
        request=NewLookupSerializer,
        responses=answers({202: LookupSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Ask what a sync would write, search, or ask what would become of one; a worker reads."""
        del request
        rotation = _rotation(self.viewer, slug)
        lookup = self._asked(rotation, self.body(NewLookupSerializer))
        nudge("rotation.sweep_lookups")
        return Response(LookupSerializer(lookup).data, status=202)

    def _asked(self, rotation: Rotation, values: dict[str, Any]) -> Lookup:
        pk, actor, now = rotation.pk, self.actor, self.now
        if values["kind"] == Lookup.Kind.PLAN:
            return lookups.ask_plan(rotation_id=pk, actor=actor, now=now)
        if "what" not in values:
            raise ValidationError({"what": ["Say what it is to become."]})
        level, query = level_of(values["what"]), values.get("query", "")
        if values["kind"] == Lookup.Kind.SEARCH:
            return lookups.ask_search(
                rotation_id=pk, level=level, query=query, actor=actor, now=now
            )
        return lookups.ask_adoption(rotation_id=pk, level=level, ref=query, actor=actor, now=now)


class LookupView(RotaView):
    """One question."""

    @extend_schema(tags=TAGS, responses=answers({200: LookupSerializer}, 404))
    def get(self, request: Request, lookup_id: int) -> Response:
        """The question, and the answer once a worker has read it."""
        del request
        visible = _lines(access.visible_lookups(viewer=self.viewer))
        return Response(LookupSerializer(get_object_or_404(visible, pk=lookup_id)).data)


class LookupAdoptView(RotaView):
    """Adopting what was asked about."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({202: LookupSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, lookup_id: int) -> Response:
        """Take the schedule or escalation policy of this answer; the next sync run writes it."""
        del request
        self.body(StrictSerializer)
        visible = _lines(access.visible_lookups(viewer=self.viewer))
        lookup = get_object_or_404(visible, pk=lookup_id)
        adoption.adopt(lookup_id=lookup.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return Response(LookupSerializer(visible.get(pk=lookup.pk)).data, status=202)


class OwnView(RotaView):
    """Going back to what Rota makes."""

    @extend_schema(tags=TAGS, request=OwnSerializer, responses=answers({204: None}, 400, 404, 413))
    def post(self, request: Request, slug: str) -> Response:
        """Let Rota find its own schedule or policy again, or make one; nothing is deleted."""
        del request
        rotation = _rotation(self.viewer, slug)
        what = self.body(OwnSerializer)["what"]
        adoption.release(
            rotation_id=rotation.pk, level=level_of(what), actor=self.actor, now=self.now
        )
        nudge("rotation.sweep_syncs")
        return Response(status=204)
