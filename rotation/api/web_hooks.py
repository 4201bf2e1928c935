"""How PagerDuty's events come in, what can be ordered, and how it is written in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.schema import answers
from rotation import access
from rotation.models import WebhookCare
from rotation.operations import hook_care, hook_events
from rotation.queries import hook_state
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["web-hooks"]
ENABLE, ROTATE, AGAIN = "enable", "rotate", "read_again"


class FailedEventSerializer(serializers.Serializer[Any]):
    """An event that could not be read, and why."""

    event_ref = serializers.CharField()
    event_type = serializers.CharField(allow_blank=True)
    received_at = serializers.DateTimeField()
    failure = serializers.CharField()


class WebHooksSerializer(serializers.Serializer[Any]):
    """The subscription and what came by it; instants are null where nothing happened yet."""

    url = serializers.CharField()
    ref = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    filled_until = serializers.DateTimeField(allow_null=True)
    last_event_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()
    failed = serializers.IntegerField()
    failed_events = FailedEventSerializer(many=True)
    refused = serializers.IntegerField(help_text="In the last seven days.")
    order = serializers.CharField(allow_blank=True)
    failure = serializers.CharField(allow_blank=True)
    is_reading_back = serializers.BooleanField(
        help_text="Whether incidents from before the subscription are still being read."
    )
    read_back_to = serializers.DateTimeField(allow_null=True)
    read_back_until = serializers.DateTimeField(allow_null=True)


class WebHooksOrderSerializer(serializers.Serializer[Any]):
    """`enable` has PagerDuty send again, `rotate` changes the secret; admins alone do the latter.

    `read_again` lets events that could not be read wait again; it is for admins, too.
    """

    order = serializers.ChoiceField(choices=[ENABLE, ROTATE, AGAIN])


class WebHooksView(RotaView):
    """PagerDuty's events."""

    @extend_schema(tags=TAGS, responses=answers({200: WebHooksSerializer}, 403))
    def get(self, request: Request) -> Response:
        """The subscription, what came, what was refused, what could not be read."""
        del request
        self._require_reader()
        return Response(WebHooksSerializer(hook_state.hook_state(now=self.now)).data)

    @extend_schema(
        tags=TAGS,
        request=WebHooksOrderSerializer,
        responses=answers({200: WebHooksSerializer}, 400, 403, 409),
    )
    def post(self, request: Request) -> Response:
        """Order something; a worker does it within a minute."""
        self._require_reader()
        asked = self.body(WebHooksOrderSerializer)["order"]
        if asked != ENABLE and not access.changes_web_hooks(viewer=self.viewer):
            raise PermissionDenied(hook_state.CHANGERS)
        if asked == AGAIN:
            hook_events.try_failed_again(actor=self.actor, now=self.now)
        else:
            what = WebhookCare.Order(asked)
            hook_care.order(what=what, actor=self.actor, now=self.now)
        del request
        return Response(WebHooksSerializer(hook_state.hook_state(now=self.now)).data)

    def _require_reader(self) -> None:
        if not access.reads_web_hooks(viewer=self.viewer):
            raise PermissionDenied(hook_state.READERS)
