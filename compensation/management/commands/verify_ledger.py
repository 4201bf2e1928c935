"""Proof from the shell that nobody altered an entry or a stored file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compensation.queries.ledger import verified_ledger


class Command(BaseCommand):
    help = "Follows the ledger's fingerprints and names the first row that was altered."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how much is intact.

        Raises:
            CommandError: a row was altered, added or taken away behind the ledger's back.
        """
        found = verified_ledger()
        if not found.is_intact:
            raise CommandError(found.fault, returncode=1)
        self.stdout.write(f"{found.entries} entries and {found.exports} stored files are intact.")
