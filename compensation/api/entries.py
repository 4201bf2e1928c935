"""Entries: everybody their own, finance all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.serializers import IntegerField

from common.api.fields import InstantField
from common.api.schema import answers, choice_parameter
from compensation import access
from compensation.api import serializers
from compensation.queries.entries import entry_lines
from volunteers.api.base import ListView

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

NEWEST, OLDEST = ("-number",), ("number",)
_LARGEST = 2**53


class WhichEntriesSerializer(serializers.ScopeSerializer):
    """Whose entries, and from where on."""

    since = InstantField(required=False, default=None)
    after = IntegerField(required=False, default=None, min_value=0, max_value=_LARGEST)


class EntriesView(ListView):
    """What people have earned."""

    @extend_schema(
        tags=["entries"],
        parameters=[
            choice_parameter(
                "scope",
                [serializers.OWN, serializers.ALL],
                "`all` is for finance; everybody else has their own.",
            ),
            OpenApiParameter(
                "since",
                {"type": "string", "format": "date-time"},
                description="Only what was posted at that instant or later.",
            ),
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0},
                description=(
                    "Only entries with a larger number, and the oldest first. Numbers grow in the "
                    "order of writing: ask with the last one that you have, and you miss none."
                ),
            ),
        ],
        responses=answers({200: serializers.EntrySerializer(many=True)}, 400, 403),
    )
    def get(self, request: Request) -> Response:
        """Your entries, or with `scope=all` everybody's, newest first."""
        del request
        asked = self.query(WhichEntriesSerializer)
        rows = access.own_entries(viewer=self.viewer)
        if asked["scope"] == serializers.ALL:
            access.require(viewer=self.viewer, function=access.MoneyFunction.READ_PERIODS)
            rows = access.visible_entries(viewer=self.viewer)
        if asked["since"] is not None:
            rows = rows.filter(posted_at__gte=asked["since"])
        order = NEWEST
        if asked["after"] is not None:
            rows, order = rows.filter(number__gt=asked["after"]), OLDEST
        return self.rows(rows, entry_lines, serializers.EntrySerializer, order=order)
