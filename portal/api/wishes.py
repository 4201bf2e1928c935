"""One's own wishes for coming weeks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import DayField, HundredthsField, StrictSerializer, TextField
from common.api.schema import answers
from portal.queries import own_wishes
from volunteers.api.base import RotaView
from volunteers.api.serializers import TeamRefSerializer
from volunteers.models import WeekWish
from volunteers.operations import wishes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from rest_framework.request import Request

    from portal.queries.own_wishes import OwnWishes

TAGS = ["wishes"]
MOST = 1000


class WishWeekSerializer(serializers.Serializer[Any]):
    """A coming week in which one is in a term; `holidays` are those where one works."""

    team = TeamRefSerializer()
    week = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    holidays = serializers.ListField(child=serializers.CharField())
    load = HundredthsField()
    is_away = serializers.BooleanField()
    is_held = serializers.BooleanField()
    wish = serializers.ChoiceField(choices=WeekWish.Wish.choices, allow_null=True)


class WishesSerializer(serializers.Serializer[Any]):
    """All coming weeks of one's terms, up to a year, in order of team and time."""

    weeks = WishWeekSerializer(many=True)


class NewWishSerializer(StrictSerializer):
    """A week, by the local date of its handover, that one wants or would rather not have."""

    team = TextField()
    week = DayField()
    wish = serializers.ChoiceField(choices=WeekWish.Wish.choices)


class NewWishesSerializer(StrictSerializer):
    """All of one's wishes for coming weeks: a week that is not listed has none any more."""

    wishes = serializers.ListField(child=NewWishSerializer(), max_length=MOST)


class WishesView(RotaView):
    """One's own wishes."""

    @extend_schema(tags=TAGS, responses=answers({200: WishesSerializer}))
    def get(self, request: Request) -> Response:
        """Your coming weeks in term with what you wish of each."""
        del request
        return self._answer()

    @extend_schema(
        tags=TAGS,
        request=NewWishesSerializer,
        responses=answers({200: WishesSerializer}, 400, 413),
    )
    def put(self, request: Request) -> Response:
        """Set your wishes; drafts made from now on read them, what is published stays."""
        del request
        wanted = _wanted(self._own, self.body(NewWishesSerializer)["wishes"])
        wishes.set_wishes(
            wished=[
                wishes.Wished(
                    team_id=team.team_id,
                    week_date=week.week_date,
                    wish=wanted.get((team.team_slug, week.week_date), wishes.NO_WISH),
                )
                for team in self._own.teams
                for week in team.weeks
            ],
            actor=self.actor,
            now=self.now,
        )
        del self._own
        return self._answer()

    @functools.cached_property
    def _own(self) -> OwnWishes:
        return own_wishes.own_wishes(viewer=self.viewer, now=self.now)

    def _answer(self) -> Response:
        lines = [
            {
                "team": {"slug": team.team_slug, "name": team.name},
                "week": week.week_date,
                "starts_at": week.period.starts_at,
                "ends_at": week.period.ends_at,
                "holidays": week.holidays,
                "load": week.load,
                "is_away": week.is_away,
                "is_held": week.is_held,
                "wish": week.wish or None,
            }
            for team in self._own.teams
            for week in team.weeks
        ]
        return Response(WishesSerializer({"weeks": lines}).data)


def _wanted(own: OwnWishes, sent: list[Mapping[str, Any]]) -> dict[tuple[str, dt.date], str]:
    """The wishes by team and week.

    Raises:
        serializers.ValidationError: naming each line whose week is not one's own, or a second one.
    """
    offered = {(team.team_slug, week.week_date) for team in own.teams for week in team.weeks}
    found: dict[tuple[str, dt.date], str] = {}
    problems: list[dict[str, list[str]]] = []
    for line in sent:
        key = (line["team"], line["week"])
        said = "This week stands there twice." if key in found else ""
        if key not in offered:
            said = "This is no coming week of a term of yours in that team."
        problems.append({"week": [said]} if said else {})
        found[key] = line["wish"]
    if any(problems):
        raise serializers.ValidationError({"wishes": problems})
    return found
