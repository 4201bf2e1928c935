"""Rotations: their arrangement, who is on call now, and how load is shared."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common import clock
from common.api.schema import answers, day_parameter
from rotation import access
from rotation.api import schedule_serializers as schedule
from rotation.api import serializers
from rotation.domain.fairness import furthest
from rotation.queries import (
    account,
    board_facts,
    duty,
    fairness_page,
    patterns,
    policy_page,
    rotations,
    sync_state,
)
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from rotation.models import Rotation
    from rotation.queries.rotations import RotationLine

TAGS = ["rotations"]
HANDOVERS = 26


class RotationsView(ListView):
    """Every rotation."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.RotationLineSerializer(many=True)}, 400)
    )
    def get(self, request: Request) -> Response:
        """Rotations with who is on now and what is covered, in order of name."""
        del request
        visible = access.visible_rotations(viewer=self.viewer)
        return self.rows(
            visible, self._lines, serializers.RotationLineSerializer, order=("name", "pk")
        )

    def _lines(self, page: QuerySet[Rotation]) -> list[RotationLine]:
        return rotations.rotation_lines(rotations=page, now=self.now)


class OneRotationView(RotaView):
    """The base of the routes below one rotation."""

    def rotation(self, slug: str) -> Rotation:
        """The rotation; everybody reads its schedule, hours and policy.

        Raises:
            Http404: there is none.
        """
        visible = access.visible_rotations(viewer=self.viewer)
        joined = visible.select_related("team", "holiday_office", "published_by")
        return get_object_or_404(joined, slug=slug)


class RotationView(OneRotationView):
    """One rotation."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.RotationDetailSerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Hours, levels, the policy in force, and whether PagerDuty shows what is published."""
        del request
        rotation = self.rotation(slug)
        policy = patterns.policy_in_force(rotation_id=rotation.pk, now=self.now)
        named = policy_page.named_versions([policy])[0]
        return Response(
            {
                **serializers.RotationSerializer(rotation).data,
                "policy": serializers.PolicySerializer(named).data,
                "pagerduty": self._pagerduty(rotation),
            }
        )

    def _pagerduty(self, rotation: Rotation) -> dict[str, Any]:
        state = sync_state.sync_state(rotation=rotation)
        may_check = access.checkable_rotations(viewer=self.viewer).filter(pk=rotation.pk)
        token = account.account_state(now=self.now, real_now=clock.real_now())
        if not may_check.exists():
            state = dataclasses.replace(state, failure="", unmatched=(), rests=())
            token = dataclasses.replace(token, said="")
        shown = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
        return dict(serializers.PagerDutySerializer({**shown, "account": token}).data)


class OnCallNowView(OneRotationView):
    """Who is on call."""

    @extend_schema(tags=TAGS, responses=answers({200: schedule.DutySerializer}, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Whose turn it is on each level at this moment, until when, and who follows."""
        del request
        found = duty.duties(rotations=[self.rotation(slug)], now=self.now)[0]
        return Response(schedule.DutySerializer({"at": self.now, "levels": found.levels}).data)


class FairnessView(OneRotationView):
    """How load is shared."""

    @extend_schema(tags=TAGS, responses=answers({200: schedule.FairnessSerializer}, 403, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Each person's load, holidays and wishes, for the team's people and managers."""
        del request
        rotation = self.rotation(slug)
        facts = board_facts.board_facts(
            rotation=rotation,
            first=board_facts.first_week(
                rotation=rotation,
                published=board_facts.extent(rotation=rotation),
                wanted=None,
                now=self.now,
            ),
            now=self.now,
        )
        members = {line.engineer_id for line in facts.services}
        team_id = rotation.team_id
        if not access.reads_loads(viewer=self.viewer, team_id=team_id, member_ids=members):
            raise PermissionDenied("The people and managers of a team see how its load is shared.")
        policy = patterns.policy_in_force(rotation_id=rotation.pk, now=self.now)
        levels = fairness_page.fair_levels(facts, policy=policy)
        offs = (line.load.off for level in levels for line in level.lines)
        body = {"furthest": furthest(offs), "levels": levels}
        return Response(schedule.FairnessSerializer(body).data)


class HandoversView(OneRotationView):
    """Days on which a term can start."""

    @extend_schema(
        tags=TAGS,
        parameters=[day_parameter("not_before", "The earliest day; today when it is left out.")],
        responses=answers({200: schedule.HandoversSerializer}, 400, 404),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The next 26 handovers."""
        del request
        weeks = patterns.coming_handovers(
            self.rotation(slug),
            now=self.now,
            count=HANDOVERS,
            not_before=self.query(schedule.NotBeforeSerializer).get("not_before"),
        )
        return Response(schedule.HandoversSerializer({"handovers": weeks}).data)
