"""How a term ends: early, as planned, or some weeks later; and what was carried in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers, day_parameter
from common.nudge import nudge
from portal.api.handovers import on_handover
from portal.api.term_serializers import (
    DeclineExtensionSerializer,
    ExtensionSerializer,
    LeaveDaySerializer,
    LeaveSerializer,
    LeavingSerializer,
    NewExtensionSerializer,
    ServiceRecordSerializer,
)
from rotation.operations import leaving as operations
from rotation.queries import leaving, patterns, service_record
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.api.serializers import TermSerializer
from volunteers.operations import extensions as extension_operations
from volunteers.operations import term_moves
from volunteers.queries import extensions
from volunteers.queries.named_terms import named_terms

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from volunteers.models import Term, TermExtension

TAGS = ["terms"]


class TermView(RotaView):
    """A route about one term."""

    def found(self, rows: QuerySet[Term], term_id: int) -> Term:
        """The term with its rotation, or 404."""
        read = rows.select_related("engineer", "team__rotation")
        term: Term = get_object_or_404(read, pk=term_id)
        return term

    def answer(self, term: Term, status: int = 200) -> Response:
        """The term as it is now."""
        rows = access.visible_terms(viewer=self.viewer).filter(pk=term.pk)
        line = named_terms(rows=rows, today=self.now.date())[0]
        return Response(TermSerializer(line).data, status=status)


class TermLeaveView(TermView):
    """Leaving before the planned end."""

    @extend_schema(
        tags=TAGS,
        parameters=[day_parameter("on", "The first day without on-call; today if left out.")],
        responses=answers({200: LeavingSerializer}, 400, 404),
    )
    def get(self, request: Request, term_id: int) -> Response:
        """What it means for published weeks, covers and people; nothing changes."""
        del request
        term = self.found(access.leavable_terms(viewer=self.viewer), term_id)
        rotation = term.team.rotation
        pattern = patterns.pattern_of(rotation)
        day = self.query(LeaveDaySerializer).get("on", patterns.today_in(rotation, self.now))
        on = on_handover(pattern, day, now=self.now)
        effect = leaving.leaving(
            term=term,
            rotation=rotation,
            left_on=leaving.snapped(pattern, max(on, term.starts_on)),
            now=self.now,
        )
        return Response(LeavingSerializer(effect).data)

    @extend_schema(
        tags=TAGS,
        request=LeaveSerializer,
        responses=answers({200: TermSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, term_id: int) -> Response:
        """End the term at the first handover on or after the day; nobody has to say why."""
        del request
        term = self.found(access.leavable_terms(viewer=self.viewer), term_id)
        values = self.body(LeaveSerializer)
        pattern = patterns.pattern_of(term.team.rotation)
        operations.leave_team(
            term_id=term.pk,
            left_on=leaving.snapped(pattern, values["left_on"]),
            seen=values["seen"],
            actor=self.actor,
            now=self.now,
        )
        _wake()
        return self.answer(term)


class TermStayView(TermView):
    """Staying after all."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({200: TermSerializer}, 400, 404, 409)
    )
    def post(self, request: Request, term_id: int) -> Response:
        """Take back that the term ends early, until its last handover."""
        del request
        self.body(StrictSerializer)
        term = self.found(access.resumable_terms(viewer=self.viewer), term_id)
        operations.stay_after_all(term_id=term.pk, actor=self.actor, now=self.now)
        _wake()
        return self.answer(term)


