"""Who may see and change which people, applications, terms and absences."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails  # noqa: TC002 - part of the request's type

from audit.operations import Actor
from volunteers.models import (
    Absence,
    Application,
    Engineer,
    ManagerGrant,
    OnCallTeam,
    RoleGrant,
    Term,
    TermExtension,
    TermLevel,
    in_force,
)

if TYPE_CHECKING:
    import datetime as dt


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who looks, with the rights in force at this request."""

    engineer_id: int
    email: str
    name: str
    managed_team_ids: frozenset[int]
    managed_team_slugs: frozenset[str]
    is_finance: bool
    is_admin: bool

    @property
    def is_manager(self) -> bool:
        """Whether they manage any on-call team."""
        return bool(self.managed_team_ids)

    @property
    def actor(self) -> Actor:
        """The same person as the one who acts."""
        return Actor(name=self.email, engineer_id=self.engineer_id)

    def manages(self, team_id: int) -> bool:
        """Whether they manage that on-call team."""
        return team_id in self.managed_team_ids


class SignedInRequest(HttpRequest):
    """A request behind sign-in: who, and with which rights."""

    user: Engineer
    viewer: Viewer
    htmx: HtmxDetails


def viewer_for(*, engineer: Engineer, now: dt.datetime) -> Viewer:
    """The engineer's rights as they are at `now`: two queries, so ask once a request."""
    teams = ManagerGrant.objects.filter(in_force(now), engineer=engineer)
    managed = list(teams.order_by("team_id").values_list("team_id", "team__slug"))
    roles = set(
        RoleGrant.objects.filter(in_force(now), engineer=engineer).values_list("role", flat=True)
    )
    return Viewer(
        engineer_id=engineer.pk,
        email=engineer.email,
        name=engineer.name,
        managed_team_ids=frozenset(team_id for team_id, _slug in managed),
        managed_team_slugs=frozenset(slug for _team_id, slug in managed),
        is_finance=RoleGrant.Role.FINANCE in roles,
        is_admin=RoleGrant.Role.ADMIN in roles,
    )


def managers_of(*, team_id: int, now: dt.datetime) -> QuerySet[Engineer]:
    """Active engineers who manage the team at `now`."""
    grants = ManagerGrant.objects.filter(in_force(now), team_id=team_id, engineer=OuterRef("pk"))
    return Engineer.objects.filter(Exists(grants), is_active=True)


def visible_teams(*, viewer: Viewer) -> QuerySet[OnCallTeam]:
    """Every on-call team: what it is for is no secret inside the company."""
    del viewer
    return OnCallTeam.objects.all()


def visible_applications(*, viewer: Viewer) -> QuerySet[Application]:
    """One's own, those to teams one manages, and all for an admin."""
    if viewer.is_admin:
        return Application.objects.all()
    return Application.objects.filter(
        Q(engineer_id=viewer.engineer_id) | Q(team_id__in=viewer.managed_team_ids)
    )


def decidable_applications(*, viewer: Viewer) -> QuerySet[Application]:
    """Those to teams one manages, one's own included: the operation refuses that by name."""
    return Application.objects.filter(team_id__in=viewer.managed_team_ids)


def own_applications(*, viewer: Viewer) -> QuerySet[Application]:
    """The viewer's own."""
    return Application.objects.filter(engineer_id=viewer.engineer_id)


def visible_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """Every term: who serves until when is read by all."""
    del viewer
    return Term.objects.all()


def endable_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """Terms on level 2 of the teams one manages; those of volunteers end by leaving."""
    return Term.objects.filter(
        team_id__in=viewer.managed_team_ids,
        level=TermLevel.ESCALATION,
        team__rotation__isnull=False,
    )


def leavable_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """One's own, and those of the teams one manages: they can end early, nobody has to say why."""
    return Term.objects.filter(_own_or_managed(viewer), team__rotation__isnull=False)


def resumable_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """Those that end early and need not: of one's teams, and one's own that one left oneself."""
    own = Q(engineer_id=viewer.engineer_id, left_by_id=viewer.engineer_id)
    return Term.objects.filter(
        own | Q(team_id__in=viewer.managed_team_ids),
        left_on__isnull=False,
        team__rotation__isnull=False,
    )


def own_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """The viewer's own: whether they end as planned is theirs to say."""
    return Term.objects.filter(engineer_id=viewer.engineer_id, team__rotation__isnull=False)


def extendable_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """Volunteers' terms for which the viewer asks for more weeks, or gives some as a manager."""
    return leavable_terms(viewer=viewer).filter(level=TermLevel.PRIMARY)


def linked_terms() -> QuerySet[Term]:
    """Every term: a signed link names the one that it opens, and for whom."""
    return Term.objects.filter(team__rotation__isnull=False)


def visible_extensions(*, viewer: Viewer) -> QuerySet[TermExtension]:
    """Weeks asked for beyond a term's end: one's own, of teams one manages, all for an admin."""
    if viewer.is_admin:
        return TermExtension.objects.all()
    return TermExtension.objects.filter(
        Q(engineer_id=viewer.engineer_id) | Q(term__team_id__in=viewer.managed_team_ids)
    )


def decidable_extensions(*, viewer: Viewer) -> QuerySet[TermExtension]:
    """Those of teams one manages, one's own included: the operation refuses that by name."""
    return TermExtension.objects.filter(term__team_id__in=viewer.managed_team_ids)


def own_extensions(*, viewer: Viewer) -> QuerySet[TermExtension]:
    """Those that were asked for the viewer's own terms."""
    return TermExtension.objects.filter(engineer_id=viewer.engineer_id)


def _own_or_managed(viewer: Viewer) -> Q:
    return Q(engineer_id=viewer.engineer_id) | Q(team_id__in=viewer.managed_team_ids)


def own_absences(*, viewer: Viewer) -> QuerySet[Absence]:
    """The viewer's own, the only ones whose note they may read or which they may change."""
    return Absence.objects.filter(engineer_id=viewer.engineer_id, cancelled_at__isnull=True)


def visible_people(*, viewer: Viewer) -> QuerySet[Engineer]:
    """All for an admin, else those in a term of a team one manages, and oneself."""
    if viewer.is_admin:
        return Engineer.objects.all()
    terms = Term.objects.filter(engineer=OuterRef("pk"), team_id__in=viewer.managed_team_ids)
    return Engineer.objects.filter(Q(pk=viewer.engineer_id) | Exists(terms))
