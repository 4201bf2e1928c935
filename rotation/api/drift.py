"""Where PagerDuty shows somebody else, and what becomes of it."""

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
from rotation.models import Drift
from rotation.operations import drift_checks, drift_choices
from rotation.queries import drift as queries
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation
    from volunteers.access import Viewer

TAGS = ["PagerDuty"]


class DriftSerializer(serializers.Serializer[Any]):
    """One difference; the people are PagerDuty's names, `nobody` for none.

    `gone_at` is null while PagerDuty shows it. `why_not_adopt` is empty where it can be adopted as
    far as can be told without trying.
    """

    id = serializers.IntegerField(source="drift_id")
    level = LevelField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    wanted = serializers.CharField()
    written = serializers.CharField()
    shown = serializers.CharField()
    cause = serializers.ChoiceField(choices=Drift.Cause.choices)
    by = serializers.CharField()
    by_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(allow_null=True)
    choice = serializers.ChoiceField(choices=Drift.Choice.choices, allow_blank=True)
    chosen_at = serializers.DateTimeField(allow_null=True)
    cover_shift = serializers.IntegerField(source="cover_shift_id", allow_null=True)
    why_not_adopt = serializers.CharField()


class LookSerializer(serializers.Serializer[Any]):
    """When PagerDuty was last compared; `failure` says why not since."""

    checked_at = serializers.DateTimeField(allow_null=True)
    is_looking = serializers.BooleanField()
    failure = serializers.CharField()
    failed_at = serializers.DateTimeField(allow_null=True)


class DriftsSerializer(LookSerializer):
    """What differs in the coming eight weeks, and the last twenty that are over."""

    open = DriftSerializer(many=True)
    over = DriftSerializer(many=True)


class ChoiceSerializer(StrictSerializer):
    """`seen` is the choice that stood when you decided; another one by now is a conflict."""

    seen = serializers.ChoiceField(
        choices=Drift.Choice.choices, allow_blank=True, required=False, default=""
    )


def _rotation(viewer: Viewer, slug: str) -> Rotation:
    return get_object_or_404(access.checkable_rotations(viewer=viewer), slug=slug)


class DriftsView(RotaView):
    """A rotation's differences."""

    @extend_schema(tags=TAGS, responses=answers({200: DriftsSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Where PagerDuty shows somebody else, in order of time, and what was decided before."""
        del request
        rotation = _rotation(self.viewer, slug)
        return Response(
            {
                **LookSerializer(queries.look_state(rotation=rotation)).data,
                "open": DriftSerializer(queries.open_lines(rotation=rotation), many=True).data,
                "over": DriftSerializer(queries.decided_lines(rotation=rotation), many=True).data,
            }
        )


class DriftCheckView(RotaView):
    """Looking again."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({202: LookSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Compare PagerDuty with the published schedule now; nothing is written there."""
        del request
        self.body(StrictSerializer)
        rotation = _rotation(self.viewer, slug)
        drift_checks.request_check(rotation_id=rotation.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_drift_checks")
        state = queries.look_state(rotation=rotation)
        return Response(LookSerializer(state).data, status=202)


class ChoiceView(RotaView):
    """The base of the three choices."""

    def drift(self, slug: str, drift_id: int) -> Drift:
        """The drift, if the viewer decides on it.

        Raises:
            Http404: there is none.
        """
        rows = access.decidable_drifts(viewer=self.viewer)
        return get_object_or_404(rows.filter(level__rotation__slug=slug), pk=drift_id)

    def shown(self, drift: Drift) -> Response:
        """The drift after the choice."""
        nudge("rotation.sweep_syncs")
        rows = queries.joined(Drift.objects.filter(pk=drift.pk))
        return Response(DriftSerializer(queries.lines_of(rows)[0]).data)


class DriftAdoptView(ChoiceView):
    """Adopting an override."""

    @extend_schema(
        tags=TAGS,
        request=ChoiceSerializer,
        responses=answers({200: DriftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str, drift_id: int) -> Response:
        """Make the override a cover of whoever it shows; PagerDuty is not written."""
        del request
        seen = self.body(ChoiceSerializer)["seen"]
        drift = self.drift(slug, drift_id)
        drift_choices.adopt_drift(drift_id=drift.pk, seen=seen, actor=self.actor, now=self.now)
        return self.shown(drift)


class DriftRestoreView(ChoiceView):
    """Putting back what is published."""

    @extend_schema(
        tags=TAGS,
        request=ChoiceSerializer,
        responses=answers({200: DriftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str, drift_id: int) -> Response:
        """Leave a sync that removes the override, or writes the schedule as it is published."""
        del request
        seen = self.body(ChoiceSerializer)["seen"]
        drift = self.drift(slug, drift_id)
        drift_choices.restore_drift(drift_id=drift.pk, seen=seen, actor=self.actor, now=self.now)
        return self.shown(drift)


class DriftLeaveView(ChoiceView):
    """Leaving it."""

    @extend_schema(
        tags=TAGS,
        request=ChoiceSerializer,
        responses=answers({200: DriftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str, drift_id: int) -> Response:
        """Let PagerDuty show what it shows; managers are told again only if it changes."""
        del request
        seen = self.body(ChoiceSerializer)["seen"]
        drift = self.drift(slug, drift_id)
        drift_choices.leave_drift(drift_id=drift.pk, seen=seen, actor=self.actor, now=self.now)
        return self.shown(drift)
