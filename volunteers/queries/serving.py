"""Everybody who serves now or will, in whatever team, and how they are told apart."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from volunteers.models import Engineer, Term

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """An active person and the teams that they serve in, now or later, in order of id."""

    engineer_id: int
    name: str
    email: str
    team_ids: tuple[int, ...]


def serving(*, from_date: dt.date, also: Collection[int] = ()) -> list[Serving]:
    """Active people with a day of a term from that date on, and those in `also`; two queries.

    In order of id; those in `also` without a term have no team.
    """
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=from_date)
    stays = Q(left_on__isnull=True) | Q(left_on__gt=from_date)
    teams: dict[int, set[int]] = {engineer_id: set() for engineer_id in also}
    for engineer_id, team_id in Term.objects.filter(later & stays).values_list(
        "engineer_id", "team_id"
    ):
        teams.setdefault(engineer_id, set()).add(team_id)
    rows = Engineer.objects.filter(pk__in=teams, is_active=True).order_by("pk")
    return [
        Serving(engineer_id=pk, name=name, email=email, team_ids=tuple(sorted(teams[pk])))
        for pk, name, email in rows.values_list("pk", "name", "email")
    ]


def all_emails() -> list[str]:
    """The e-mail of everybody who has or had an account here; one query."""
    return list(Engineer.objects.order_by("pk").values_list("email", flat=True))
