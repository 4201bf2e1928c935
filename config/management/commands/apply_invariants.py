"""Creates again what the database keeps beyond the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from common import invariants
from config.invariants import ALL

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Drops and creates the invariants that Django's models cannot say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which database."""
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Apply all of them in one transaction."""
        connection = connections[options["database"]]
        with transaction.atomic(using=options["database"]):
            invariants.apply(connection, ALL)
        if options["verbosity"]:
            self.stdout.write(f"{len(ALL)} invariants applied on {connection.vendor}.")
