"""Proof from the shell that nobody altered an entry or a stored file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from compensation.queries.ledger import verified_ledger

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_INPUT = 2
_NOTED = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


class Command(BaseCommand):
    help = "Follows the ledger's fingerprints and names the first row that was altered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What an earlier run said that the ledger ended with."""
        parser.add_argument(
            "--noted",
            action="append",
            default=[],
            metavar="NUMBER:FINGERPRINT",
            help="an entry as an earlier run named it, kept where nobody of the database can write",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print how much is intact, and the fingerprint that stands for all of it.

        Raises:
            CommandError: a row was altered, added or taken away behind the ledger's back.
        """
        found = verified_ledger(noted=dict(_noted(text) for text in options["noted"]))
        if not found.is_intact:
            raise CommandError(found.fault, returncode=1)
        self.stdout.write(f"{found.entries} entries and {found.exports} stored files are intact.")
        if found.entries:
            self.stdout.write(f"The ledger ends with {found.entries}:{found.last_hash}.")


def _noted(text: str) -> tuple[int, str]:
    match = _NOTED.fullmatch(text)
    if match is None:
        message = f"--noted {text!r} is not NUMBER:FINGERPRINT."
        raise CommandError(message, returncode=BAD_INPUT)
    return int(match[1]), match[2]
