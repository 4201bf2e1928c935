"""Django's migrate, followed by the invariants that migrations cannot hold."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from common import invariants
from config.invariants import ALL


class Command(MigrateCommand):
    help = "Migrates the database and applies the invariants afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift the invariants, migrate, apply them again."""
        connection = connections[options["database"]]
        if "volunteers_engineer" in connection.introspection.table_names():
            invariants.remove(connection, ALL)
        super().handle(*args, **options)
        if "volunteers_engineer" in connection.introspection.table_names():
            call_command("apply_invariants", database=options["database"], verbosity=0)
