"""The published schedule, a year of it at most."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.schema import answers, day_parameter
from rotation import access
from rotation.api.rotations import OneRotationView
from rotation.api.schedule_serializers import (
    ScheduleSerializer,
    ShiftSerializer,
    WindowSerializer,
)
from rotation.domain import slots
from rotation.queries import patterns, published
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation
    from rotation.queries.published import PublishedShift
    from volunteers.access import Viewer

USUAL = dt.timedelta(weeks=26)
LONGEST = dt.timedelta(weeks=53)


class ShiftsView(OneRotationView):
    """The published weeks of a rotation."""

    @extend_schema(
        tags=["rotations"],
        parameters=[
            day_parameter("from", "The first day; that of the running week when left out."),
            day_parameter(
                "until", "The day after the last, at most 53 weeks later; 26 when left out."
            ),
        ],
        responses=answers({200: ScheduleSerializer}, 400, 404),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The weeks whose handover lies between two days: holders, stints, loads, gaps."""
        del request
        rotation = self.rotation(slug)
        first, until = self._window(rotation)
        shifts = access.visible_shifts(viewer=self.viewer).filter(
            level__rotation=rotation, week_date__gte=first, week_date__lt=until
        )
        found = published.published_shifts(shifts=shifts)
        body = {
            "from": first,
            "until": until,
            "rotation": rotation.slug,
            "schedule_version": rotation.schedule_version,
            "shifts": [shown(shift, viewer=self.viewer, rotation=rotation) for shift in found],
        }
        return Response(ScheduleSerializer(body).data)

    def _window(self, rotation: Rotation) -> tuple[dt.date, dt.date]:
        asked = self.query(WindowSerializer)
        current = slots.week_at(patterns.pattern_of(rotation), self.now).week_date
        first = asked.get("from", current)
        until = asked.get("until", first + USUAL)
        if until <= first:
            raise ValidationError({"until": "The end comes after the start."})
        if until - first > LONGEST:
            raise ValidationError({"until": "At most 53 weeks at a time."})
        return first, until


class ShiftView(RotaView):
    """One published week."""

    @extend_schema(tags=["rotations"], responses=answers({200: ShiftSerializer}, 404))
    def get(self, request: Request, shift_id: int) -> Response:
        """Who holds the week, who is on call when, how heavy it is, and why nobody takes it."""
        del request
        visible = access.visible_shifts(viewer=self.viewer)
        row = get_object_or_404(visible.select_related("level__rotation"), pk=shift_id)
        found = published.published_shifts(shifts=visible.filter(pk=row.pk))[0]
        body = shown(found, viewer=self.viewer, rotation=row.level.rotation)
        return Response(ShiftSerializer(body).data)


def shown(shift: PublishedShift, *, viewer: Viewer, rotation: Rotation) -> PublishedShift:
    """The shift as this viewer reads it: a reason names who is away, for the team's managers."""
    if viewer.manages(rotation.team_id):
        return shift
    return dataclasses.replace(shift, gap_reasons=())
