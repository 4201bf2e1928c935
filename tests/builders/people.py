"""Places, people and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import slugify

from tests.builders.moments import LONG_AGO, LONG_AGO_DATE
from volunteers.models import (
    Engineer,
    ManagerGrant,
    Office,
    Posting,
    PublicHoliday,
    RoleGrant,
    Team,
)

if TYPE_CHECKING:
    import datetime as dt

    from volunteers.models import OnCallTeam

CORRECT_HORSE = "correct horse battery staple"


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
