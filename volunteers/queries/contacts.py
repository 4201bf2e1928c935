"""How to name people and where to write to them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers.models import Engineer, RoleGrant, in_force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Name and e-mail of somebody who is or was at work here."""

    name: str
    email: str


def contacts(*, engineer_ids: Iterable[int]) -> dict[int, Contact]:
    """The people by id, those who have left included; one query."""
    rows = Engineer.objects.filter(pk__in=set(engineer_ids)).values_list("pk", "name", "email")
    return {pk: Contact(name=name, email=email) for pk, name, email in rows}


def names_of(*, emails: Iterable[str]) -> dict[str, str]:
    """The names behind the e-mails, those that belong to nobody left out; one query."""
    rows = Engineer.objects.filter(email__in=set(emails)).values_list("email", "name")
    return dict(rows)


def ids_of(*, emails: Iterable[str]) -> dict[str, int]:
    """The ids behind the e-mails, those that belong to nobody left out; one query."""
    rows = Engineer.objects.filter(email__in=set(emails)).values_list("email", "pk")
    return dict(rows)


def finance_addresses(*, now: dt.datetime) -> list[str]:
    """E-mails of everybody with the finance role in force, in alphabetical order."""
    return _addresses(RoleGrant.Role.FINANCE, now)


def admin_addresses(*, now: dt.datetime) -> list[str]:
    """E-mails of every admin in force, in alphabetical order."""
    return _addresses(RoleGrant.Role.ADMIN, now)


def _addresses(role: str, now: dt.datetime) -> list[str]:
    grants = RoleGrant.objects.filter(in_force(now), role=role)
    active = grants.filter(engineer__is_active=True).order_by("engineer__email").distinct()
    return list(active.values_list("engineer__email", flat=True))
