"""Weeks in which somebody looks on beside whoever is on call, before they hold shifts."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import F
from django.db.models.functions import Coalesce

from volunteers.models import Term

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShadowTime:
    """Somebody's first weeks over `[from_date, until_date)`, both days being handovers."""

    engineer_id: int
    from_date: dt.date
    until_date: dt.date


def shadow_times(*, team_id: int) -> list[ShadowTime]:
    """Those of a team's terms, by start, then person; one query."""
    terms = Term.objects.filter(team_id=team_id, shadow_weeks__gt=0)
    terms = terms.exclude(left_on=F("starts_on")).annotate(over_on=Coalesce("left_on", "ends_on"))
    return [
        ShadowTime(
            engineer_id=term.engineer_id,
            from_date=term.starts_on,
            until_date=min(term.starts_on + term.shadow_weeks * WEEK, term.over_on),
        )
        for term in terms.order_by("starts_on", "engineer_id", "pk")
    ]
