"""A person's own applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from volunteers.queries.applications import application_lines

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from volunteers.models import Application
    from volunteers.queries.applications import ApplicationLine


def newest_by_team(*, applications: QuerySet[Application]) -> dict[int, ApplicationLine]:
    """The last one sent to each team, by team id, the earliest of these first; one query."""
    rows = applications.select_related("engineer", "team", "decided_by")
    found: dict[int, ApplicationLine] = {}
    for line in application_lines(page=rows.order_by("submitted_at", "pk")):
        found.pop(line.team_id, None)
        found[line.team_id] = line
    return found
