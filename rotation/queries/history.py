"""The weeks that people carried before Rota, as they count for loads and holidays."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from rotation.domain.fairness import HeldWeek
from rotation.models import HistoryWeek

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import Rotation


def carried_weeks(
    *, rotation: Rotation, before: dt.date | None = None
) -> dict[str, list[HeldWeek]]:
    """Imported weeks by level, in order of time, those from `before` on left out; one query."""
    rows = HistoryWeek.objects.filter(level__rotation=rotation)
    if before is not None:
        rows = rows.filter(week_date__lt=before)
    found: dict[str, list[HeldWeek]] = collections.defaultdict(list)
    for level, week_date, load, holidays, holder_id in rows.order_by("week_date", "pk").values_list(
        "level__name", "week_date", "load_hundredths", "holidays", "holder_id"
    ):
        found[level].append(
            HeldWeek(week_date=week_date, load=load, holder_id=holder_id, is_holiday=bool(holidays))
        )
    return found
