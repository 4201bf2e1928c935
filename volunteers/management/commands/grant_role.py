"""Roles from the shell: the first admins and finance people, and managers of on-call teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from audit.operations import Actor
from common import clock
from common.refusals import RefusedError
from volunteers.operations import roles
from volunteers.queries import places
from volunteers.queries.people import account_of

if TYPE_CHECKING:
    import datetime as dt
    from argparse import ArgumentParser

    from volunteers.queries.people import Account

BAD_INPUT = 2
MANAGER = "manager"


class Command(BaseCommand):
    help = "Gives somebody a role, or takes it away; given from the shell it counts at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, what, and for a manager which on-call team."""
        parser.add_argument("email")
        parser.add_argument("role", choices=["finance", "admin", MANAGER])
        parser.add_argument("--team", metavar="SLUG", help="the on-call team that they manage")
        parser.add_argument("--revoke", action="store_true", help="take it away instead")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Give or take it, and say so; what is so already stays so.

        Raises:
            CommandError: no such person or team, a team too many or missing, the last admin.
        """
        account = account_of(email=options["email"])
        if account is None:
            message = f"Nobody has the e-mail {options['email']!r}."
            raise CommandError(message, returncode=BAD_INPUT)
        team_id = _team_id(options["role"], options["team"])
        now = clock.now()
        try:
            if options["revoke"]:
                _revoke(account, options["role"], team_id, now)
            else:
                _grant(account, options["role"], team_id, now)
        except (roles.RoleAlreadyThereError, roles.RoleNotThereError) as refusal:
            self.stdout.write(f"{refusal.message} Nothing changed.")
            return
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal
        what = options["role"] + (f" of {options['team']}" if options["team"] else "")
        done = "no longer has" if options["revoke"] else "now has"
        self.stdout.write(f"{account.name} <{account.email}> {done} the role {what}.")


def _team_id(role: str, slug: str | None) -> int | None:
    if role != MANAGER:
        if slug:
            raise CommandError(f"The role {role} is not for a team.", returncode=BAD_INPUT)
        return None
    if not slug:
        raise CommandError("Say --team SLUG: which on-call team?", returncode=BAD_INPUT)
    team_id = places.on_call_team_id(slug=slug)
    if team_id is None:
        known = ", ".join(places.on_call_team_slugs()) or "none yet"
        message = f"There is no on-call team {slug!r}; there are: {known}."
        raise CommandError(message, returncode=BAD_INPUT)
    return team_id


def _grant(account: Account, role: str, team_id: int | None, now: dt.datetime) -> None:
    if team_id is None:
        roles.give_role_from_shell(engineer_id=account.engineer_id, role=role, now=now)
        return
    roles.grant_manager(
        engineer_id=account.engineer_id, team_id=team_id, actor=Actor.shell(), now=now
    )


def _revoke(account: Account, role: str, team_id: int | None, now: dt.datetime) -> None:
    shell = Actor.shell()
    if team_id is None:
        roles.revoke_role(engineer_id=account.engineer_id, role=role, actor=shell, now=now)
        return
    roles.revoke_manager(engineer_id=account.engineer_id, team_id=team_id, actor=shell, now=now)
