"""Everybody who serves now or will, in whatever team, and how they are told apart."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from django.db.models import FilteredRelation, Q

from volunteers.models import Engineer

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
    """Active people with a day of a term from that date on, and those in `also`; one query.

    In order of id; those in `also` without a term have no team.
    """
    later = Q(terms__ends_on__isnull=True) | Q(terms__ends_on__gt=from_date)
    stays = Q(terms__left_on__isnull=True) | Q(terms__left_on__gt=from_date)
    rows = (
        Engineer.objects.filter(is_active=True)
        .annotate(service=FilteredRelation("terms", condition=later & stays))
        .filter(Q(service__isnull=False) | Q(pk__in=also))
        .order_by("pk", "service__team_id")
        .values_list("pk", "name", "email", "service__team_id")
    )
    return [
        Serving(
            engineer_id=pk,
            name=name,
            email=email,
            team_ids=tuple(dict.fromkeys(each[3] for each in found if each[3] is not None)),
        )
        for (pk, name, email), found in itertools.groupby(rows, key=lambda each: each[:3])
    ]


def all_emails() -> list[str]:
    """The e-mail of everybody who has or had an account here; one query."""
    return list(Engineer.objects.order_by("pk").values_list("email", flat=True))
