"""What an engineer comes home to: am I on call, when next, and what have I agreed to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from compensation import access as money_access
from compensation.queries import earnings
from portal.queries import own_days, own_shadow, own_terms, own_weeks
from rotation import access as rotation_access
from rotation.queries import (
    cover_requests,
    duty,
    handover_notes,
    own_shifts,
    page_counts,
    readiness,
    sync_state,
)
from rotation.queries.own_shifts import Standing, WeekState
from volunteers import access
from volunteers.models import OPEN_STATES
from volunteers.queries import own_applications, own_time, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compensation.queries.earnings import Ahead, EarnedMonth
    from portal.queries.own_days import DaysOff
    from portal.queries.own_terms import TermEnd
    from portal.queries.own_weeks import ShiftRow, TermCard
    from rotation.domain.pages import Count
    from rotation.models import Rotation
    from rotation.queries.cover_requests import OwnOpen
    from rotation.queries.duty import RotationDuty
    from rotation.queries.handover_notes import Task as HandoverTask
    from rotation.queries.own_shifts import Answer, OwnWeek
    from rotation.queries.readiness import Reach
    from rotation.queries.shadows import ShadowedWeek
    from rotation.queries.sync_state import SyncState
    from volunteers.access import Viewer
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.own_time import OwnWish
    from volunteers.queries.profiles import Place
    from volunteers.queries.terms import TermLine

LONGEST_LOOK_BACK = dt.timedelta(weeks=26)
NEWS = dt.timedelta(days=30)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DutyPanel:
    """A rotation that the person serves in: who is on call, and whether PagerDuty says so too."""

    duty: RotationDuty
    sync: SyncState


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EngineerHome:
    """The person's own part of the home page, in the order in which it is read.

    `today` is the day where they work. `rotations` are those of their terms and weeks, `duties` the
    same with who is on call, empty when nobody asked for them. `terms` are those that have not
    ended, `ends` says by term how they end; `last_term` is the one that ended last when there is
    none. `applications` wait for an answer or were declined in the last 30 days. `ahead` is their
    next week that has not started, `months` are open ones, `reach` says whether PagerDuty can page
    them, `paged` how often it did in the last seven days. `handovers` are notes to write or to
    read. `covers` are requests for cover that are asked of them, and those that they ask.
    """

    place: Place
    today: dt.date
    answer: Answer
    rotations: tuple[Rotation, ...]
    duties: tuple[DutyPanel, ...]
    ahead: OwnWeek | None
    rows: tuple[ShiftRow, ...]
    terms: tuple[TermCard, ...]
    ends: Mapping[int, TermEnd]
    last_term: TermLine | None
    months: tuple[EarnedMonth, ...]
    pay_ahead: Ahead
    away: tuple[DaysOff, ...]
    wishes: tuple[OwnWish, ...]
    applications: tuple[ApplicationLine, ...]
    reach: Reach
    paged: Count
    handovers: tuple[HandoverTask, ...]
    covers: OwnOpen
    shadowed: tuple[ShadowedWeek, ...]

    @property
    def is_serving(self) -> bool:
        """Whether they have a term or carry a week."""
        return bool(self.terms) or self.ahead is not None or self.is_carrying

    @property
    def is_in_several(self) -> bool:
        """Whether the page speaks of more than one rotation."""
        return len(self.rotations) > 1

    @property
    def is_carrying(self) -> bool:
        """Whether a week of theirs runs now."""
        return self.answer.standing is not Standing.OFF

    @property
    def waiting(self) -> ApplicationLine | None:
        """The application that waits for an answer, the last of several."""
        found = [line for line in self.applications if line.state in OPEN_STATES]
        return found[-1] if found else None

    @property
    def coming(self) -> list[OwnWeek]:
        """Their weeks that are not over, in order of time."""
        states = {WeekState.RUNNING, WeekState.COMING}
        return [row.week for row in self.rows if row.week.state in states]

    @property
    def has_pay(self) -> bool:
        """Whether anything of theirs is paid or will be."""
        return bool(self.months) or any(row.earned or is_paid(row.week) for row in self.rows)

    @property
    def until_there(self) -> str:
        """The end of the running or next stint where they work, empty if their clocks agree."""
        return elsewhere(self.answer.until, self.answer.zone, self.place.zone)

    @property
    def ahead_there(self) -> str:
        """The start of the next week where they work, empty if their clocks agree."""
        if self.ahead is None:
            return ""
        starts_at = self.ahead.mine[0].starts_at
        return elsewhere(starts_at, self.ahead.shift.zone, self.place.zone)


def engineer_home(
    *, viewer: Viewer, place: Place, with_duties: bool, now: dt.datetime
) -> EngineerHome:
    """Everything of one person, who works there; as many queries however much there is.

    Without duties nobody asks who else is on call, as a manager's home tells that by itself.
    """
    me = viewer.engineer_id
    today = wording.local(now, place.zone).date()
    own = access.visible_terms(viewer=viewer).filter(engineer_id=me)
    lines = terms.term_lines(terms=own, today=today)
    serving = [line for line in lines if line.state != terms.ENDED]
    ended = [line for line in lines if line.state == terms.ENDED]
    from_date = _from_date(lines, today)
    read = own_shifts.own_shifts(engineer_id=me, from_date=from_date)
    weeks = [own_shifts.own_week(one, me, now) for one in read if one.week_date >= from_date]
    rotations = _served(viewer, serving, weeks)
    arranged = {rotation.team_id for rotation in rotations}
    zone = rotations[0].time_zone if rotations else place.zone
    entries = money_access.own_entries(viewer=viewer)
    return EngineerHome(
        place=place,
        today=today,
        answer=own_shifts.answer(weeks, zone=zone, now=now),
        rotations=tuple(rotations),
        duties=tuple(_duty_panels(rotations, now)) if with_duties else (),
        ahead=next((week for week in weeks if week.state is WeekState.COMING), None),
        rows=tuple(own_weeks.rows(entries, weeks)),
        terms=tuple(own_weeks.card(line, weeks) for line in serving),
        ends=own_terms.ends(
            lines=[line for line in serving if line.team_id in arranged], today=today
        ),
        last_term=max(ended, key=_end) if ended and not serving else None,
        months=tuple(
            month for month in earnings.earned_months(entries=entries) if not month.is_closed
        ),
        pay_ahead=earnings.ahead_in(shifts_read=read, engineer_id=me, now=now),
        away=tuple(own_days.days_off(viewer=viewer, weeks=weeks, now=now, today=today)),
        wishes=tuple(own_time.own_wishes(engineer_id=me, from_date=today)),
        applications=tuple(_applications(viewer, now)),
        reach=readiness.own_reach(engineer_id=me),
        paged=page_counts.paged_lately(engineer_id=me, now=now),
        handovers=tuple(handover_notes.tasks_in(shifts=read, engineer_id=me, now=now)),
        covers=cover_requests.own_open(engineer_id=me, now=now),
        shadowed=tuple(own_shadow.weeks(serving, today=today)),
    )


def is_paid(week: OwnWeek) -> bool:
    """Whether weeks of this level are paid in its rotation."""
    return week.shift.level == "primary" or week.shift.level2_paid


def elsewhere(at: dt.datetime | None, zone: str, own_zone: str) -> str:
    """The instant on the person's own clock, empty where it shows the same time."""
    if at is None:
        return ""
    here, there = wording.local(at, own_zone), wording.local(at, zone)
    return "" if here.utcoffset() == there.utcoffset() else wording.moment(at, own_zone)


