"""How many people serve as volunteers in teams, and until when."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from django.db.models import Count

from volunteers.domain import Service
from volunteers.models import Application, Term, TermLevel

if TYPE_CHECKING:
    from collections.abc import Iterable


def spans_of(*, team_ids: Iterable[int]) -> dict[int, list[Service]]:
    """The primary terms of active people as they really run, by team, by start; one query."""
    rows = Term.objects.filter(
        team_id__in=list(team_ids), level=TermLevel.PRIMARY, engineer__is_active=True
    ).select_related("engineer")
    found: dict[int, list[Service]] = collections.defaultdict(list)
    for row in rows.order_by("starts_on", "pk"):
        span = Service(
            engineer_id=row.engineer_id,
            name=row.engineer.name,
            starts_on=row.starts_on,
            ends_on=min((day for day in (row.ends_on, row.left_on) if day), default=None),
        )
        found[row.team_id].append(span)
    return dict(found)


def listed_by_team(*, team_ids: Iterable[int]) -> dict[int, int]:
    """How many are on the waiting list of each team that has one; one query."""
    rows = Application.objects.filter(
        team_id__in=list(team_ids), state=Application.State.WAITLISTED
    )
    return dict(rows.order_by().values_list("team_id").annotate(number=Count("pk")))
