"""What finance downloads, from the shell."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.refusals import RefusedError
from compensation import exports

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Writes a month's file: the stored bytes once it is closed, else a provisional one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which month, and where the file goes."""
        parser.add_argument("--period", required=True, help="a month, such as 2026-11")
        parser.add_argument("--format", default=exports.CSV, help="csv or xlsx")
        parser.add_argument(
            "--layout", default=exports.DETAIL, help="detail, summary or a layout of yours"
        )
        parser.add_argument("--output", required=True, type=pathlib.Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file and print its name, size and SHA-256.

        Raises:
            CommandError: there is no such file, or the output cannot be written.
        """
        try:
            file = exports.export_file(
                month=options["period"],
                layout=options["layout"],
                file_format=options["format"],
                now=clock.now(),
            )
            options["output"].write_bytes(file.content)
        except RefusedError as error:
            raise CommandError(error.message, returncode=BAD_INPUT) from error
        except OSError as error:
            raise CommandError(
                f"{options['output']}: {error.strerror}.", returncode=BAD_INPUT
            ) from error
        self.stdout.write(f"{file.file_name}: {len(file.content)} bytes, SHA-256 {file.sha256}")
