"""How the people of an on-call team are told apart on pages."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Coalesce

from volunteers import domain
from volunteers.models import Engineer, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRow:
    """One term of somebody in a team."""

    term_id: int
    team_id: int
    service: domain.Service


def team_marks(*, team_id: int) -> dict[int, domain.PersonMark]:
    """The mark of everybody who serves or has served in the team, by engineer id.

    Numbers are dealt in order of joining, which is the order in which terms were entered, so a
    later term never repaints an earlier one.
    """
    return teams_marks(team_ids=[team_id])[team_id]


def teams_marks(*, team_ids: Iterable[int]) -> dict[int, dict[int, domain.PersonMark]]:
    """The marks of several teams, by team, as `team_marks` deals them; one query."""
    services: dict[int, list[domain.Service]] = {team_id: [] for team_id in team_ids}
    for row in service_rows(team_ids=list(services)):
        services[row.team_id].append(row.service)
    return {team_id: domain.deal_marks(served) for team_id, served in services.items()}


def service_rows(*, team_ids: Iterable[int] | QuerySet[Any, Any]) -> list[ServiceRow]:
    """Everybody's terms in the teams, in the order in which they were entered; one query."""
    rows = (
        Term.objects.filter(team_id__in=team_ids)
        .annotate(over_on=Coalesce("left_on", "ends_on"))
        .order_by("created_at", "pk")
        .values_list("pk", "team_id", "engineer_id", "engineer__name", "starts_on", "over_on")
    )
    return [
        ServiceRow(
            term_id=term_id,
            team_id=team_id,
            service=domain.Service(
                engineer_id=engineer_id, name=name, starts_on=starts_on, ends_on=over_on
            ),
        )
        for term_id, team_id, engineer_id, name, starts_on, over_on in rows
    ]


def with_others(
    marks: Mapping[int, domain.PersonMark], *, engineer_ids: Iterable[int]
) -> dict[int, domain.PersonMark]:
    """The marks, and plain ones for those of the engineers who have none; one query at most."""
    missing = set(engineer_ids) - set(marks)
    if not missing:
        return dict(marks)
    names = Engineer.objects.filter(pk__in=missing).values_list("pk", "name")
    others = {pk: domain.unmarked(engineer_id=pk, name=name) for pk, name in names}
    return {**marks, **others}
