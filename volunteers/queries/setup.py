"""What a company needs before its first term: places, teams, people with rights."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from volunteers.models import (
    Engineer,
    ManagerGrant,
    Office,
    OnCallTeam,
    Posting,
    RoleGrant,
    Team,
    in_force,
)

if TYPE_CHECKING:
    import datetime as dt


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """How many of each there are; of people those who are active.

    `unmanaged` are names of on-call teams without a manager, `placeless` counts people whom no
    posting has placed in an office by the date.
    """

    offices: int
    home_teams: int
    people: int
    on_call_teams: int
    unmanaged: tuple[str, ...]
    placeless: int
    admins: int
    finance: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ProposedRole:
    """A money role that waits for a second admin."""

    grant_id: int
    engineer_id: int
    name: str
    role: str
    proposed_by: str
    proposed_at: dt.datetime


def setup(*, date: dt.date, now: dt.datetime) -> Setup:
    """The counts at `now`; eight queries."""
    managers = ManagerGrant.objects.filter(
        in_force(now), team=OuterRef("pk"), engineer__is_active=True
    )
    postings = Posting.objects.filter(engineer=OuterRef("pk"), starts_on__lte=date)
    unmanaged = OnCallTeam.objects.filter(~Exists(managers)).order_by("name", "pk")
    return Setup(
        offices=Office.objects.count(),
        home_teams=Team.objects.count(),
        people=Engineer.objects.filter(is_active=True).count(),
        on_call_teams=OnCallTeam.objects.count(),
        unmanaged=tuple(unmanaged.values_list("name", flat=True)),
        placeless=Engineer.objects.filter(~Exists(postings), is_active=True).count(),
        admins=_holders(RoleGrant.Role.ADMIN, now),
        finance=_holders(RoleGrant.Role.FINANCE, now),
    )


def proposed_roles() -> list[ProposedRole]:
    """Money roles that are proposed and neither confirmed nor taken back, oldest first."""
    rows = RoleGrant.objects.filter(granted_from__isnull=True, until__isnull=True)
    return [
        ProposedRole(
            grant_id=row.pk,
            engineer_id=row.engineer_id,
            name=row.engineer.name,
            role=row.role,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
        )
        for row in rows.select_related("engineer").order_by("proposed_at", "pk")
    ]


def _holders(role: RoleGrant.Role, now: dt.datetime) -> int:
    grants = RoleGrant.objects.filter(in_force(now), role=role, engineer__is_active=True)
    return grants.values("engineer_id").distinct().count()
