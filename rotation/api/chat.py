"""A team's chat: set, tried and removed; its address is never given out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from outbox import queries
from rotation import access
from rotation.operations import chat
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation

TAGS = ["chat"]


class ChatSerializer(serializers.Serializer[Any]):
    """Whether a chat is set, by whom and when, and how its messages fare."""

    is_set = serializers.BooleanField()
    set_by = serializers.CharField(allow_blank=True)
    set_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()
    failed = serializers.IntegerField()


class NewChatSerializer(StrictSerializer):
    """The address of an incoming web-hook in Slack's form."""

    address = TextField()


class ChatView(RotaView):
    """The chat of one rotation's team."""

    @extend_schema(tags=TAGS, responses=answers({200: ChatSerializer}, 403, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Whether a chat is set, and how its messages fare."""
        del request
        return self._answer(self._rotation(slug))

    @extend_schema(
        tags=TAGS,
        request=NewChatSerializer,
        responses=answers({200: ChatSerializer}, 400, 403, 404, 413),
    )
    def put(self, request: Request, slug: str) -> Response:
        """Post the team's messages to this address from now on."""
        del request
        rotation = self._rotation(slug)
        address = self.body(NewChatSerializer)["address"]
        chat.set_chat(rotation=rotation, address=address, actor=self.actor, now=self.now)
        return self._answer(rotation)

    @extend_schema(tags=TAGS, request=None, responses=answers({200: ChatSerializer}, 403, 404, 409))
    def post(self, request: Request, slug: str) -> Response:
        """Post a test."""
        del request
        rotation = self._rotation(slug)
        chat.try_chat(rotation=rotation, actor=self.actor, now=self.now)
        return self._answer(rotation)

    @extend_schema(tags=TAGS, responses=answers({204: None}, 403, 404))
    def delete(self, request: Request, slug: str) -> Response:
        """Post nothing more."""
        del request
        chat.remove_chat(rotation=self._rotation(slug), actor=self.actor, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _rotation(self, slug: str) -> Rotation:
        visible = access.visible_rotations(viewer=self.viewer)
        rotation = get_object_or_404(visible, slug=slug)
        if not access.changes_policy(viewer=self.viewer, team_id=rotation.team_id):
            raise PermissionDenied(f"Only managers of {rotation.name} and admins see to its chat.")
        return rotation

    def _answer(self, rotation: Rotation) -> Response:
        return Response(ChatSerializer(queries.chat_of(team_id=rotation.team_id)).data)
