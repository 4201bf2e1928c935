"""One's own absences. Nobody reads another's note, and only a draft reads another's days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.api.serializers import AbsenceSerializer, NewAbsenceSerializer
from volunteers.operations import absences
from volunteers.queries import absences as queries

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from volunteers.models import Absence
    from volunteers.queries.absences import AbsenceLine

BY_DAY = ("starts_on", "pk")


class AbsencesView(ListView):
    """One's own."""

    @extend_schema(tags=["absences"], responses=answers({200: AbsenceSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Your absences that stand, in order of their first day."""
        del request
        own = access.own_absences(viewer=self.viewer)
        return self.rows(own, self._lines, AbsenceSerializer, order=BY_DAY)

    @extend_schema(
        tags=["absences"],
        request=NewAbsenceSerializer,
        responses=answers({201: AbsenceSerializer}, 400, 413),
    )
    def post(self, request: Request) -> Response:
        """Enter days on which you cannot be on call; published weeks do not change by it."""
        del request
        values = self.body(NewAbsenceSerializer)
        row = absences.add_absence(**values, actor=self.actor, now=self.now)
        return Response(AbsenceSerializer(queries.absence_line(row)).data, status=201)

    @staticmethod
    def _lines(page: QuerySet[Absence]) -> list[AbsenceLine]:
        return queries.absence_lines(absences=page)


class AbsenceCancelView(RotaView):
    """Taking one's own absence back."""

    @extend_schema(
        tags=["absences"], request=StrictSerializer, responses=answers({204: None}, 400, 404, 409)
    )
    def post(self, request: Request, absence_id: int) -> Response:
        """Take an absence back; the draft that is made next may use its days."""
        del request
        self.body(StrictSerializer)
        own = get_object_or_404(access.own_absences(viewer=self.viewer), pk=absence_id)
        absences.cancel_absence(absence_id=own.pk, actor=self.actor, now=self.now)
        return Response(status=204)
