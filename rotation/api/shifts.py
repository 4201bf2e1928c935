"""The published schedule, a year of it at most."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.schema import answers, day_parameter
from rotation import access
from rotation.api.rotations import OneRotationView
from rotation.api.serializers import ScheduleSerializer, WindowSerializer
from rotation.domain import slots
from rotation.queries import patterns, published

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation
    from rotation.queries.published import PublishedShift

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
            "shifts": [self._shown(shift, rotation) for shift in found],
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

    def _shown(self, shift: PublishedShift, rotation: Rotation) -> PublishedShift:
        """A reason names who is away: that is for the team's managers."""
        if self.viewer.manages(rotation.team_id):
            return shift
        return dataclasses.replace(shift, gap_reasons=())
