"""Applications: sent for oneself, taken back, accepted or declined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from portal.api import serializers
from portal.api.handovers import on_handover, rotation_of
from rotation import access as rotation_access
from rotation.queries import joining, patterns
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.operations import application_decisions, applications
from volunteers.queries import applications as queries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Rotation
    from volunteers.models import Application

TAGS = ["applications"]
NEWEST = ("-submitted_at", "-pk")


def _lines(page: QuerySet[Application]) -> QuerySet[Application]:
    return queries.readable(page)


class ApplicationsView(ListView):
    """One's own, and those to teams that one manages; all for an admin."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.ApplicationSerializer(many=True)}, 400)
    )
    def get(self, request: Request) -> Response:
        """Applications that you may see, newest first."""
        del request
        visible = access.visible_applications(viewer=self.viewer)
        return self.rows(visible, _lines, serializers.ApplicationSerializer, order=NEWEST)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewApplicationSerializer,
        responses=answers({201: serializers.ApplicationSerializer}, 400, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Apply for yourself to an on-call team; its managers answer, and you get a mail."""
        del request
        values = self.body(serializers.NewApplicationSerializer)
        visible = rotation_access.visible_rotations(viewer=self.viewer)
        rotation = rotation_of(visible, values.pop("team"))
        check_weeks(rotation, values["unsuitable_weeks"])
        made = applications.apply_for_term(
            team_id=rotation.team_id,
            **values,
            actor=self.actor,
            today=patterns.today_in(rotation, self.now),
            now=self.now,
        )
        return Response(self._body(made.pk), status=201)

    def _body(self, application_id: int) -> dict[str, Any]:
        visible = access.visible_applications(viewer=self.viewer)
        row = get_object_or_404(_lines(visible), pk=application_id)
        return dict(serializers.ApplicationSerializer(row).data)


class OneApplicationView(RotaView):
    """The base of the routes of one application."""

    def answer(self, application_id: int) -> Response:
        """The application as it is now.

        Raises:
            Http404: there is none, or the viewer may not see it.
        """
        visible = access.visible_applications(viewer=self.viewer)
        row = get_object_or_404(_lines(visible), pk=application_id)
        return Response(serializers.ApplicationSerializer(row).data)

    def decidable(self, application_id: int) -> Application:
        """The application, to a team that the viewer manages.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(
            access.decidable_applications(viewer=self.viewer), pk=application_id
        )


class ApplicationView(OneApplicationView):
    """One application."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.ApplicationSerializer}, 404))
    def get(self, request: Request, application_id: int) -> Response:
        """The application, its state, and the term that it led to."""
        del request
        return self.answer(application_id)


class ApplicationWithdrawView(OneApplicationView):
    """Taking one's own back."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Take back your own application, without giving a reason."""
        del request
        self.body(StrictSerializer)
        own = get_object_or_404(access.own_applications(viewer=self.viewer), pk=application_id)
        applications.withdraw_application(application_id=own.pk, actor=self.actor, now=self.now)
        return self.answer(own.pk)


class ApplicationAcceptView(OneApplicationView):
    """Making the term."""

    @extend_schema(
        tags=TAGS,
        request=serializers.AcceptSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Accept with a start, perhaps an end, and the first weeks as a shadow."""
        del request
        application = self.decidable(application_id)
        wanted = self.body(serializers.AcceptSerializer)
        ends_on: dt.date | None = wanted["ends_on"]
        team_id = application.team_id
        place = joining.joinings(team_ids=[team_id], now=self.now).get(team_id)
        if place is None:
            raise ValidationError({"team": "The team has no rotation yet."})
        application_decisions.accept_application(
            application_id=application.pk,
            starts_on=on_handover(place.pattern, wanted["starts_on"], now=self.now),
            ends_on=None if ends_on is None else on_handover(place.pattern, ends_on, now=self.now),
            shadow_weeks=wanted["shadow_weeks"],
            above_target=wanted["above_target"],
            term_weeks=place.term_weeks,
            target_size=place.target_size,
            cool_down_weeks=place.cool_down_weeks,
            actor=self.actor,
            today=place.today,
            now=self.now,
        )
        nudge("rotation.sweep_people_checks")
        return self.answer(application.pk)


class ApplicationDeclineView(OneApplicationView):
    """Saying no."""

    @extend_schema(
        tags=TAGS,
        request=serializers.DeclineSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Decline with a line that the applicant sees."""
        del request
        application = self.decidable(application_id)
        reason = self.body(serializers.DeclineSerializer)["reason"]
        application_decisions.decline_application(
            application_id=application.pk, reason=reason, actor=self.actor, now=self.now
        )
        return self.answer(application.pk)


def check_weeks(rotation: Rotation, weeks: Iterable[dt.date]) -> None:
    """Refuse weeks that begin on no handover's day.

    Raises:
        ValidationError: naming the first.
    """
    odd = [week for week in weeks if week.weekday() != rotation.handover_weekday]
    if odd:
        message = f"{odd[0].isoformat()} is not the day of a handover."
        raise ValidationError({"unsuitable_weeks": message})
