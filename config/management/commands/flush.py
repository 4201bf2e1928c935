"""Django's flush, which the invariants refuse; in test mode it lifts them meanwhile."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections

from common import invariants
from config import env
from config.invariants import ALL


class Command(FlushCommand):
    help = "Empties a test's database; refused elsewhere, for the ledger is never emptied."

    def handle(self, **options: Any) -> None:
        """Empty every table, in test mode only.

        Raises:
            CommandError: outside test mode.
        """
        if settings.ROTA_MODE is not env.Mode.TEST:
            raise CommandError("Published shifts and the ledger are never deleted.")
        with invariants.lifted(connections[options["database"]], ALL):
            super().handle(**options)
