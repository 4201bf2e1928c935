"""People, where they work, and the on-call teams that they volunteer for."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.api.serializers import (
    OfficeSerializer,
    OnCallTeamSerializer,
    PersonDetailSerializer,
    PersonSerializer,
    TermSerializer,
)
from volunteers.queries import named_terms, people, places, teams

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from volunteers.models import Engineer, OnCallTeam
    from volunteers.queries.people import PersonLine
    from volunteers.queries.teams import TeamLine

BY_NAME = ("name", "pk")


class PeopleView(ListView):
    """Everybody for an admin, those with a term in one's teams for a manager, and oneself."""

    @extend_schema(tags=["people"], responses=answers({200: PersonSerializer(many=True)}, 400, 403))
    def get(self, request: Request) -> Response:
        """People whom you may see, in order of name."""
        del request
        if not (self.viewer.is_manager or self.viewer.is_admin):
            raise PermissionDenied("Only managers of an on-call team and admins see the people.")
        visible = access.visible_people(viewer=self.viewer)
        return self.rows(visible, self._lines, PersonSerializer, order=BY_NAME)

    def _lines(self, page: QuerySet[Engineer]) -> list[PersonLine]:
        found = people.people_lines(people=page, date=self.today, now=self.now)
        return [shown(line, viewer=self.viewer) for line in found]


class PersonView(RotaView):
    """One person."""

    @extend_schema(tags=["people"], responses=answers({200: PersonDetailSerializer}, 404))
    def get(self, request: Request, engineer_id: int) -> Response:
        """Where somebody works, what they may do, and their terms."""
        del request
        visible = access.visible_people(viewer=self.viewer).filter(pk=engineer_id)
        lines = people.people_lines(people=visible, date=self.today, now=self.now)
        if not lines:
            raise Http404
        own = access.visible_terms(viewer=self.viewer).filter(engineer_id=engineer_id)
        terms = named_terms.named_terms(rows=own, today=self.now.date())
        return Response(
            {
                **PersonSerializer(shown(lines[0], viewer=self.viewer)).data,
                "terms": TermSerializer(terms, many=True).data,
            }
        )


def shown(line: PersonLine, *, viewer: access.Viewer) -> PersonLine:
    """The person as this viewer reads them: payroll's facts are for themselves and admins."""
    if viewer.is_admin or line.engineer_id == viewer.engineer_id:
        return line
    posting = line.posting and dataclasses.replace(line.posting, cost_centre="")
    return dataclasses.replace(line, employee_number="", posting=posting)


class OfficesView(ListView):
    """Where people work."""

    @extend_schema(tags=["people"], responses=answers({200: OfficeSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Offices with their zone and currency, in order of name."""
        del request
        return self.lines(places.office_lines(), OfficeSerializer)


class OnCallTeamsView(ListView):
    """Every on-call team: what it is for is no secret inside the company."""

    @extend_schema(
        tags=["on-call teams"], responses=answers({200: OnCallTeamSerializer(many=True)}, 400)
    )
    def get(self, request: Request) -> Response:
        """On-call teams with their statements and managers, in order of name."""
        del request
        visible = access.visible_teams(viewer=self.viewer)
        return self.rows(visible, self._lines, OnCallTeamSerializer, order=BY_NAME)

    def _lines(self, page: QuerySet[OnCallTeam]) -> list[TeamLine]:
        return teams.team_lines(teams=page, now=self.now)


class OnCallTeamView(RotaView):
    """One on-call team."""

    @extend_schema(tags=["on-call teams"], responses=answers({200: OnCallTeamSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """The team's statement and managers."""
        del request
        visible = access.visible_teams(viewer=self.viewer).filter(slug=slug)
        lines = teams.team_lines(teams=visible, now=self.now)
        if not lines:
            raise Http404
        return Response(OnCallTeamSerializer(lines[0]).data)
