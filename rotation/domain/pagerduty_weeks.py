"""A level's weeks before and after a plan is carried out, for people to read."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period, intersection
from rotation.domain import slots
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_plan import differences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.domain.pagerduty_plan import WantedLevel
    from rotation.domain.pagerduty_state import FinalEntry


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekShown:
    """Who is shown in one week, before and after, each from their first to their last hour.

    The office hours between two turns of one person belong to the turn.
    """

    week_date: dt.date
    period: Period
    before: tuple[UserStint, ...]
    after: tuple[UserStint, ...]
    changes: bool


def weeks_shown(
    wanted: WantedLevel,
    before: Iterable[FinalEntry],
    after: Iterable[FinalEntry],
    since: dt.datetime,
) -> list[WeekShown]:
    """Each running and coming week from `since` on, in order of time."""
    was, becomes = list(before), list(after)
    found = []
    for week in wanted.weeks:
        period = week.holder.period
        if period.ends_at <= since:
            continue
        left = Period(starts_at=max(period.starts_at, since), ends_at=period.ends_at)
        old, new = _inside(was, left), _inside(becomes, left)
        found.append(
            WeekShown(
                week_date=slots.local_date(wanted.pattern.zone, period.starts_at),
                period=period,
                before=tuple(_turns(old)),
                after=tuple(_turns(new)),
                changes=bool(differences(new, _entries(was, left), left)),
            )
        )
    return found


def _inside(entries: Iterable[FinalEntry], within: Period) -> list[UserStint]:
    return [
        UserStint(user_ref=entry.user_ref, period=period)
        for entry in entries
        for period in intersection([entry.period], [within])
    ]


def _entries(entries: Sequence[FinalEntry], within: Period) -> list[FinalEntry]:
    return [entry for entry in entries if entry.period.overlap(within)]


def _turns(stints: Iterable[UserStint]) -> list[UserStint]:
    turns: list[UserStint] = []
    for stint in sorted(stints, key=lambda one: one.period):
        last = turns[-1] if turns else None
        if last is not None and last.user_ref == stint.user_ref:
            ends_at = max(last.period.ends_at, stint.period.ends_at)
            span = Period(starts_at=last.period.starts_at, ends_at=ends_at)
            turns[-1] = dataclasses.replace(last, period=span)
        else:
            turns.append(stint)
    return turns
