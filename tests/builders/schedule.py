"""Rotations, drafts, published weeks and covers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import slots
from rotation.models import (
    Cover,
    Draft,
    DraftRule,
    DraftShift,
    HistoryWeek,
    Level,
    PolicyVersion,
    Rotation,
    Shift,
)
from rotation.operations.policies import OBJECTIVES
from tests.builders.moments import LONG_AGO, NEXT_WEEK, NOW
from tests.builders.service import make_team
from volunteers.models import PublicHoliday

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.periods import Period
    from volunteers.models import Engineer, Office, OnCallTeam

OFFICE_HOURS = (dt.time(9, 0), dt.time(17, 30))


def make_rotation(
    *,
    team: OnCallTeam | None = None,
    time_zone: str = "Europe/Dublin",
    business_hours: tuple[dt.time, dt.time] | None = OFFICE_HOURS,
    handover_time: dt.time = dt.time(12, 0),
    holiday_office: Office | None = None,
) -> Rotation:
    """A rotation with its two levels and policy 1; handover on Mondays."""
    team = team or make_team()
    rotation = Rotation.objects.create(
        team=team,
        slug=team.slug,
        name=team.name,
        time_zone=time_zone,
        handover_weekday=0,
        handover_time=handover_time,
        business_start=business_hours[0] if business_hours else None,
        business_end=business_hours[1] if business_hours else None,
        holiday_office=holiday_office,
    )
    for name in ("primary", "escalation"):
        Level.objects.create(rotation=rotation, name=name)
    make_policy(rotation=rotation)
    return rotation


def make_policy(
    *,
    rotation: Rotation,
    term_weeks: int = 26,
    horizon_weeks: int = 26,
    cool_down_weeks: int = 0,
    effective_from: dt.datetime = LONG_AGO,
) -> PolicyVersion:
    """The next policy version of the rotation."""
    return PolicyVersion.objects.create(
        rotation=rotation,
        number=rotation.policies.count() + 1,
        term_weeks=term_weeks,
        horizon_weeks=horizon_weeks,
        cool_down_weeks=cool_down_weeks,
        objectives=list(OBJECTIVES),
        changed_by="shell",
        changed_at=effective_from,
        effective_from=effective_from,
        reason="Set up.",
    )


def level_of(rotation: Rotation, name: str = "primary") -> Level:
    """The rotation's level of that name."""
    return rotation.levels.get(name=name)


def make_draft(
    *,
    rotation: Rotation,
    state: str = Draft.State.READY,
    first_week_date: dt.date = NEXT_WEEK,
    weeks: int = 4,
    requested_by: Engineer | None = None,
) -> Draft:
    """A draft without shifts; one that is published or discarded was closed at `NOW`."""
    closed = state in {Draft.State.PUBLISHED, Draft.State.DISCARDED}
    return Draft.objects.create(
        rotation=rotation,
        number=rotation.drafts.count() + 1,
        state=state,
        first_week_date=first_week_date,
        weeks=weeks,
        policy=_policy_in_force(rotation),
        base_version=rotation.schedule_version,
        requested_by=requested_by,
        requested_at=NOW,
        closed_at=NOW if closed else None,
    )


def make_draft_shift(
    *, draft: Draft, level: Level, week_date: dt.date, holder: Engineer | None = None
) -> DraftShift:
    """One week of a draft; without a holder it is a gap."""
    return DraftShift.objects.create(
        draft=draft, level=level, week_date=week_date, holder=holder, load_hundredths=100
    )


def make_draft_rule(
    *,
    draft: Draft,
    level: Level,
    engineer: Engineer,
    week_date: dt.date = NEXT_WEEK,
    kind: str = DraftRule.Kind.FORBID,
) -> DraftRule:
    """A rule by hand that waits until the draft is solved again."""
    return DraftRule.objects.create(
        draft=draft,
        level=level,
        week_date=week_date,
        engineer=engineer,
        kind=kind,
        added_by="shell",
        added_at=draft.requested_at + dt.timedelta(minutes=1),
    )


def make_shift(
    *,
    level: Level,
    week_date: dt.date = NEXT_WEEK,
    holder: Engineer | None = None,
    load_hundredths: int = 100,
    completed_at: dt.datetime | None = None,
) -> Shift:
    """A published week with the windows that the rotation's hours and holidays give."""
    rotation = level.rotation
    pattern = pattern_of(rotation)
    week = slots.week_of(pattern, week_date)
    windows = slots.day_windows(pattern, week, _holidays(rotation, week.period))
    return Shift.objects.create(
        level=level,
        week_date=week_date,
        starts_at=week.period.starts_at,
        ends_at=week.period.ends_at,
        time_zone=rotation.time_zone,
        day_windows=[[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in windows],
        holder=holder,
        policy=_policy_in_force(rotation),
        load_hundredths=load_hundredths,
        version=1,
        completed_at=completed_at,
    )


def make_history_week(
    *,
    level: Level,
    week_date: dt.date,
    holder: Engineer,
    load_hundredths: int = 100,
    holidays: Sequence[str] = (),
) -> HistoryWeek:
    """A week that somebody carried before Rota."""
    return HistoryWeek.objects.create(
        level=level,
        week_date=week_date,
        holder=holder,
        load_hundredths=load_hundredths,
        holidays=list(holidays),
        imported_by="shell",
        imported_at=LONG_AGO,
    )


def make_cover(
    *,
    shift: Shift,
    from_engineer: Engineer | None,
    to_engineer: Engineer | None,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
) -> Cover:
    """A cover of all or part of a shift: accepted when somebody takes it, else open."""
    accepted = to_engineer is not None
    return Cover.objects.create(
        shift=shift,
        from_engineer=from_engineer,
        to_engineer=to_engineer,
        starts_at=starts_at or shift.starts_at,
        ends_at=ends_at or shift.ends_at,
        state=Cover.State.ACCEPTED if accepted else Cover.State.OPEN,
        asked_by=from_engineer.email if from_engineer else "shell",
        asked_at=NOW,
        accepted_at=NOW if accepted else None,
        acceptance_number=shift.covers.filter(accepted_at__isnull=False).count() + 1
        if accepted
        else None,
    )


def pattern_of(rotation: Rotation) -> slots.WeekPattern:
    """The rotation's weekly pattern."""
    return slots.WeekPattern(
        zone=rotation.time_zone,
        handover_weekday=rotation.handover_weekday,
        handover_time=rotation.handover_time,
        business_start=rotation.business_start,
        business_end=rotation.business_end,
    )


def _policy_in_force(rotation: Rotation) -> PolicyVersion:
    return rotation.policies.order_by("-number")[0]


def _holidays(rotation: Rotation, period: Period) -> frozenset[dt.date]:
    days = PublicHoliday.objects.filter(
        office=rotation.holiday_office_id,
        date__gte=period.starts_at.date() - dt.timedelta(days=1),
        date__lte=period.ends_at.date() + dt.timedelta(days=1),
    )
    return frozenset(days.values_list("date", flat=True))
