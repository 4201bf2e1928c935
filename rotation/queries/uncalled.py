"""On-call time of a level in which PagerDuty would call nobody, and why."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import stints
from rotation.models import PagerDutyPerson

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from rotation.queries.syncing import LevelToSync


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NobodyCalled:
    """One week with such time: nobody holds it, or PagerDuty does not know who does.

    A week that nobody holds was confirmed when it was published; `who` is empty then.
    """

    week_date: dt.date
    seconds: int
    who: str


def unknown_in_pagerduty(*, engineer_ids: Iterable[int]) -> frozenset[int]:
    """Those of the people for whom PagerDuty had no user when they were looked up; one query."""
    people = PagerDutyPerson.objects.filter(engineer_id__in=set(engineer_ids), user_ref="")
    looked_up = people.filter(checked_at__isnull=False)
    return frozenset(looked_up.values_list("engineer_id", flat=True))


def nobody_called(
    level: LevelToSync, users: Mapping[int, str], now: dt.datetime
) -> list[NobodyCalled]:
    """The weeks in order, once for each reason; `users` gives PagerDuty's id for those it knows."""
    found: dict[tuple[dt.date, str], int] = {}
    for shift in level.shifts:
        for piece in stints.on_call_stints(shift.stints, shift.windows):
            is_called = piece.person is not None and piece.person in users
            if is_called or piece.period.ends_at <= now or shift.cancelled_at is not None:
                continue
            who = "" if piece.person is None else level.names.get(piece.person, "somebody")
            key = (shift.week_date, who)
            found[key] = found.get(key, 0) + piece.period.seconds
    return [
        NobodyCalled(week_date=week_date, seconds=seconds, who=who)
        for (week_date, who), seconds in sorted(found.items())
    ]
