"""The person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from volunteers import access
from volunteers.api.base import RotaView
from volunteers.api.serializers import MeSerializer
from volunteers.queries import named_terms, profiles

if TYPE_CHECKING:
    from rest_framework.request import Request


class MeView(RotaView):
    """One's own facts, rights and terms."""

    @extend_schema(tags=["people"], responses=answers({200: MeSerializer}))
    def get(self, request: Request) -> Response:
        """Who you are to Rota, what you may do now, and your terms in order of start."""
        del request
        viewer = self.viewer
        profile = profiles.profile(engineer_id=viewer.engineer_id, now=self.now)
        own = access.visible_terms(viewer=viewer).filter(engineer_id=viewer.engineer_id)
        body = {
            "id": viewer.engineer_id,
            "name": profile.name,
            "email": profile.email,
            "employee_number": profile.employee_number,
            "place": profile.place,
            "rights": {
                "is_finance": viewer.is_finance,
                "is_admin": viewer.is_admin,
                "manages": sorted(viewer.managed_team_slugs),
            },
            "terms": named_terms.named_terms(rows=own, today=self.now.date()),
        }
        return Response(MeSerializer(body).data)