def _from_date(lines: Sequence[TermLine], today: dt.date) -> dt.date:
    """The start of the earliest term that runs, else of the last one; bounded for open ends."""
    running = [line for line in lines if line.state != terms.ENDED] or list(lines[-1:])
    start = min((line.starts_on for line in running), default=today)
    return max(min(start, today - own_days.A_WEEK_AND_A_DAY), today - 2 * LONGEST_LOOK_BACK)


def _end(line: TermLine) -> dt.date:
    return line.ends_on or dt.date.max


def _served(
    viewer: Viewer, serving: Iterable[TermLine], weeks: Iterable[OwnWeek]
) -> list[Rotation]:
    """Rotations of one's terms and of one's weeks that are not over, in order of name."""
    teams = {line.team_id for line in serving}
    carried = {
        week.shift.rotation_id
        for week in weeks
        if week.state in {WeekState.RUNNING, WeekState.COMING}
    }
    visible = rotation_access.visible_rotations(viewer=viewer)
    found = visible.filter(team_id__in=teams) | visible.filter(pk__in=carried)
    return list(found.order_by("name", "pk"))


def _duty_panels(rotations: Sequence[Rotation], now: dt.datetime) -> list[DutyPanel]:
    duties = duty.duties(rotations=rotations, now=now)
    return [
        DutyPanel(duty=one, sync=sync_state.sync_state(rotation=rotation))
        for one, rotation in zip(duties, rotations, strict=True)
    ]


def _applications(viewer: Viewer, now: dt.datetime) -> list[ApplicationLine]:
    own = own_applications.newest_by_team(applications=access.own_applications(viewer=viewer))
    return [
        line
        for line in own.values()
        if line.state in OPEN_STATES
        or (line.state == "declined" and line.decided_at and line.decided_at > now - NEWS)
    ]
