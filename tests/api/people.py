"""Who asks: each role of the table of rights, with a token of their own."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from knox.models import AuthToken

from tests import builders
from tests.api.client import LocalApi

if TYPE_CHECKING:
    from rotation.models import Rotation
    from volunteers.models import Engineer, OnCallTeam

NOBODY = LocalApi(token="")


def api_of(engineer: Engineer) -> LocalApi:
    """Their way in, with a new token."""
    _row, token = AuthToken.objects.create(user=engineer)
    return LocalApi(token=str(token))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Anna manages Core, Ben serves in it, Carla is outside; Max manages another team."""

    team: OnCallTeam
    rotation: Rotation
    anna: Engineer
    ben: Engineer
    carla: Engineer
    max: Engineer
    finn: Engineer
    ada: Engineer

    def api(self, name: str) -> LocalApi:
        """The way in of `anna`, `ben`, `carla`, `max`, `finn` or `ada`."""
        engineer: Engineer = getattr(self, name)
        return api_of(engineer)


def make_cast() -> Cast:
    """Everybody, in an office in Dublin, with Core's rotation; nothing is published."""
    office = builders.make_office()
    team = builders.make_team()
    cast = Cast(
        team=team,
        rotation=builders.make_rotation(team=team, holiday_office=office),
        anna=builders.make_anna(team=team),
        ben=builders.make_ben(),
        carla=builders.make_carla(),
        max=builders.make_engineer(name="Max"),
        finn=builders.make_finance(),
        ada=builders.make_admin(),
    )
    builders.make_manager(engineer=cast.max, team=builders.make_team(name="Edge"))
    for person in (cast.anna, cast.ben, cast.carla, cast.max, cast.finn, cast.ada):
        builders.make_posting(engineer=person, office=office)
    builders.make_term(team=team, engineer=cast.ben)
    return cast
