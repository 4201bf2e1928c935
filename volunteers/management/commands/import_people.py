"""A list of people from a CSV file: all of it or nothing, or a preview."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from audit.operations import Actor
from common import clock
from common.refusals import RefusedError
from volunteers.forms import people_file
from volunteers.operations import people_import as imports
from volunteers.queries import people_import

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from volunteers.queries.people_import import ImportPlan, ImportRow

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Brings people in from a CSV file, all or nothing, and says what each line came to; with "
        "--dry-run it only says so. Columns: name, e-mail, office, and team, employee number, cost "
        "centre, which may be left out. Nobody gets a role by it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and whether to write."""
        parser.add_argument("file", metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="a preview: write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each line and what it comes to.

        Raises:
            CommandError: the file cannot be read, or a line cannot be used.
        """
        now = clock.now()
        rows = _read(options["file"])
        plan = people_import.plan_import(rows=rows, now=now)
        if plan.problems:
            for line, said in plan.problems:
                self.stderr.write(f"line {line}: {said}")
            count = len(plan.problems)
            message = f"{count} problem{'s' if count > 1 else ''}; nothing was imported."
            raise CommandError(message, returncode=BAD_INPUT)
        if not options["dry_run"]:
            try:
                plan = imports.import_people(rows=rows, actor=Actor.shell(), now=now)
            except RefusedError as refusal:
                raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal
        self._print(plan)
        end = "Nothing is written: a preview." if options["dry_run"] else "Done."
        self.stdout.write(f"{_summary(plan)} {end}")

    def _print(self, plan: ImportPlan) -> None:
        for line in plan.lines:
            what = f": {'; '.join(line.changes)}" if line.changes else ""
            self.stdout.write(f"line {line.line}: {line.outcome} {line.email}{what}")


def _read(name: str) -> list[ImportRow]:
    try:
        return people_file.read_people(pathlib.Path(name).read_bytes())
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}."
        raise CommandError(message, returncode=BAD_INPUT) from error
    except people_file.PeopleFileError as refusal:
        raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal


def _summary(plan: ImportPlan) -> str:
    outcomes = (people_import.NEW, people_import.CHANGED, people_import.UNCHANGED)
    return ", ".join(f"{plan.count(outcome)} {outcome}" for outcome in outcomes) + "."
