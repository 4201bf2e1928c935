"""Brings the database up to date and loads the demo company: one process, so that it is quick."""

from __future__ import annotations

import argparse
import pathlib
import sys
from typing import TYPE_CHECKING

import django
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """Migrate if anything is to be migrated, load the demo if it is not there, list its people."""
    parser = argparse.ArgumentParser(prog="python -m config.launch.prepare", description=__doc__)
    parser.add_argument("--accounts", type=pathlib.Path, required=True)
    accounts: pathlib.Path = parser.parse_args(arguments).accounts
    django.setup()
    if _has_waiting_migrations():
        sys.stdout.write("preparing the database\n")
        call_command("migrate", verbosity=0, interactive=False)
    commands = get_commands()
    if "seed" in commands:
        call_command("seed", profile="small")
    if "demo_accounts" in commands:
        with accounts.open("w", encoding="utf-8") as file:
            call_command("demo_accounts", stdout=file)


def _has_waiting_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    main(sys.argv[1:])
