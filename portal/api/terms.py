"""Terms: read by all; on level 2 entered and ended by managers of the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from common.nudge import nudge
from portal.api.handovers import on_handover, rotation_of
from portal.api.serializers import EndTermSerializer, NewTermSerializer
from rotation import access as rotation_access
from rotation.operations import leaving
from rotation.queries import patterns
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.api.serializers import TermSerializer
from volunteers.operations import terms
from volunteers.queries.named_terms import named_terms

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from volunteers.models import Term
    from volunteers.queries.named_terms import NamedTerm

TAGS = ["terms"]
BY_START = ("starts_on", "pk")


class TermsView(ListView):
    """Every term: who serves until when is read by all."""

    @extend_schema(tags=TAGS, responses=answers({200: TermSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Terms of all on-call teams, in order of start."""
        del request
        visible = access.visible_terms(viewer=self.viewer)
        return self.rows(visible, self._lines, TermSerializer, order=BY_START)

    @extend_schema(
        tags=TAGS,
        request=NewTermSerializer,
        responses=answers({201: TermSerializer}, 400, 403, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Put a manager of your team on level 2."""
        del request
        values = self.body(NewTermSerializer)
        visible = rotation_access.visible_rotations(viewer=self.viewer)
        rotation = rotation_of(visible, values["team"])
        if not self.viewer.manages(rotation.team_id):
            raise PermissionDenied("Only the managers of an on-call team enter its terms.")
        pattern, ends_on = patterns.pattern_of(rotation), values["ends_on"]
        made = terms.enter_escalation_term(
            team_id=rotation.team_id,
            engineer_id=values["engineer"],
            starts_on=on_handover(pattern, values["starts_on"], now=self.now),
            ends_on=None if ends_on is None else on_handover(pattern, ends_on, now=self.now),
            actor=self.actor,
            today=patterns.today_in(rotation, self.now),
            now=self.now,
        )
        mine = access.visible_terms(viewer=self.viewer).filter(pk=made.pk)
        return Response(TermSerializer(self._lines(mine)[0]).data, status=201)

    def _lines(self, page: QuerySet[Term]) -> list[NamedTerm]:
        return named_terms(rows=page, today=self.now.date())


class TermEndView(RotaView):
    """Cutting a level 2 term short."""

    @extend_schema(
        tags=TAGS,
        request=EndTermSerializer,
        responses=answers({200: TermSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, term_id: int) -> Response:
        """End a level 2 term of your team at a handover that lies in it."""
        del request
        rows = access.endable_terms(viewer=self.viewer).select_related("team__rotation")
        term = get_object_or_404(rows, pk=term_id)
        rotation = term.team.rotation
        left_on = self.body(EndTermSerializer)["left_on"]
        leaving.leave_team(
            term_id=term.pk,
            left_on=on_handover(patterns.pattern_of(rotation), left_on, now=self.now),
            actor=self.actor,
            now=self.now,
        )
        for sweep in leaving.SWEEPS:
            nudge(sweep)
        found = named_terms(
            rows=access.visible_terms(viewer=self.viewer).filter(pk=term.pk), today=self.now.date()
        )
        return Response(TermSerializer(found[0]).data)
