"""What days away mean before and after they are entered: weeks blocked, weeks still held."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from common.periods import Period, difference, intersection, merged
from portal.queries import own_wishes
from rotation import access as rotation_access
from rotation.domain import planning
from rotation.queries import cover_requests, own_shifts, patterns
from rotation.queries.own_shifts import WeekState
from volunteers.queries import people, profiles, teams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.domain.slots import Week
    from rotation.models import Rotation
    from rotation.queries.own_shifts import OwnWeek
    from volunteers.access import Viewer

DAY = dt.timedelta(days=1)
# An office may be up to a day away from the rotation's zone, and a week ends after its last day.
MARGIN = dt.timedelta(days=9)

Spans = tuple[tuple[dt.date, dt.date | None], ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HeldWeek:
    """A published week in which somebody is away although it is theirs.

    `parts` is their time in it on these days that is to come, in order; `asked` is that for which
    they ask for cover already.
    """

    week: OwnWeek
    parts: tuple[Period, ...]
    asked: tuple[Period, ...] = ()
    managers: tuple[str, ...] = ()
    manages: bool = False

    @property
    def is_running(self) -> bool:
        """Whether it runs now: no draft moves it any more."""
        return self.week.state is WeekState.RUNNING

    @property
    def asks(self) -> list[tuple[Period, str]]:
        """What nobody is asked to cover yet, with the address of the page that asks for it."""
        page = reverse("cover-ask", args=[self.week.shift.shift_id])
        return [(part, f"{page}?{_query(part)}") for part in difference(self.parts, self.asked)]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BlockedWeek:
    """A week that no draft gives to somebody who is away on some of its days."""

    rotation_slug: str
    rotation_name: str
    zone: str
    week: Week
    is_held: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AwayEffect:
    """What these days mean: `days` as instants in the zone of the office on the first of them."""

    first_day: dt.date
    last_day: dt.date
    zone: str
    held: tuple[HeldWeek, ...]
    blocked: tuple[BlockedWeek, ...]

    @property
    def seen(self) -> str:
        """What tells the weeks apart that somebody was shown before they saved."""
        return seen_text(self.held)


def seen_text(held: Iterable[HeldWeek]) -> str:
    """The shifts by id, in order."""
    return "-".join(str(each.week.shift.shift_id) for each in held)


def effect(
    *, viewer: Viewer, first_day: dt.date, last_day: dt.date, now: dt.datetime
) -> AwayEffect:
    """What it means to be away on these days, both included; queries grow with teams alone."""
    me = viewer.engineer_id
    posting = people.postings_on(engineer_ids=[me], date=first_day).get(me)
    zone = posting.time_zone if posting else profiles.NO_ZONE
    away = planning.DaysAway(starts_on=first_day, ends_on=last_day + DAY, zone=zone)
    weeks = own_shifts.own_weeks(engineer_id=me, from_date=first_day - MARGIN, now=now)
    held = with_context(held_weeks(weeks, away, now), viewer=viewer, now=now)
    return AwayEffect(
        first_day=first_day,
        last_day=last_day,
        zone=zone,
        held=tuple(held),
        blocked=tuple(_blocked(viewer, away, weeks, now)),
    )


def held_weeks(
    weeks: Iterable[OwnWeek], away: planning.DaysAway, now: dt.datetime
) -> list[HeldWeek]:
    """Those of `weeks` that are theirs on the days away, with what is still to come of it."""
    to_come = now.replace(second=0, microsecond=0)
    found = []
    for week in own_shifts.weeks_met(weeks, away):
        mine = [part for part in merged(week.mine) if part.ends_at > to_come]
        later = [
            Period(starts_at=max(part.starts_at, to_come), ends_at=part.ends_at) for part in mine
        ]
        parts = [
            part
            for part in intersection(later, [away.period])
            if intersection(week.on_call, [part])
        ]
        if parts:
            found.append(HeldWeek(week=week, parts=tuple(parts)))
    return found


def with_context(held: Sequence[HeldWeek], *, viewer: Viewer, now: dt.datetime) -> list[HeldWeek]:
    """The same with open requests for cover and the managers of each week's team."""
    if not held:
        return []
    team_ids = {each.week.shift.team_id for each in held}
    managers = teams.managers_by_team(team_ids=team_ids, now=now)
    asking = cover_requests.open_by_shift(engineer_id=viewer.engineer_id)
    return [
        dataclasses.replace(
            each,
            asked=tuple(intersection(asking.get(each.week.shift.shift_id, []), list(each.parts))),
            managers=tuple(
                one.name
                for one in managers.get(each.week.shift.team_id, [])
                if one.engineer_id != viewer.engineer_id
            ),
            manages=viewer.manages(each.week.shift.team_id),
        )
        for each in held
    ]


def _blocked(
    viewer: Viewer, away: planning.DaysAway, weeks: Sequence[OwnWeek], now: dt.datetime
) -> list[BlockedWeek]:
    served = own_wishes.served_spans(viewer, now.date())
    rotations = rotation_access.visible_rotations(viewer=viewer).filter(team_id__in=served)
    held = {(week.shift.rotation_id, week.shift.week_date) for week in weeks if week.mine}
    return [
        BlockedWeek(
            rotation_slug=rotation.slug,
            rotation_name=rotation.name,
            zone=rotation.time_zone,
            week=week,
            is_held=(rotation.pk, week.week_date) in held,
        )
        for rotation in rotations.select_related("team", "holiday_office").order_by("name", "pk")
        for week in _weeks_away(rotation, served[rotation.team_id], away, now)
    ]


def _weeks_away(
    rotation: Rotation, spans: Spans, away: planning.DaysAway, now: dt.datetime
) -> list[Week]:
    count = (away.ends_on - away.starts_on + 2 * MARGIN) // planning.WEEK + 1
    coming = patterns.coming_handovers(
        rotation, now=now, count=count, not_before=away.starts_on - MARGIN
    )
    weeks = [week for week in coming if planning.is_active(spans, week.week_date)]
    days_off = frozenset(patterns.holidays_in(rotation, weeks))
    met = planning.weeks_away(patterns.pattern_of(rotation), weeks, days_off, [away])
    return [week for week in weeks if week.week_date in met]


def _query(part: Period) -> str:
    return urlencode({"starts": part.starts_at.isoformat(), "ends": part.ends_at.isoformat()})
