"""Which mails one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from outbox import queries
from outbox.domain import kinds
from volunteers.api.base import RotaView
from volunteers.operations import messages

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["mails"]
MOST = 200


class MailKindSerializer(serializers.Serializer[Any]):
    """A kind of mail; what is `always` sent cannot be turned off."""

    kind = serializers.CharField()
    group = serializers.CharField()
    words = serializers.CharField()
    always = serializers.BooleanField()
    is_wanted = serializers.BooleanField()


class MailsSerializer(serializers.Serializer[Any]):
    """Every kind, in the order of the page."""

    mails = MailKindSerializer(many=True)


class ChosenMailsSerializer(StrictSerializer):
    """All kinds that one wants: one that is not listed is turned off."""

    wanted = serializers.ListField(child=TextField(), max_length=MOST)


class MailsView(RotaView):
    """One's own choice of mails."""

    @extend_schema(tags=TAGS, responses=answers({200: MailsSerializer}))
    def get(self, request: Request) -> Response:
        """Every kind of mail, and whether you get it."""
        del request
        return self._answer()

    @extend_schema(
        tags=TAGS,
        request=ChosenMailsSerializer,
        responses=answers({200: MailsSerializer}, 400, 413),
    )
    def put(self, request: Request) -> Response:
        """Choose your mails; it holds for those that are written from now on."""
        del request
        wanted = self.body(ChosenMailsSerializer)["wanted"]
        messages.choose_mails(wanted=wanted, actor=self.actor, now=self.now)
        return self._answer()

    def _answer(self) -> Response:
        off = queries.turned_off(engineer_id=self.viewer.engineer_id)
        lines = [
            {
                "kind": kind.name,
                "group": group.value,
                "words": kind.words,
                "always": kind.always,
                "is_wanted": kind.always or kind.name not in off,
            }
            for group, found in kinds.choosable()
            for kind in found
        ]
        return Response(MailsSerializer({"mails": lines}).data)
