"""The first admin, from the shell."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.refusals import RefusedError
from volunteers.operations import people
from volunteers.queries.people import account_of

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_INPUT = 2
PASSWORD_VARIABLE = "ROTA_ADMIN_PASSWORD"  # noqa: S105 - the variable's name


class Command(BaseCommand):
    help = (
        "Creates an admin, or makes one of an existing account. A new account's password comes "
        f"from {PASSWORD_VARIABLE}, from standard input, or is asked for; never from an argument."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("email", help="what they sign in with")
        parser.add_argument("--name", default="", help="needed for a new account")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create or promote, and say which.

        Raises:
            CommandError: the name, e-mail or password cannot be used, or they are an admin.
        """
        account = account_of(email=options["email"])
        name = options["name"] or (account.name if account else "")
        person = people.Person(name=name, email=options["email"])
        password = "" if account and account.has_password else _password()
        if not account and not password:
            raise CommandError("A new account needs a password.", returncode=BAD_INPUT)
        try:
            engineer = people.create_admin(person=person, password=password, now=clock.now())
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal
        done = "is an admin now and keeps their password" if not password else "is an admin now"
        self.stdout.write(f"{engineer.name} <{engineer.email}> {done}.")


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE, "")
    if given:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two are not the same.", returncode=BAD_INPUT)
    return password
