"""Who serves in a team and how each is shown, read together."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers import domain
from volunteers.models import Term
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt

    from volunteers.queries.service import Service


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamPeople:
    """The services of `service.services_of` and the marks of `marks.team_marks`."""

    services: tuple[Service, ...]
    marks: dict[int, domain.PersonMark]


def team_people(*, team_id: int, from_date: dt.date) -> TeamPeople:
    """Services with a day from that date on, and the marks of all who ever served; one query."""
    rows = Term.objects.filter(team_id=team_id).select_related("engineer")
    terms = list(rows.order_by("created_at", "pk"))
    return TeamPeople(
        services=tuple(service.services_among(terms, from_date=from_date)),
        marks=domain.deal_marks(
            domain.Service(
                engineer_id=term.engineer_id,
                name=term.engineer.name,
                starts_on=term.starts_on,
                ends_on=term.ends_on if term.left_on is None else term.left_on,
            )
            for term in terms
        ),
    )
