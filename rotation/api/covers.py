"""Covers of a shift: read by all, entered and undone by the managers of its team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import cover_serializers as serializers
from rotation.operations import covers as operations
from rotation.operations import swap_undoing
from rotation.queries import cover_people, covers
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Cover, Shift

TAGS = ["covers"]


def _instant(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATETIME, description=description, required=False)


class ShiftCoversView(ListView):
    """The covers of one shift."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.CoverSerializer(many=True)}, 400, 404)
    )
    def get(self, request: Request, shift_id: int) -> Response:
        """Agreed covers in order of agreement, undone ones too; the later wins."""
        del request
        rows = access.visible_shifts(viewer=self.viewer).select_related("level__rotation")
        shift = get_object_or_404(rows, pk=shift_id)
        lines = covers.cover_lines(
            covers=access.visible_covers(viewer=self.viewer).filter(shift=shift),
            team_id=shift.level.rotation.team_id,
            now=self.now,
        )
        return self.lines(lines, serializers.CoverSerializer)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewCoverSerializer,
        responses=answers({201: serializers.CoverSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Enter a cover for somebody: it holds at once, and both get a mail."""
        del request
        shift = _coverable(self, shift_id)
        values = self.body(serializers.NewCoverSerializer)
        seen = None
        if "from_engineer" in values:
            seen = operations.Seen(engineer_id=values["from_engineer"])
        wanted = operations.WantedCover(
            shift_id=shift.pk,
            to_engineer_id=values["to_engineer"],
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            seen=seen,
        )
        cover = operations.enter_cover(wanted=wanted, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return Response(_shown(self, cover), status=201)


class CoverCandidatesView(RotaView):
    """Who can take a part of a shift."""

    @extend_schema(
        tags=TAGS,
        parameters=[
            _instant("starts_at", "From when; the shift's start, or now, when left out."),
            _instant("ends_at", "Until when; the shift's end when left out."),
        ],
        responses=answers({200: serializers.CandidatesSerializer}, 400, 404, 409),
    )
    def get(self, request: Request, shift_id: int) -> Response:
        """Everybody with a term in the team, best first; those who cannot stand last, with why."""
        del request
        rows = access.shifts_to_hand_on(viewer=self.viewer).select_related("level__rotation__team")
        shift = get_object_or_404(rows, pk=shift_id)
        asked = self.query(serializers.PartSerializer)
        line = operations.open_shift(shift=shift, now=self.now)
        period = operations.part_period(
            shift=line, starts_at=asked["starts_at"], ends_at=asked["ends_at"], now=self.now
        )
        rotation = shift.level.rotation
        part = cover_people.part_of(shift=line, rotation=rotation, period=period, now=self.now)
        found = cover_people.candidates(
            shift=line,
            rotation=rotation,
            part=part,
            without={piece.person for piece in line.within(period) if piece.person is not None},
            now=self.now,
        )
        body = {"starts_at": period.starts_at, "ends_at": period.ends_at, "candidates": found}
        return Response(serializers.CandidatesSerializer(body).data)


class CoverUndoView(RotaView):
    """Taking a cover back."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.CoverSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, cover_id: int) -> Response:
        """Undo it wholly before its start, from now on while it runs."""
        del request
        self.body(StrictSerializer)
        cover = get_object_or_404(access.undoable_covers(viewer=self.viewer), pk=cover_id)
        undone = swap_undoing.undo(cover_id=cover.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        return Response(_shown(self, undone))


def _coverable(view: RotaView, shift_id: int) -> Shift:
    rows = access.coverable_shifts(viewer=view.viewer).select_related("level__rotation__team")
    return get_object_or_404(rows, pk=shift_id)


def _shown(view: RotaView, cover: Cover) -> object:
    lines = covers.cover_lines(
        covers=access.visible_covers(viewer=view.viewer).filter(shift_id=cover.shift_id),
        team_id=cover.shift.level.rotation.team_id,
        now=view.now,
    )
    line = next(each for each in lines if each.cover_id == cover.pk)
    return serializers.CoverSerializer(line).data
