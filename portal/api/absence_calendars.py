"""Busy days of one's own calendar, to be entered as absences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from portal.api.absences import TAGS
from portal.queries import busy_days
from volunteers.api.base import RotaView
from volunteers.reading import calendars

if TYPE_CHECKING:
    from rest_framework.request import Request


class CalendarSourceSerializer(StrictSerializer):
    """A calendar in iCal format: its `https` address, or else the file's text."""

    address = TextField(required=False, allow_blank=True, default="", max_length=2000)
    text = TextField(required=False, allow_blank=True, default="")


class BusyDaysSerializer(serializers.Serializer[Any]):
    """Days on which the calendar says busy, both included, where one works.

    `is_likely` are those of all-day and out-of-office events that are not tentative. `title` is
    kept nowhere. `published_weeks` are shifts of one's own in these days.
    """

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    title = serializers.CharField()
    is_likely = serializers.BooleanField()
    published_weeks = serializers.ListField(child=serializers.IntegerField())


class BusyPreviewSerializer(serializers.Serializer[Any]):
    """All that the calendar holds for the coming year and is not entered yet."""

    days = BusyDaysSerializer(many=True)


class BusyDaysView(RotaView):
    """A look into one's own calendar."""

    @extend_schema(
        tags=TAGS,
        request=CalendarSourceSerializer,
        responses=answers({200: BusyPreviewSerializer}, 400, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Read a calendar's busy days; nothing is saved, and the address is not kept.

        Listed are all-day events, and days of which an event takes four hours or more. Enter those
        that you choose at `absences/`.
        """
        del request
        values = self.body(CalendarSourceSerializer)
        found = calendars.read_busy_days(
            source=calendars.Source(
                address=values["address"], file=values["text"].encode(), field="text"
            ),
            engineer_id=self.viewer.engineer_id,
            now=self.now,
        )
        preview = busy_days.preview(viewer=self.viewer, found=found, now=self.now)
        lines = [
            {
                "first_day": row.first_day,
                "last_day": row.last_day,
                "title": row.title,
                "is_likely": row.is_likely,
                "published_weeks": [week.shift.shift_id for week in row.held],
            }
            for row in preview.rows
        ]
        return Response(BusyPreviewSerializer({"days": lines}).data)
