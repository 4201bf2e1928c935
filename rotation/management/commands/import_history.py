"""Who carried which week before Rota, from a CSV file: all of it or nothing, or a preview."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from audit.operations import Actor
from common import clock
from common.refusals import RefusedError
from rotation.forms import history_file
from rotation.models import Rotation
from rotation.operations import history_import as imports
from rotation.queries import history_import
from rotation.queries.history_import import NEW, REPLACED, SKIPPED, UNCHANGED

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from rotation.queries.history_import import HistoryPlan, HistoryRow

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Brings in who carried which week before Rota, all or nothing, and says what it came to; "
        "with --dry-run it only says so. Columns: week (the handover's day, 2025-12-22, or "
        "2025-W52), level (primary or 1, escalation or 2), e-mail. These weeks count for loads "
        "and holidays of later drafts; nobody is paid for them. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, for which rotation, and how to meet what is there."""
        parser.add_argument("file", metavar="FILE.csv")
        parser.add_argument("--rotation", metavar="SLUG", help="needed when there are several")
        parser.add_argument("--dry-run", action="store_true", help="a preview: write nothing")
        parser.add_argument(
            "--skip-unknown", action="store_true", help="leave lines out whose e-mail is nobody's"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="give imported weeks to the file's people, counted anew",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what the file comes to.

        Raises:
            CommandError: the file cannot be read, a line cannot be used, or there is no such
                rotation.
        """
        now = clock.now()
        rotation = _rotation(options["rotation"])
        rows = _read(options["file"])
        choices = history_import.Choices(
            replace=options["replace"], skip_unknown=options["skip_unknown"]
        )
        plan = history_import.plan_import(rotation=rotation, rows=rows, choices=choices, now=now)
        self._refuse(plan)
        if not options["dry_run"]:
            try:
                plan = imports.import_history(
                    rotation_id=rotation.pk,
                    rows=rows,
                    choices=choices,
                    progress=self._progress,
                    actor=Actor.shell(),
                    now=now,
                )
            except RefusedError as refusal:
                raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal
        for line, said in plan.skipped:
            self.stdout.write(f"line {line}: left out. {said}")
        for warning in plan.warnings:
            self.stderr.write(f"Note: {warning}")
        end = "Nothing is written: a preview." if options["dry_run"] else "Done."
        self.stdout.write(f"{rotation.name}: {_summary(plan)} {end}")

    def _refuse(self, plan: HistoryPlan) -> None:
        for line, said in plan.problems:
            self.stderr.write(f"line {line}: {said}")
        if plan.problems:
            count = len(plan.problems)
            message = f"{count} problem{'s' if count > 1 else ''}; nothing was imported."
            raise CommandError(message, returncode=BAD_INPUT)

    def _progress(self, done: int, total: int) -> None:
        if total > imports.AT_ONCE:
            self.stdout.write(f"{done} of {total} weeks written")


def _rotation(slug: str | None) -> Rotation:
    rotations = list(Rotation.objects.order_by("slug"))
    found = [each for each in rotations if slug in {None, each.slug}]
    if len(found) == 1:
        return found[0]
    known = ", ".join(each.slug for each in rotations) or "none"
    message = f"There is no rotation {slug!r}." if slug else "Say which one with --rotation."
    raise CommandError(f"{message} Rotations: {known}.", returncode=BAD_INPUT)


def _read(name: str) -> list[HistoryRow]:
    try:
        return history_file.read_history(pathlib.Path(name).read_bytes())
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}."
        raise CommandError(message, returncode=BAD_INPUT) from error
    except history_file.HistoryFileError as refusal:
        raise CommandError(refusal.message, returncode=BAD_INPUT) from refusal


def _summary(plan: HistoryPlan) -> str:
    outcomes = (NEW, REPLACED, UNCHANGED, SKIPPED)
    return ", ".join(f"{plan.count(outcome)} {outcome}" for outcome in outcomes) + "."
