"""The audit trail, to read: who did what, as far as the reader may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from audit import queries
from audit.models import AuditEvent
from common.api import paging
from common.api.fields import DayField, StrictSerializer
from common.api.schema import answers, day_parameter
from portal.forms.audit import LENGTH
from portal.queries import audit_log
from volunteers.api.base import ListView
from volunteers.queries import profiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rest_framework.request import Request
    from rest_framework.response import Response

PARAMETERS = [
    OpenApiParameter("who", str, description="A part of the actor's name or e-mail."),
    OpenApiParameter("what", str, description="A part of the verb or of the object's words."),
    OpenApiParameter("area", str, enum=AuditEvent.Area.values),
    day_parameter("since", "From this day on, where you work."),
    day_parameter("until", "To this day, which is included, where you work."),
]


class AuditEventSerializer(serializers.Serializer[Any]):
    """One thing that was done; `before` and `after` are as they were kept."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    on_behalf_of = serializers.CharField()
    verb = serializers.CharField()
    subject = serializers.CharField()
    area = serializers.ChoiceField(choices=AuditEvent.Area.choices)
    team = serializers.CharField()
    concerned = serializers.ListField(child=serializers.CharField())
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    request_id = serializers.CharField()


class AuditQuerySerializer(StrictSerializer):
    """What is asked for."""

    who = serializers.CharField(required=False, allow_blank=True, max_length=LENGTH)
    what = serializers.CharField(required=False, allow_blank=True, max_length=LENGTH)
    area = serializers.ChoiceField(
        choices=AuditEvent.Area.choices, required=False, allow_blank=True
    )
    since = DayField(required=False)
    until = DayField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The days in order."""
        since, until = attrs.get("since"), attrs.get("until")
        if since and until and until < since:
            raise serializers.ValidationError({"until": "This day is before `since`."})
        return attrs


class AuditEventsView(ListView):
    """What was done; there is no way to change or delete it."""

    @extend_schema(
        tags=["audit"],
        parameters=PARAMETERS,
        responses=answers({200: AuditEventSerializer(many=True)}, 400),
    )
    def get(self, request: Request) -> Response:
        """What you did and what concerns you, and what your rights show besides; newest first."""
        asked: Mapping[str, Any] = self.query(AuditQuerySerializer)
        place = profiles.place(engineer_id=self.viewer.engineer_id, now=self.now)
        scope = audit_log.scope_of(self.viewer)
        wanted = audit_log.wanted_of(asked, zone=place.zone)

        def read(after: str | None, number: int) -> Sequence[AuditEvent]:
            start = audit_log.place_from(after) if after is not None else None
            return queries.newest(scope=scope, wanted=wanted, after=start, number=number)

        page = paging.page_by_place(read, audit_log.place_text, request=request)
        return self._answer(page, page.rows, AuditEventSerializer)
