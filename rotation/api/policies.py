"""A rotation's policy: every version of it, and the next one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers
from rotation import access
from rotation.api.rotations import OneRotationView
from rotation.api.serializers import NewPolicySerializer, PolicySerializer
from rotation.operations import policies
from rotation.queries import policy_page
from volunteers.api.base import ListView

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["rotations"]
NEWEST = ("-number", "-pk")


class PoliciesView(OneRotationView, ListView):
    """Every version of a rotation's policy."""

    @extend_schema(tags=TAGS, responses=answers({200: PolicySerializer(many=True)}, 400, 404))
    def get(self, request: Request, slug: str) -> Response:
        """Every version, newest first: who changed it, from when it holds, and why."""
        del request
        versions = self.rotation(slug).policies.all()
        return self.rows(versions, policy_page.named_versions, PolicySerializer, order=NEWEST)

    @extend_schema(
        tags=TAGS,
        request=NewPolicySerializer,
        responses=answers({201: PolicySerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add the next version, in force from now; for the team's managers and admins."""
        del request
        rotation = self.rotation(slug)
        if not access.changes_policy(viewer=self.viewer, team_id=rotation.team_id):
            message = "Only managers of the team and admins change how it works."
            raise PermissionDenied(message)
        values = self.body(NewPolicySerializer)
        latest = rotation.policies.latest("number")
        reason, seen = values.pop("reason"), values.pop("seen", latest.number)
        if "objectives" in values:
            values["objectives"] = tuple(values["objectives"])
        version = policies.change_policy(
            rotation_id=rotation.pk,
            figures=dataclasses.replace(policies.figures_of(latest), **values),
            reason=reason,
            seen=seen,
            actor=self.actor,
            now=self.now,
        )
        made = policy_page.named_versions([version])[0]
        return Response(PolicySerializer(made).data, status=201)
