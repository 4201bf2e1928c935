"""Entries: everybody their own, finance all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema

from common.api.schema import answers, choice_parameter
from compensation import access
from compensation.api import serializers
from compensation.queries.entries import entry_lines
from volunteers.api.base import ListView

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

NEWEST = ("-number",)


class EntriesView(ListView):
    """What people have earned."""

    @extend_schema(
        tags=["entries"],
        parameters=[
            choice_parameter(
                "scope",
                [serializers.OWN, serializers.ALL],
                "`all` is for finance; everybody else has their own.",
            )
        ],
        responses=answers({200: serializers.EntrySerializer(many=True)}, 400, 403),
    )
    def get(self, request: Request) -> Response:
        """Your entries, or with `scope=all` everybody's, newest first."""
        del request
        scope = self.query(serializers.ScopeSerializer)["scope"]
        rows = access.own_entries(viewer=self.viewer)
        if scope == serializers.ALL:
            access.require(viewer=self.viewer, function=access.MoneyFunction.READ_PERIODS)
            rows = access.visible_entries(viewer=self.viewer)
        return self.rows(rows, entry_lines, serializers.EntrySerializer, order=NEWEST)
