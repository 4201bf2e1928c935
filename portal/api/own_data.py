"""All that Rota holds about whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from portal.queries.own_data import own_data
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request


class OwnDataView(RotaView):
    """One's own data, whole."""

    @extend_schema(tags=["people"], responses=answers({200: OpenApiTypes.OBJECT}))
    def get(self, request: Request) -> Response:
        """Every row about you by kind: profile, terms, days away, shifts, pay, mails, audit log."""
        del request
        viewer = self.viewer
        return Response(own_data(engineer_id=viewer.engineer_id, email=viewer.email))
