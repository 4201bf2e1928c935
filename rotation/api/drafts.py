"""Drafts: asked for, followed, published or put aside. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import draft_serializers as serializers
from rotation.api.draft_bodies import draft_body
from rotation.models import Draft
from rotation.operations import drafts, publishing, repairs
from rotation.queries.drafts import newest_first
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Rotation

TAGS = ["drafts"]
NEWEST = ("-requested_at", "-pk")


def _lines(page: QuerySet[Draft]) -> QuerySet[Draft]:
    return newest_first(drafts=page).select_related(
        "rotation", "policy", "requested_by", "closed_by"
    )


class DraftsView(ListView):
    """The drafts of all teams that one manages."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.DraftSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """Drafts of your teams, newest first."""
        del request
        if not self.viewer.is_manager:
            raise PermissionDenied("Only the managers of an on-call team see its drafts.")
        visible = access.visible_drafts(viewer=self.viewer)
        return self.rows(visible, _lines, serializers.DraftSerializer, order=NEWEST)


class RotationDraftsView(ListView):
    """The drafts of one rotation."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.DraftSerializer(many=True)}, 400, 404)
    )
    def get(self, request: Request, slug: str) -> Response:
        """Drafts of the rotation, newest first."""
        del request
        rotation = self._rotation(slug)
        visible = access.visible_drafts(viewer=self.viewer).filter(rotation=rotation)
        return self.rows(visible, _lines, serializers.DraftSerializer, order=NEWEST)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewDraftSerializer,
        responses=answers({201: serializers.DraftSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Ask for a draft of the coming weeks, or for a repair; follow it at `drafts/<id>/`."""
        del request
        rotation = self._rotation(slug)
        values = self.body(serializers.NewDraftSerializer)
        is_repair = values.pop("kind") == Draft.Kind.REPAIR
        ask: Callable[..., Draft] = drafts.request_draft
        if is_repair:
            ask = repairs.request_repair
        draft = ask(rotation_id=rotation.pk, **values, actor=self.actor, now=self.now)
        nudge("rotation.generate_draft", draft_id=draft.pk)
        return Response(serializers.DraftSerializer(draft).data, status=201)

    def _rotation(self, slug: str) -> Rotation:
        return get_object_or_404(access.managed_rotations(viewer=self.viewer), slug=slug)


class OneDraftView(RotaView):
    """The base of the routes of one draft."""

    def draft(self, draft_id: int) -> Draft:
        """The draft, of a team that the viewer manages.

        Raises:
            Http404: there is none, or it is another team's.
        """
        rows = access.visible_drafts(viewer=self.viewer).select_related(
            "rotation__team", "rotation__published_by", "policy", "requested_by", "closed_by"
        )
        return get_object_or_404(rows, pk=draft_id)

    def closed(self, draft_id: int) -> Response:
        """The draft as it is now."""
        return Response(serializers.DraftSerializer(self.draft(draft_id)).data)


class DraftView(OneDraftView):
    """One draft."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.DraftDetailSerializer}, 404))
    def get(self, request: Request, draft_id: int) -> Response:
        """Its state; once solved its weeks, loads, gaps with reasons, and whether it still fits."""
        del request
        return Response(draft_body(self.draft(draft_id), now=self.now))


class DraftPublishView(OneDraftView):
    """Making a draft the schedule."""

    @extend_schema(
        tags=TAGS,
        request=serializers.PublishSerializer,
        responses=answers({200: serializers.PublishedSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Write the weeks that have not started as the schedule, all or nothing."""
        del request
        draft = self.draft(draft_id)
        values: dict[str, Any] = self.body(serializers.PublishSerializer)
        version = publishing.publish_draft(
            draft_id=draft.pk, **values, actor=self.actor, now=self.now
        )
        nudge("rotation.sweep_syncs")
        return Response({"schedule_version": version})


class DraftDiscardView(OneDraftView):
    """Putting a draft aside."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.DraftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Put a solved or failed draft aside; the published schedule is unchanged."""
        del request
        self.body(StrictSerializer)
        draft = self.draft(draft_id)
        drafts.discard_draft(draft_id=draft.pk, actor=self.actor, now=self.now)
        return self.closed(draft.pk)


class DraftCancelView(OneDraftView):
    """Stopping a draft that is being made."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.DraftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Stop a draft that waits or is being solved."""
        del request
        self.body(StrictSerializer)
        draft = self.draft(draft_id)
        drafts.cancel_draft(draft_id=draft.pk, actor=self.actor, now=self.now)
        return self.closed(draft.pk)
