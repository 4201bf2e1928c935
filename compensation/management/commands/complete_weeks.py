"""The sweep that writes entries for ended shifts, from the shell."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.operations import Actor
from common import clock
from compensation.operations import weeks

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_INPUT = 2
MODES_WITH_A_CLOCK = frozenset({"demo", "test"})


class Command(BaseCommand):
    help = "Writes the entries of every shift that has ended; again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Up to which instant."""
        parser.add_argument("--now", help="an instant with its zone, such as 2026-11-30T12:00:00Z")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Complete the weeks and say in one line what was done.

        Raises:
            CommandError: `--now` is no instant, or later than the clock.
        """
        now = _instant(options["now"]) if options["now"] is not None else clock.now()
        result = weeks.complete_weeks(actor=Actor.shell(), now=now)
        self.stdout.write(
            f"posted {result.posted} entries of {result.completed} weeks; "
            f"{result.blocked} blocked, {result.failed} failed"
        )
        if result.failed:
            raise CommandError("Some weeks failed; the log says why.", returncode=1)


def _instant(text: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--now {text!r} is no instant.", returncode=BAD_INPUT) from error
    if instant.tzinfo is None:
        raise CommandError(f"--now {text!r} names no zone: end it in Z.", returncode=BAD_INPUT)
    if instant > clock.now() and settings.ROTA_MODE not in MODES_WITH_A_CLOCK:
        raise CommandError("--now is later than the clock.", returncode=BAD_INPUT)
    return instant.astimezone(dt.UTC)
