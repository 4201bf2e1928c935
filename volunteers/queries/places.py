"""Offices and teams to choose from."""

from __future__ import annotations

import dataclasses

from volunteers.models import Office, OnCallTeam, Team


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeLine:
    """One office: its zone, country and part of it, the currency it pays in, and the employer."""

    office_id: int
    slug: str
    name: str
    time_zone: str
    country: str
    subdivision: str
    currency: str
    legal_entity: str = ""


def office_lines() -> list[OfficeLine]:
    """Every office, in order of name."""
    return [_line(office) for office in Office.objects.order_by("name", "pk")]


def office_line(*, office_id: int) -> OfficeLine | None:
    """One office, or None when there is none with that id."""
    office = Office.objects.filter(pk=office_id).first()
    return _line(office) if office else None


def office_of(*, slug: str) -> OfficeLine | None:
    """The office with that slug, or None."""
    office = Office.objects.filter(slug=slug).first()
    return _line(office) if office else None


def home_teams() -> dict[int, str]:
    """Names of the teams where people work in office hours, by id, in order of name."""
    return dict(Team.objects.order_by("name", "pk").values_list("pk", "name"))


def on_call_teams() -> dict[int, str]:
    """Names of the on-call teams by id, in order of name."""
    return dict(OnCallTeam.objects.order_by("name", "pk").values_list("pk", "name"))


def on_call_team_id(*, slug: str) -> int | None:
    """The on-call team with that slug, or None."""
    return OnCallTeam.objects.filter(slug=slug).values_list("pk", flat=True).first()


def on_call_team_slugs() -> list[str]:
    """The slug of every on-call team, in order."""
    return list(OnCallTeam.objects.order_by("slug").values_list("slug", flat=True))


def _line(office: Office) -> OfficeLine:
    return OfficeLine(
        office_id=office.pk,
        slug=office.slug,
        name=office.name,
        time_zone=office.time_zone,
        country=office.country,
        subdivision=office.subdivision,
        currency=office.currency,
        legal_entity=office.legal_entity,
    )
