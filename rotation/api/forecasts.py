"""The coverage forecast, and how it is written in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.schema import answers
from rotation.api.rotations import TAGS, OneRotationView
from rotation.api.serializers import LevelField
from rotation.models import Forecast
from rotation.queries import forecasts

if TYPE_CHECKING:
    from rest_framework.request import Request


class OpenWeekSerializer(serializers.Serializer[Any]):
    """A week of a level that no schedule covers."""

    week_date = serializers.DateField()
    level = LevelField()


class NeededPeopleSerializer(serializers.Serializer[Any]):
    """So many people more at a level from a handover on; `total` counts those before, too."""

    level = LevelField()
    people = serializers.IntegerField()
    total = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        return {"from": serializers.DateField(source="starts_on"), **super().get_fields()}


class ForecastSerializer(serializers.Serializer[Any]):
    """What becomes of the rotation when terms end and nobody joins.

    `first_gap` is the first week that no schedule covers together with all weeks before it, until
    `horizon_until`; `gaps` are the weeks that then stay open, as few as can be. With the people
    `needed` there is none. Not `proven`, the gap may come later and fewer people may be enough. A
    worker looks again whenever terms, absences, the policy or published weeks change, and each day;
    while `state` is queued or working, the figures are those before the change, null at first.
    """

    state = serializers.ChoiceField(choices=Forecast.State.choices)
    finished_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    horizon_until = serializers.DateField(allow_null=True)
    first_gap = serializers.DateField(allow_null=True)
    gaps = OpenWeekSerializer(many=True)
    needed = NeededPeopleSerializer(many=True)
    proven = serializers.BooleanField()
    people_now = serializers.IntegerField(allow_null=True)
    minimum = serializers.IntegerField(allow_null=True)
    below_minimum_from = serializers.DateField(source="below_from", allow_null=True)
    people_then = serializers.IntegerField(allow_null=True)


class ForecastView(OneRotationView):
    """The coverage forecast of one rotation."""

    @extend_schema(tags=TAGS, responses=answers({200: ForecastSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """The first gap as terms end, how many people are needed by when, and the team's size."""
        del request
        found = forecasts.forecast_of(rotation_id=self.rotation(slug).pk)
        return Response(ForecastSerializer(found).data)
