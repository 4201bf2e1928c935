"""Everybody who manages a team, with the teams."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers.models import ManagerGrant, in_force

if TYPE_CHECKING:
    import datetime as dt


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Manager:
    """One active manager and the ids of their teams."""

    engineer_id: int
    name: str
    email: str
    team_ids: frozenset[int]


def managers(*, now: dt.datetime) -> list[Manager]:
    """All of them, in order of name; one query."""
    grants = ManagerGrant.objects.filter(in_force(now), engineer__is_active=True)
    found: dict[int, tuple[str, str, set[int]]] = {}
    for pk, name, email, team_id in grants.order_by("engineer__name", "engineer_id").values_list(
        "engineer_id", "engineer__name", "engineer__email", "team_id"
    ):
        found.setdefault(pk, (name, email, set()))[2].add(team_id)
    return [
        Manager(engineer_id=pk, name=name, email=email, team_ids=frozenset(teams))
        for pk, (name, email, teams) in found.items()
    ]
