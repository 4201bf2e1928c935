"""A person's coming weeks in term, with what they wish of each and what lies in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from common import wording
from rotation import access as rotation_access
from rotation.domain import planning
from rotation.queries import calendars, own_shifts, patterns
from rotation.queries.own_shifts import WeekState
from volunteers import access
from volunteers.queries import holidays, own_time, people, service, terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from common.periods import Period
    from rotation.domain.slots import Week
    from rotation.models import Rotation
    from volunteers.access import Viewer
    from volunteers.queries.people import PostingLine
    from volunteers.queries.service import Away

AHEAD_WEEKS = 53
# An office may be up to a day away from the rotation's zone, and a week ends after its last day.
MARGIN = dt.timedelta(days=9)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WishWeek:
    """One coming week: public holidays where the person works, its load, and their own wish.

    `counted` are the holidays that make the load, wherever they are. `wish` is `want`, `avoid` or
    empty; `is_held` says whether a published week is theirs.
    """

    week_date: dt.date
    period: Period
    holidays: tuple[str, ...]
    load: int
    counted: tuple[str, ...]
    is_away: bool
    is_held: bool
    wish: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WishMonth:
    """The weeks that begin in one month, `first` being the first of them."""

    first: dt.date
    weeks: tuple[WishWeek, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamWishes:
    """The weeks of one on-call team in which the person is in a term, in order of time."""

    team_id: int
    team_slug: str
    name: str
    zone: str
    weeks: tuple[WishWeek, ...]

    @property
    def months(self) -> list[WishMonth]:
        """The same weeks by month."""
        groups = itertools.groupby(self.weeks, key=lambda week: week.week_date.replace(day=1))
        found = [tuple(weeks) for _month, weeks in groups]
        return [WishMonth(first=weeks[0].week_date, weeks=weeks) for weeks in found]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnWishes:
    """Everything on the page; `office` is empty for those without one."""

    office: str
    teams: tuple[TeamWishes, ...]

    def count(self, wish: str) -> int:
        """For how many of the weeks they wish that."""
        return sum(week.wish == wish for team in self.teams for week in team.weeks)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    posting: PostingLine | None
    days_off: Mapping[dt.date, str]
    away: Sequence[planning.DaysAway]
    held: frozenset[tuple[int, dt.date]]
    wishes: Mapping[tuple[int, dt.date], str]


def own_wishes(*, viewer: Viewer, now: dt.datetime) -> OwnWishes:
    """The viewer's weeks of the coming year; the queries grow with their teams alone."""
    served = served_spans(viewer, now.date())
    facts = _facts(viewer, now)
    rotations = rotation_access.visible_rotations(viewer=viewer).filter(team_id__in=served)
    found = [
        _team(rotation, served[rotation.team_id], facts, now)
        for rotation in rotations.select_related("team", "holiday_office").order_by("name", "pk")
    ]
    return OwnWishes(
        office=facts.posting.office_name if facts.posting else "",
        teams=tuple(team for team in found if team.weeks),
    )


def served_spans(
    viewer: Viewer, today: dt.date
) -> dict[int, tuple[tuple[dt.date, dt.date | None], ...]]:
    """One's terms that have not ended, by team, whatever their level."""
    own = access.visible_terms(viewer=viewer).filter(engineer_id=viewer.engineer_id)
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    for line in terms.term_lines(terms=own, today=today):
        if line.state != terms.ENDED:
            found.setdefault(line.team_id, []).append((line.starts_on, line.ends_on))
    return {team_id: tuple(spans) for team_id, spans in found.items()}


def _facts(viewer: Viewer, now: dt.datetime) -> _Facts:
    me, today = viewer.engineer_id, now.date()
    until = today + dt.timedelta(weeks=AHEAD_WEEKS + 1) + MARGIN
    posting = people.postings_on(engineer_ids=[me], date=today).get(me)
    weeks = own_shifts.own_weeks(engineer_id=me, from_date=today - MARGIN, now=now)
    return _Facts(
        posting=posting,
        days_off=holidays.holidays_between(
            office_id=posting.office_id, from_date=today, until_date=until
        )
        if posting
        else {},
        away=[
            _days_away(line)
            for line in service.absences_of(
                engineer_ids=[me], from_date=today - MARGIN, until_date=until
            )
        ],
        held=frozenset(
            (week.shift.rotation_id, week.shift.week_date)
            for week in weeks
            if week.state is WeekState.COMING
        ),
        wishes=own_time.wishes_by_week(engineer_id=me, from_date=today),
    )


def _days_away(line: Away) -> planning.DaysAway:
    return planning.DaysAway(starts_on=line.starts_on, ends_on=line.ends_on, zone=line.zone)


def _team(
    rotation: Rotation,
    spans: tuple[tuple[dt.date, dt.date | None], ...],
    facts: _Facts,
    now: dt.datetime,
) -> TeamWishes:
    pattern = patterns.pattern_of(rotation)
    coming = patterns.coming_handovers(rotation, now=now, count=AHEAD_WEEKS)
    weeks = [week for week in coming if planning.is_active(spans, week.week_date)]
    own = patterns.holidays_in(rotation, weeks)
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    counted = calendars.counted_holidays(rotation=rotation, policy=policy, weeks=weeks, own=own)
    planned = {week.week_date: week for week in planning.plan_weeks(pattern, weeks, counted)}
    away = planning.weeks_away(pattern, weeks, frozenset(own), list(facts.away))
    return TeamWishes(
        team_id=rotation.team_id,
        team_slug=rotation.team.slug,
        name=rotation.name,
        zone=rotation.time_zone,
        weeks=tuple(
            WishWeek(
                week_date=week.week_date,
                period=week.period,
                holidays=tuple(_named(week, facts, rotation.time_zone)),
                load=planned[week.week_date].load,
                counted=planned[week.week_date].holidays,
                is_away=week.week_date in away,
                is_held=(rotation.pk, week.week_date) in facts.held,
                wish=facts.wishes.get((rotation.team_id, week.week_date), ""),
            )
            for week in weeks
        ),
    )


def _named(week: Week, facts: _Facts, zone: str) -> list[str]:
    """The days off where the person works from the handover's day to the day before the next."""
    last = wording.local(week.period.ends_at, zone).date()
    return [
        f"{name}, {wording.day(date, year=False)}"
        for date, name in facts.days_off.items()
        if week.week_date <= date < last
    ]
