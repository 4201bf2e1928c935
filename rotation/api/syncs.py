"""What PagerDuty was told and what it answered, for the team's managers and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import draft_serializers as serializers
from rotation.operations import checks, policy_syncing, schedules
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Rotation, SyncRun
    from volunteers.access import Viewer

TAGS = ["PagerDuty"]
NEWEST = ("-queued_at", "-pk")


def _rotation(viewer: Viewer, slug: str) -> Rotation:
    return get_object_or_404(access.checkable_rotations(viewer=viewer), slug=slug)


def _lines(page: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
    return page.select_related("rotation")


class SyncRunsView(ListView):
    """A rotation's runs."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.SyncRunSerializer(many=True)}, 400, 404)
    )
    def get(self, request: Request, slug: str) -> Response:
        """The rotation's sync runs, newest first."""
        del request
        rotation = _rotation(self.viewer, slug)
        visible = access.visible_sync_runs(viewer=self.viewer).filter(rotation=rotation)
        return self.rows(visible, _lines, serializers.SyncRunSerializer, order=NEWEST)


class SyncRunView(RotaView):
    """One run."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.SyncRunDetailSerializer}, 404))
    def get(self, request: Request, run_id: int) -> Response:
        """The run with each request that it sent, and PagerDuty's answers."""
        del request
        visible = _lines(access.visible_sync_runs(viewer=self.viewer))
        run = get_object_or_404(visible, pk=run_id)
        steps = run.steps.select_related("level").order_by("position")
        return Response(
            {
                **serializers.SyncRunSerializer(run).data,
                "steps": serializers.SyncStepSerializer(steps, many=True).data,
            }
        )


class SyncView(RotaView):
    """Asking for a run."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({202: serializers.SyncRunSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Compare PagerDuty with the published schedule and repair it; gives the run that waits."""
        del request
        self.body(StrictSerializer)
        rotation = _rotation(self.viewer, slug)
        checks.request_sync(rotation_id=rotation.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        visible = _lines(access.visible_sync_runs(viewer=self.viewer)).filter(rotation=rotation)
        run = visible.order_by(*NEWEST)[0]
        return Response(serializers.SyncRunSerializer(run).data, status=202)


class ScheduleAgainView(RotaView):
    """A schedule in place of one that was deleted in PagerDuty."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({202: serializers.SyncRunSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str, level: str) -> Response:
        """Order a new schedule for the level, with new ids in PagerDuty; gives the run."""
        del request
        self.body(StrictSerializer)
        rotation = get_object_or_404(access.managed_rotations(viewer=self.viewer), slug=slug)
        row = get_object_or_404(rotation.levels, name=level)
        schedules.create_again(level_id=row.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        visible = _lines(access.visible_sync_runs(viewer=self.viewer)).filter(rotation=rotation)
        run = visible.order_by(*NEWEST)[0]
        return Response(serializers.SyncRunSerializer(run).data, status=202)


class PolicyAgainView(RotaView):
    """An escalation policy in place of one that was deleted in PagerDuty."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({202: serializers.SyncRunSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Order a new escalation policy, with a new id in PagerDuty; gives the run."""
        del request
        self.body(StrictSerializer)
        rotation = get_object_or_404(access.managed_rotations(viewer=self.viewer), slug=slug)
        policy_syncing.create_policy_again(rotation_id=rotation.pk, actor=self.actor, now=self.now)
        nudge("rotation.sweep_syncs")
        visible = _lines(access.visible_sync_runs(viewer=self.viewer)).filter(rotation=rotation)
        run = visible.order_by(*NEWEST)[0]
        return Response(serializers.SyncRunSerializer(run).data, status=202)
