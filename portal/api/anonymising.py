"""Anonymising somebody who has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from portal.operations.anonymising import anonymise_engineer
from portal.queries.anonymising import ONLY_ADMINS
from volunteers import access
from volunteers.api.base import RotaView
from volunteers.api.serializers import PersonSerializer
from volunteers.queries import people

if TYPE_CHECKING:
    from rest_framework.request import Request


class AnonymiseSerializer(StrictSerializer):
    """The person's e-mail, typed once more."""

    email = TextField()


class PersonAnonymiseView(RotaView):
    """A leaver's name and e-mail, replaced for good."""

    @extend_schema(
        tags=["people"],
        request=AnonymiseSerializer,
        responses=answers({200: PersonSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, engineer_id: int) -> Response:
        """Replace a leaver's name and e-mail everywhere; what they worked and earned stays."""
        del request
        if not self.viewer.is_admin:
            raise PermissionDenied(ONLY_ADMINS)
        person = get_object_or_404(access.visible_people(viewer=self.viewer), pk=engineer_id)
        anonymise_engineer(
            engineer_id=person.pk,
            typed_email=self.body(AnonymiseSerializer)["email"],
            actor=self.actor,
            now=self.now,
        )
        rows = access.visible_people(viewer=self.viewer).filter(pk=person.pk)
        line = people.people_lines(people=rows, date=self.today, now=self.now)[0]
        return Response(PersonSerializer(line).data)
