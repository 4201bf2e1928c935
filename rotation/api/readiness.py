"""Whom PagerDuty can page, and how it is written in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api.serializers import LevelField
from rotation.domain import readiness as domain
from rotation.models import WithheldWeek
from rotation.operations import people_checks
from rotation.queries import readiness
from volunteers.api.base import RotaView
from volunteers.api.serializers import PersonRefSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation

TAGS = ["PagerDuty"]
CODES = sorted(domain.WORDS)


class ReachProblemSerializer(serializers.Serializer[Any]):
    """One thing that keeps a page from somebody; `what` follows their name."""

    code = serializers.ChoiceField(choices=CODES)
    what = serializers.CharField(source="words.about")
    to_do = serializers.CharField(source="words.to_do")


class ReachSerializer(serializers.Serializer[Any]):
    """Whether a page at high urgency reaches somebody; `reachable` is null before the first look.

    `since` is since when it does not.
    """

    reachable = serializers.BooleanField(source="is_reachable", allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    problems = ReachProblemSerializer(many=True)


class MyReachSerializer(ReachSerializer):
    """The same of oneself; `is_checking` while PagerDuty is being asked."""

    is_checking = serializers.BooleanField()


class PersonReachSerializer(serializers.Serializer[Any]):
    """Somebody who serves now or later, and at which levels.

    `on_call_at` is when their next stint begins, or the running one began.
    """

    person = PersonRefSerializer(source="*")
    levels = serializers.ListField(child=LevelField())
    on_call_at = serializers.DateTimeField(allow_null=True)
    reach = ReachSerializer()


class WithheldWeekSerializer(serializers.Serializer[Any]):
    """A published week, some of which is a leaver's: from `starts_at` on nobody is paged for it."""

    level = LevelField()
    week_date = serializers.DateField()
    shift = serializers.IntegerField(source="shift_id")
    person = PersonRefSerializer(source="*")
    why = serializers.ChoiceField(choices=WithheldWeek.Why.choices)
    starts_at = serializers.DateTimeField()


class TeamReachSerializer(serializers.Serializer[Any]):
    """A rotation's people, those who cannot be paged first, and weeks that page nobody.

    `failure` says why PagerDuty could not be asked the last time, empty when it could.
    """

    checked_at = serializers.DateTimeField(source="check.done_at", allow_null=True)
    is_checking = serializers.BooleanField(source="check.is_moving")
    failure = serializers.CharField(source="check.failure")
    people = PersonReachSerializer(many=True)
    withheld = WithheldWeekSerializer(many=True)


class MyReadinessView(RotaView):
    """Whether PagerDuty can reach oneself."""

    @extend_schema(tags=TAGS, responses=answers({200: MyReachSerializer}))
    def get(self, request: Request) -> Response:
        """What the last look at PagerDuty found about you."""
        del request
        return Response(self._own())

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({202: MyReachSerializer}, 400)
    )
    def post(self, request: Request) -> Response:
        """Look again; gives what stands until then."""
        del request
        self.body(StrictSerializer)
        people_checks.request_check(actor=self.actor, now=self.now, concerned=[self.viewer.email])
        nudge("rotation.sweep_people_checks")
        return Response(self._own(), status=202)

    def _own(self) -> dict[str, Any]:
        reach = readiness.own_reach(engineer_id=self.viewer.engineer_id)
        is_checking = readiness.check_state().is_moving
        return {**ReachSerializer(reach).data, "is_checking": is_checking}


class RotationReadinessView(RotaView):
    """Whom of a rotation PagerDuty can page, for the team's managers and admins."""

    @extend_schema(tags=TAGS, responses=answers({200: TeamReachSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Everybody who serves, who cannot be paged and why, and the weeks of leavers."""
        del request
        return Response(self._team(self._rotation(slug)))

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({202: TeamReachSerializer}, 400, 404)
    )
    def post(self, request: Request, slug: str) -> Response:
        """Look everybody up in PagerDuty again; gives what stands until then."""
        del request
        self.body(StrictSerializer)
        rotation = self._rotation(slug)
        people_checks.request_check(actor=self.actor, now=self.now, team=rotation.team.slug)
        nudge("rotation.sweep_people_checks")
        return Response(self._team(rotation), status=202)

    def _rotation(self, slug: str) -> Rotation:
        rows = access.checkable_rotations(viewer=self.viewer).select_related("team")
        return get_object_or_404(rows, slug=slug)

    def _team(self, rotation: Rotation) -> dict[str, Any]:
        team = readiness.team_reach(rotation=rotation, now=self.now)
        return dict(TeamReachSerializer(team).data)
