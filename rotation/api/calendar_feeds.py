"""One's own calendar addresses in the API: read, made, replaced, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from rotation import access
from rotation.models import CalendarFeed, LevelName
from rotation.operations import calendar_feeds
from rotation.queries import calendar_feeds as queries
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.domain.calendar_feeds import Held
    from volunteers.access import Viewer

TAGS = ["calendars"]


class CalendarFeedSerializer(serializers.Serializer[Any]):
    """A secret address of a calendar; whoever knows it reads the calendar without a token.

    `address` is empty where the server's key has changed since: replace it to read the new one.
    """

    id = serializers.IntegerField(source="feed_id")
    kind = serializers.ChoiceField(choices=CalendarFeed.Kind.choices)
    rotation = serializers.CharField(allow_blank=True, help_text="Empty for one's own shifts.")
    level = serializers.CharField(allow_blank=True, help_text="Empty unless it is one level's.")
    address = serializers.CharField(allow_blank=True)
    webcal = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    fetched_at = serializers.DateTimeField(allow_null=True)


class NewCalendarFeedSerializer(StrictSerializer):
    """Which calendar: one's own shifts without a rotation, both of its levels without a level."""

    rotation = TextField(
        is_line=True,
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="The rotation's slug.",
    )
    level = serializers.ChoiceField(
        choices=[("", "Both"), *LevelName.choices], required=False, default="", allow_blank=True
    )


def held_or_refuse(viewer: Viewer, *, slug: str, level: str) -> Held:
    """What the calendar holds.

    Raises:
        serializers.ValidationError: there is no such rotation, or a level without one.
    """
    rotations = access.visible_rotations(viewer=viewer)
    held = queries.held(rotations=rotations, slug=slug, level=level)
    if held is None:
        message = "There is no such rotation." if slug else "Name the rotation of the level."
        raise serializers.ValidationError({"rotation": [message]})
    return held


class CalendarFeedsView(ListView):
    """One's own addresses that answer."""

    @extend_schema(tags=TAGS, responses=answers({200: CalendarFeedSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Your addresses: your shifts first, then by name of the rotation."""
        del request
        own = access.own_calendar_feeds(viewer=self.viewer)
        return self.lines(queries.own_feeds(feeds=own), CalendarFeedSerializer)

    @extend_schema(
        tags=TAGS,
        request=NewCalendarFeedSerializer,
        responses=answers({201: CalendarFeedSerializer}, 400, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Make an address of your shifts, of a rotation or of one of its levels."""
        del request
        wanted = self.body(NewCalendarFeedSerializer)
        held = held_or_refuse(self.viewer, slug=wanted["rotation"], level=wanted["level"])
        feed = calendar_feeds.make_feed(held=held, actor=self.actor, now=self.now)
        return Response(CalendarFeedSerializer(queries.own_feed(feed)).data, status=201)


class CalendarFeedReplaceView(RotaView):
    """Another address of the same calendar."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({201: CalendarFeedSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, feed_id: int) -> Response:
        """Replace an address; the old one is answered with 404 from now on."""
        del request
        self.body(StrictSerializer)
        own = get_object_or_404(access.own_calendar_feeds(viewer=self.viewer), pk=feed_id)
        feed = calendar_feeds.replace_feed(feed_id=own.pk, actor=self.actor, now=self.now)
        return Response(CalendarFeedSerializer(queries.own_feed(feed)).data, status=201)


class CalendarFeedStopView(RotaView):
    """The end of an address."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({204: None}, 400, 404, 409)
    )
    def post(self, request: Request, feed_id: int) -> Response:
        """Stop an address; it is answered with 404 from now on and never comes back."""
        del request
        self.body(StrictSerializer)
        own = get_object_or_404(access.own_calendar_feeds(viewer=self.viewer), pk=feed_id)
        calendar_feeds.stop_feed(feed_id=own.pk, actor=self.actor, now=self.now)
        return Response(status=204)
