"""A function per row, keyword-only, with a value for everything that a test does not care about.

The cast: Anna decides, Ben serves, Carla is outside. `NOW` is a Wednesday morning; the default
handover is Monday 12:00 in Dublin, so the next one is on `NEXT_WEEK`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.text import slugify

from rotation.domain import slots
from rotation.models import Cover, Draft, DraftShift, Level, PolicyVersion, Rotation, Shift
from volunteers.models import (
    Absence,
    Application,
    Engineer,
    ManagerGrant,
    Office,
    OnCallTeam,
    Posting,
    PublicHoliday,
    RoleGrant,
    Team,
    Term,
    WeekWish,
)

if TYPE_CHECKING:
    from common.periods import Period

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
THIS_WEEK = dt.date(2026, 11, 23)
NEXT_WEEK = dt.date(2026, 11, 30)
LONG_AGO = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
LONG_AGO_DATE = dt.date(2026, 1, 5)
CORRECT_HORSE = "correct horse battery staple"
WEEK = dt.timedelta(weeks=1)


# ------------------------------------------------------------------ places
def make_office(
    *,
    name: str = "Dublin",
    time_zone: str = "Europe/Dublin",
    country: str = "IE",
    currency: str = "EUR",
) -> Office:
    """An office that pays in its currency."""
    return Office.objects.create(
        slug=slugify(name), name=name, time_zone=time_zone, country=country, currency=currency
    )


def make_holiday(*, office: Office, date: dt.date, name: str = "A day off") -> PublicHoliday:
    """A public holiday of the office."""
    return PublicHoliday.objects.create(office=office, date=date, name=name)


def make_home_team(*, name: str = "Payments") -> Team:
    """A team where people work in office hours."""
    return Team.objects.create(name=name)


# ------------------------------------------------------------------ people
def make_engineer(
    *,
    name: str = "Ben",
    email: str = "",
    employee_id: str | None = None,
    password: str = "",
    is_active: bool = True,
) -> Engineer:
    """Somebody with an account; without a password they cannot sign in through the form."""
    engineer = Engineer(
        name=name,
        email=email or f"{slugify(name)}@example.com",
        employee_id=employee_id,
        is_active=is_active,
        created_at=LONG_AGO,
    )
    if password:
        engineer.set_password(password)
    else:
        engineer.set_unusable_password()
    engineer.save()
    return engineer


def make_anna(*, team: OnCallTeam) -> Engineer:
    """Anna, who manages the on-call team."""
    anna = make_engineer(name="Anna")
    make_manager(engineer=anna, team=team)
    return anna


def make_ben() -> Engineer:
    """Ben, who serves."""
    return make_engineer(name="Ben")


def make_carla() -> Engineer:
    """Carla, who is outside."""
    return make_engineer(name="Carla")


def make_posting(
    *,
    engineer: Engineer,
    office: Office,
    team: Team | None = None,
    cost_centre: str = "CC-100",
    starts_on: dt.date = LONG_AGO_DATE,
) -> Posting:
    """Where the engineer works from that date on."""
    return Posting.objects.create(
        engineer=engineer, office=office, team=team, cost_centre=cost_centre, starts_on=starts_on
    )


def make_role(
    *,
    engineer: Engineer,
    role: str,
    granted_from: dt.datetime | None = LONG_AGO,
    until: dt.datetime | None = None,
) -> RoleGrant:
    """Finance or admin, in force; only proposed when `granted_from` is None."""
    return RoleGrant.objects.create(
        engineer=engineer,
        role=role,
        proposed_by="shell",
        proposed_at=LONG_AGO,
        confirmed_by="shell" if granted_from else "",
        granted_from=granted_from,
        until=until,
    )


def make_admin(*, name: str = "Ada") -> Engineer:
    """Somebody with the admin role in force."""
    engineer = make_engineer(name=name)
    make_role(engineer=engineer, role=RoleGrant.Role.ADMIN)
    return engineer


def make_finance(*, name: str = "Finn") -> Engineer:
    """Somebody with the finance role in force."""
    engineer = make_engineer(name=name)
    make_role(engineer=engineer, role=RoleGrant.Role.FINANCE)
    return engineer


def make_manager(
    *, engineer: Engineer, team: OnCallTeam, until: dt.datetime | None = None
) -> ManagerGrant:
    """The right to manage the on-call team."""
    return ManagerGrant.objects.create(
        team=team, engineer=engineer, granted_by="shell", granted_from=LONG_AGO, until=until
    )


# ------------------------------------------------------------------ on-call teams
def make_team(*, name: str = "Core", owner: Engineer | None = None) -> OnCallTeam:
    """An on-call team that people volunteer for."""
    return OnCallTeam.objects.create(slug=slugify(name), name=name, owner=owner)


def make_application(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    earliest_start_on: dt.date = NEXT_WEEK,
    state: str = Application.State.SUBMITTED,
    decided_by: Engineer | None = None,
) -> Application:
    """A request to join; one in an end state is decided at `NOW`."""
    is_open = state in {Application.State.SUBMITTED, Application.State.WAITLISTED}
    return Application.objects.create(
        team=team,
        engineer=engineer,
        motivation="I want to know how it runs at night.",
        earliest_start_on=earliest_start_on,
        state=state,
        submitted_at=NOW - dt.timedelta(days=2),
        decided_at=None if is_open else NOW,
        decided_by=decided_by,
        decline_reason="The team is full." if state == Application.State.DECLINED else "",
    )


def make_term(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    starts_on: dt.date = NEXT_WEEK,
    weeks: int = 26,
    accepted_by: Engineer | None = None,
) -> Term:
    """Service at the primary level, with the application that led to it.

    Without `accepted_by` somebody called Dora, who manages nothing, has accepted it.
    """
    decider = accepted_by or _dora()
    application = make_application(
        team=team,
        engineer=engineer,
        earliest_start_on=starts_on,
        state=Application.State.ACCEPTED,
        decided_by=decider,
    )
    return Term.objects.create(
        team=team,
        engineer=engineer,
        level="primary",
        application=application,
        starts_on=starts_on,
        ends_on=starts_on + weeks * WEEK,
        created_at=LONG_AGO,
    )


def make_escalation_term(
    *,
    team: OnCallTeam,
    engineer: Engineer,
    starts_on: dt.date = NEXT_WEEK,
    ends_on: dt.date | None = None,
) -> Term:
    """Service at level 2, with an open end by default."""
    return Term.objects.create(
        team=team,
        engineer=engineer,
        level="escalation",
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=LONG_AGO,
    )


def _dora() -> Engineer:
    dora = Engineer.objects.filter(email="dora@example.com").first()
    return dora or make_engineer(name="Dora")


def make_absence(
    *, engineer: Engineer, starts_on: dt.date, ends_on: dt.date, note: str = ""
) -> Absence:
    """Days away, the end excluded."""
    return Absence.objects.create(
        engineer=engineer, starts_on=starts_on, ends_on=ends_on, note=note, created_at=LONG_AGO
    )


def make_wish(*, engineer: Engineer, team: OnCallTeam, week_date: dt.date, wish: str) -> WeekWish:
    """A week that the engineer wants or would rather not have."""
    return WeekWish.objects.create(engineer=engineer, team=team, week_date=week_date, wish=wish)


# ------------------------------------------------------------------ rotations
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
    effective_from: dt.datetime = LONG_AGO,
) -> PolicyVersion:
    """The next policy version of the rotation."""
    return PolicyVersion.objects.create(
        rotation=rotation,
        number=rotation.policies.count() + 1,
        term_weeks=term_weeks,
        horizon_weeks=horizon_weeks,
        objectives=["gaps", "overload", "unfairness", "preferences"],
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
