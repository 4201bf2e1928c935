"""Applications on their way: changed, kept, listed; and the places that they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from portal.api import serializers
from portal.api.applications import TAGS, OneApplicationView, check_weeks
from portal.queries import application_effect, team_places
from rotation import access as rotation_access
from rotation.queries import joining, patterns
from volunteers import access
from volunteers.api.base import RotaView
from volunteers.operations import application_drafts, applications, waiting_list
from volunteers.queries import application_history, cool_down, own_applications
from volunteers.queries import applications as queries

if TYPE_CHECKING:
    import datetime as dt

    from rest_framework.request import Request

    from portal.queries.team_places import Places
    from rotation.models import Rotation
    from volunteers.queries.applications import ApplicationLine


class ApplicationChangeView(OneApplicationView):
    """Answering anew while it waits."""

    @extend_schema(
        tags=TAGS,
        request=serializers.ChangedApplicationSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Answer all questions of your own application anew; its place in line stays."""
        del request
        own = access.own_applications(viewer=self.viewer).filter(team__rotation__isnull=False)
        row = get_object_or_404(own.select_related("team__rotation"), pk=application_id)
        values = self.body(serializers.ChangedApplicationSerializer)
        rotation = row.team.rotation
        check_weeks(rotation, values["unsuitable_weeks"])
        applications.change_application(
            application_id=row.pk,
            seen_version=values.pop("version"),
            **values,
            actor=self.actor,
            today=patterns.today_in(rotation, self.now),
            now=self.now,
        )
        return self.answer(row.pk)


class ApplicationHistoryView(OneApplicationView):
    """What became of it."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.StepSerializer(many=True)}, 404))
    def get(self, request: Request, application_id: int) -> Response:
        """All that happened to the application, the newest first."""
        del request
        visible = access.visible_applications(viewer=self.viewer)
        row = get_object_or_404(visible, pk=application_id)
        steps = application_history.history_of(application=row)
        return Response(serializers.StepSerializer(steps, many=True).data)


class ApplicationEffectView(OneApplicationView):
    """What accepting would do."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.EffectSerializer}, 404))
    def get(self, request: Request, application_id: int) -> Response:
        """What accepting with the proposed start, the first with a place, would do."""
        del request
        rows = queries.readable(access.decidable_applications(viewer=self.viewer))
        row = get_object_or_404(rows, pk=application_id)
        [line] = queries.application_lines(page=[row])
        found = team_places.places(
            joinings=joining.joinings(team_ids=[row.team_id], now=self.now)
        ).get(row.team_id)
        if found is None:
            raise Http404
        effect = application_effect.effect_of(
            line,
            found,
            found.joining.choices(not_before=_earliest(line, found)),
            application_effect.postings_of(lines=[line], places=[found], date=self.now.date()),
        )
        return Response(serializers.EffectSerializer(effect).data)


class WaitingListView(OneApplicationView):
    """Putting it on the waiting list."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Put it at the end of its team's waiting list; the applicant gets a mail."""
        del request
        row = self.decidable(application_id)
        self.body(StrictSerializer)
        waiting_list.put_on_waiting_list(application_id=row.pk, actor=self.actor, now=self.now)
        return self.answer(row.pk)


class WaitingListLeaveView(OneApplicationView):
    """Taking it off the waiting list."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Put it back among those that wait for an answer."""
        del request
        row = self.decidable(application_id)
        self.body(StrictSerializer)
        waiting_list.take_off_waiting_list(application_id=row.pk, actor=self.actor, now=self.now)
        return self.answer(row.pk)


class WaitingListMoveView(OneApplicationView):
    """Its place on the waiting list."""

    @extend_schema(
        tags=TAGS,
        request=serializers.MoveSerializer,
        responses=answers({200: serializers.ApplicationSerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, application_id: int) -> Response:
        """Change places with the one before or after it on the waiting list."""
        del request
        row = self.decidable(application_id)
        values = self.body(serializers.MoveSerializer)
        waiting_list.move_on_waiting_list(
            application_id=row.pk, **values, actor=self.actor, now=self.now
        )
        return self.answer(row.pk)


class PlacesView(RotaView):
    """Whether a team has a place."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.PlacesSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """How many serve, how many are wanted, and from when there is a place for one more."""
        del request
        rotation = self.rotation(slug)
        found = team_places.places(
            joinings=joining.joinings(team_ids=[rotation.team_id], now=self.now)
        )
        return Response(serializers.PlacesSerializer(found[rotation.team_id]).data)

    def rotation(self, slug: str) -> Rotation:
        """The rotation of that name.

        Raises:
            Http404: there is none.
        """
        visible = rotation_access.visible_rotations(viewer=self.viewer)
        return get_object_or_404(visible, slug=slug)


class DraftView(PlacesView):
    """What one has typed of an application and not sent; nobody else reads it."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.KeptApplicationSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """What you have kept of an application to this team."""
        del request
        kept = own_applications.draft_of(
            team_id=self.rotation(slug).team_id, engineer_id=self.viewer.engineer_id
        )
        if kept is None:
            raise Http404
        return Response(serializers.KeptApplicationSerializer(kept).data)

    @extend_schema(
        tags=TAGS,
        request=serializers.KeptAnswersSerializer,
        responses=answers({200: serializers.KeptApplicationSerializer}, 400, 404, 413),
    )
    def put(self, request: Request, slug: str) -> Response:
        """Keep answers in place of those that were kept; sending the application forgets them."""
        values = self.body(serializers.KeptAnswersSerializer)
        application_drafts.keep_draft(
            team_id=self.rotation(slug).team_id, **values, actor=self.actor, now=self.now
        )
        return self.get(request, slug)

    @extend_schema(tags=TAGS, request=None, responses=answers({204: None}, 404))
    def delete(self, request: Request, slug: str) -> Response:
        """Forget what you have kept."""
        del request
        application_drafts.discard_draft(team_id=self.rotation(slug).team_id, actor=self.actor)
        return Response(status=204)


def _earliest(line: ApplicationLine, found: Places) -> dt.date:
    """The wanted start, or later where the policy's time between two terms lasts longer."""
    rests_until = cool_down.rests_until(
        team_id=line.team_id, engineer_id=line.engineer_id, weeks=found.joining.cool_down_weeks
    )
    return max(line.earliest_start_on, rests_until or line.earliest_start_on)