class TermRollOffView(TermView):
    """The end as planned."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({200: TermSerializer}, 400, 404, 409)
    )
    def post(self, request: Request, term_id: int) -> Response:
        """Say that your term ends as planned; weeks that you asked for are withdrawn."""
        del request
        self.body(StrictSerializer)
        term = self.found(access.own_terms(viewer=self.viewer), term_id)
        today = patterns.today_in(term.team.rotation, self.now)
        term_moves.confirm_roll_off(term_id=term.pk, actor=self.actor, today=today, now=self.now)
        return self.answer(term)


class TermExtendView(TermView):
    """More weeks of one term."""

    @extend_schema(
        tags=TAGS,
        request=NewExtensionSerializer,
        responses=answers({201: ExtensionSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, term_id: int) -> Response:
        """Ask for more weeks of your term, or give a volunteer of your team some at once."""
        del request
        term = self.found(access.extendable_terms(viewer=self.viewer), term_id)
        is_own = term.engineer_id == self.viewer.engineer_id
        act = extension_operations.ask_extension if is_own else extension_operations.extend_term
        made = act(
            term_id=term.pk,
            weeks=self.body(NewExtensionSerializer)["weeks"],
            actor=self.actor,
            today=patterns.today_in(term.team.rotation, self.now),
            now=self.now,
        )
        return Response(_written(made), status=201)


class ExtensionsView(ListView):
    """Weeks that were asked for or given beyond the ends of terms."""

    @extend_schema(tags=TAGS, responses=answers({200: ExtensionSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Your own and those of teams you manage, in the order in which they were asked for."""
        del request
        rows = access.visible_extensions(viewer=self.viewer)
        return self.rows(rows, _lines, ExtensionSerializer, order=("asked_at", "pk"))


class ExtensionConfirmView(RotaView):
    """A manager's yes."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: ExtensionSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, extension_id: int) -> Response:
        """Let the term end as many weeks later as were asked for."""
        del request
        self.body(StrictSerializer)
        rows = access.decidable_extensions(viewer=self.viewer)
        row = get_object_or_404(rows.select_related("term__team__rotation"), pk=extension_id)
        done = extension_operations.confirm_extension(
            extension_id=row.pk,
            actor=self.actor,
            today=patterns.today_in(row.term.team.rotation, self.now),
            now=self.now,
        )
        return Response(_written(done))


class ExtensionDeclineView(RotaView):
    """A manager's no."""

    @extend_schema(
        tags=TAGS,
        request=DeclineExtensionSerializer,
        responses=answers({200: ExtensionSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, extension_id: int) -> Response:
        """Let the term end as planned, with a reason that the engineer reads."""
        del request
        row = get_object_or_404(access.decidable_extensions(viewer=self.viewer), pk=extension_id)
        done = extension_operations.decline_extension(
            extension_id=row.pk,
            reason=self.body(DeclineExtensionSerializer)["reason"],
            actor=self.actor,
            now=self.now,
        )
        return Response(_written(done))


class ExtensionWithdrawView(RotaView):
    """Taking one's question back."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: ExtensionSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, extension_id: int) -> Response:
        """Withdraw the weeks that you asked for."""
        del request
        self.body(StrictSerializer)
        row = get_object_or_404(access.own_extensions(viewer=self.viewer), pk=extension_id)
        done = extension_operations.withdraw_extension(
            extension_id=row.pk, actor=self.actor, now=self.now
        )
        return Response(_written(done))


class ServiceView(RotaView):
    """One's own record of service."""

    @extend_schema(tags=["me"], responses=answers({200: ServiceRecordSerializer}))
    def get(self, request: Request) -> Response:
        """Terms served, and what was carried in each; no amounts."""
        del request
        record = service_record.service_record(
            engineer_id=self.viewer.engineer_id, today=self.today, now=self.now
        )
        return Response(ServiceRecordSerializer(record).data)


def _wake() -> None:
    for sweep in operations.SWEEPS:
        nudge(sweep)


def _lines(rows: QuerySet[TermExtension]) -> list[extensions.ExtensionLine]:
    return extensions.lines(extensions=rows)


def _written(row: TermExtension) -> dict[str, object]:
    found = extensions.lines(extensions=type(row).objects.filter(pk=row.pk))
    return dict(ExtensionSerializer(found[0]).data)
