"""On-call teams as everybody may read them."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from volunteers.models import ManagerGrant, in_force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from volunteers.models import OnCallTeam


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamPerson:
    """Somebody who manages or owns a team."""

    engineer_id: int
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamLine:
    """One on-call team with its statement, its owner and its managers in order of name."""

    team_id: int
    slug: str
    name: str
    problem: str
    success_criteria: str
    owner: TeamPerson | None
    next_review_on: dt.date | None
    people_on_call_before: int | None
    managers: tuple[TeamPerson, ...]


def team_lines(*, teams: QuerySet[OnCallTeam], now: dt.datetime) -> list[TeamLine]:
    """One line for each, in the order of `teams`; two queries."""
    rows = list(teams.select_related("owner"))
    managers = managers_by_team(team_ids=[row.pk for row in rows], now=now)
    return [
        TeamLine(
            team_id=row.pk,
            slug=row.slug,
            name=row.name,
            problem=row.problem,
            success_criteria=row.success_criteria,
            owner=TeamPerson(engineer_id=row.owner.pk, name=row.owner.name) if row.owner else None,
            next_review_on=row.next_review_on,
            people_on_call_before=row.people_on_call_before,
            managers=tuple(managers.get(row.pk, ())),
        )
        for row in rows
    ]


def managers_by_team(*, team_ids: Iterable[int], now: dt.datetime) -> dict[int, list[TeamPerson]]:
    """The active managers of each team at `now`, in order of name; one query."""
    grants = ManagerGrant.objects.filter(
        in_force(now), team_id__in=list(team_ids), engineer__is_active=True
    )
    found: dict[int, list[TeamPerson]] = collections.defaultdict(list)
    for team_id, engineer_id, name in grants.order_by("engineer__name", "pk").values_list(
        "team_id", "engineer_id", "engineer__name"
    ):
        found[team_id].append(TeamPerson(engineer_id=engineer_id, name=name))
    return found
