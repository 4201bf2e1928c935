"""Who may do what: finance and admin, which two people give, and managers of on-call teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Actor, Area, record
from common.refusals import RefusedError
from volunteers.models import Engineer, ManagerGrant, OnCallTeam, RoleGrant, in_force

if TYPE_CHECKING:
    import datetime as dt

SHELL = Actor.shell()


class RoleInvalidError(RefusedError):
    """There is no such role, or the person has left."""

    code = "ROLE_INVALID"


class RoleAlreadyThereError(RefusedError):
    """The person has the role, or it waits for a second admin."""

    code = "ROLE_ALREADY_THERE"
    status = 409


class RoleNotThereError(RefusedError):
    """The person neither has the role nor is it proposed for them."""

    code = "ROLE_NOT_THERE"
    status = 409


class RoleNotWaitingError(RefusedError):
    """Somebody confirmed the proposal or took it back in the meantime."""

    code = "ROLE_NOT_WAITING"
    status = 409


class SecondAdminNeededError(RefusedError):
    """A role that touches money takes a second admin, who is not the one who gets it."""

    code = "SECOND_ADMIN_NEEDED"
    status = 403


class NotAnAdminError(RefusedError):
    """Only an admin gives and takes roles."""

    code = "NOT_AN_ADMIN"
    status = 403


class LastAdminError(RefusedError):
    """Nobody would be left who could make another admin."""

    code = "LAST_ADMIN"
    status = 409


def propose_role(*, engineer_id: int, role: str, actor: Actor, now: dt.datetime) -> RoleGrant:
    """Ask for finance or admin for somebody; it counts for nothing until a second admin confirms.

    Raises:
        NotAnAdminError: the actor is neither an admin nor the shell.
        RoleInvalidError: no such role, no such person, or they have left.
        RoleAlreadyThereError: they have it, or it is proposed already.
    """
    if role not in RoleGrant.Role.values:
        message = "The roles are finance and admin."
        raise RoleInvalidError(message, fields={"role": message})
    with transaction.atomic():
        _check_admin(actor, now)
        engineer = _active(engineer_id)
        grant = RoleGrant(engineer=engineer, role=role, proposed_by=actor.name, proposed_at=now)
        try:
            with transaction.atomic():
                grant.save(force_insert=True)
        except IntegrityError as error:
            raise _already_there(engineer, role) from error
        _record(grant, verb="proposed role", actor=actor, now=now)
    return grant


def confirm_role(*, grant_id: int, actor: Actor, now: dt.datetime) -> RoleGrant:
    """Put a proposed role in force, as the second of two people.

    Raises:
        NotAnAdminError: the actor is neither an admin nor the shell.
        SecondAdminNeededError: the actor proposed it, or would get it.
        RoleNotWaitingError: it is confirmed or was taken back.
    """
    with transaction.atomic():
        _check_admin(actor, now)
        grant = (
            RoleGrant.objects.select_for_update(of=("self",))
            .select_related("engineer")
            .get(pk=grant_id)
        )
        _check_second(grant, actor)
        if grant.until is not None or grant.granted_from is not None:
            raise RoleNotWaitingError("Somebody has already decided about this role.")
        _active(grant.engineer_id)
        grant.confirmed_by = actor.name
        grant.granted_from = now
        grant.save(update_fields=["confirmed_by", "granted_from"])
        _record(grant, verb="confirmed role", actor=actor, now=now)
    return grant


def revoke_role(*, engineer_id: int, role: str, actor: Actor, now: dt.datetime) -> None:
    """Take finance or admin from somebody, or take back its proposal; one admin is enough.

    Raises:
        NotAnAdminError: the actor is neither an admin nor the shell.
        RoleNotThereError: there is nothing to take.
        LastAdminError: they are the last admin.
    """
    with transaction.atomic():
        _check_admin(actor, now)
        if role == RoleGrant.Role.ADMIN:
            check_admin_remains(without_id=engineer_id, now=now)
        grants = RoleGrant.objects.filter(engineer_id=engineer_id, role=role, until__isnull=True)
        grant = grants.select_related("engineer").first()
        if grant is None or not grants.update(until=now):
            raise RoleNotThereError(f"They do not have the role {role}.")
        _record(grant, verb="revoked role", actor=actor, now=now)


def give_role_from_shell(*, engineer_id: int, role: str, now: dt.datetime) -> None:
    """Put finance or admin in force at once, both sides being the shell; ends a waiting proposal.

    Raises:
        RoleInvalidError: no such role, no such person, or they have left.
        RoleAlreadyThereError: they have it.
    """
    with transaction.atomic():
        waiting = RoleGrant.objects.filter(
            engineer_id=engineer_id, role=role, until__isnull=True, granted_from__isnull=True
        )
        waiting.update(until=now)
        grant = propose_role(engineer_id=engineer_id, role=role, actor=SHELL, now=now)
        confirm_role(grant_id=grant.pk, actor=SHELL, now=now)


def grant_manager(
    *, engineer_id: int, team_id: int, actor: Actor, now: dt.datetime
) -> ManagerGrant:
    """Let somebody manage an on-call team, at once.

    Raises:
        NotAnAdminError: the actor is neither an admin nor the shell.
        RoleInvalidError: no such person, or they have left.
        RoleAlreadyThereError: they manage it.
    """
    with transaction.atomic():
        _check_admin(actor, now)
        team = OnCallTeam.objects.get(pk=team_id)
        engineer = _active(engineer_id)
        grant = ManagerGrant(team=team, engineer=engineer, granted_by=actor.name, granted_from=now)
        try:
            with transaction.atomic():
                grant.save(force_insert=True)
        except IntegrityError as error:
            message = f"{engineer.name} already manages {team.name}."
            raise RoleAlreadyThereError(message, fields={"engineer": message}) from error
        _record_manager(grant, verb="granted manager", actor=actor, now=now)
    return grant


def revoke_manager(*, engineer_id: int, team_id: int, actor: Actor, now: dt.datetime) -> None:
    """End somebody's right to manage an on-call team.

    Raises:
        NotAnAdminError: the actor is neither an admin nor the shell.
        RoleNotThereError: they do not manage it.
    """
    with transaction.atomic():
        _check_admin(actor, now)
        grants = ManagerGrant.objects.filter(
            engineer_id=engineer_id, team_id=team_id, until__isnull=True
        )
        grant = grants.select_related("engineer", "team").first()
        if grant is None or not grants.update(until=now):
            raise RoleNotThereError("They do not manage this team.")
        _record_manager(grant, verb="revoked manager", actor=actor, now=now)


def end_all_rights(*, engineer: Engineer, actor: Actor, now: dt.datetime) -> None:
    """End every role, proposal and team of somebody who leaves, in the caller's transaction.

    Raises:
        LastAdminError: they are the last admin.
    """
    open_roles = RoleGrant.objects.filter(engineer=engineer, until__isnull=True)
    check_admin_remains(without_id=engineer.pk, now=now)
    for grant in open_roles.select_related("engineer").order_by("pk"):
        _record(grant, verb="revoked role", actor=actor, now=now)
    open_roles.update(until=now)
    open_teams = ManagerGrant.objects.filter(engineer=engineer, until__isnull=True)
    for managed in open_teams.select_related("engineer", "team").order_by("pk"):
        _record_manager(managed, verb="revoked manager", actor=actor, now=now)
    open_teams.update(until=now)


def check_admin_remains(*, without_id: int, now: dt.datetime) -> None:
    """Refuse when nobody but that engineer is an admin; locks the grants that it looked at.

    Two admins who remove each other at the same moment wait for one another here, and the second
    is refused.

    Raises:
        LastAdminError: they are the last admin.
    """
    grants = RoleGrant.objects.filter(role=RoleGrant.Role.ADMIN, until__isnull=True)
    locked = list(grants.select_for_update().order_by("pk").values_list("pk", flat=True))
    standing = RoleGrant.objects.filter(in_force(now), pk__in=locked, engineer__is_active=True)
    admins = set(standing.values_list("engineer_id", flat=True))
    if without_id in admins and len(admins) == 1:
        raise LastAdminError("They are the last admin; make somebody else an admin first.")


def _check_admin(actor: Actor, now: dt.datetime) -> None:
    if actor == SHELL:
        return
    grants = RoleGrant.objects.filter(
        in_force(now), role=RoleGrant.Role.ADMIN, engineer__is_active=True
    )
    if actor.engineer_id is None or not grants.filter(engineer_id=actor.engineer_id).exists():
        raise NotAnAdminError("Only an admin gives and takes roles.")


def _check_second(grant: RoleGrant, actor: Actor) -> None:
    if actor == SHELL:
        return
    if actor.name == grant.proposed_by or actor.engineer_id == grant.engineer_id:
        raise SecondAdminNeededError(
            "Another admin confirms this role: neither who proposed it nor who gets it."
        )


def _active(engineer_id: int) -> Engineer:
    engineer = Engineer.objects.filter(pk=engineer_id, is_active=True).first()
    if engineer is None:
        message = "There is no such person, or they have left."
        raise RoleInvalidError(message, fields={"engineer": message})
    return engineer


def _already_there(engineer: Engineer, role: str) -> RoleAlreadyThereError:
    message = f"{engineer.name} has the role {role}, or it waits for a second admin."
    return RoleAlreadyThereError(message, fields={"role": message})


def _record(grant: RoleGrant, *, verb: str, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.ACCESS,
        verb=verb,
        subject=f"{grant.role} for {grant.engineer.email}",
        concerned=[grant.engineer.email],
        after={"role": grant.role, "proposed_by": grant.proposed_by},
    )


def _record_manager(grant: ManagerGrant, *, verb: str, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.ACCESS,
        verb=verb,
        subject=f"{grant.engineer.email} for {grant.team.name}",
        team=grant.team.slug,
        concerned=[grant.engineer.email],
        after={"team": grant.team.slug},
    )
