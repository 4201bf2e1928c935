"""Starts a whole copy of Rota and stops it again: what `make run` runs."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import TYPE_CHECKING

from config.launch import data_folder, demo, options
from config.launch.errors import LaunchError
from config.launch.log import Log, wants_colour
from config.launch.supervisor import StoppedError, Supervisor

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run until somebody stops it; 1 with one line when it cannot start or go on."""
    parser = argparse.ArgumentParser(prog="python -m config.launch", description=__doc__)
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one ends",
    )
    with_parent = parser.parse_args(arguments).with_parent
    # Read at once: a parent that ends from here on is noticed.
    parent = os.getppid() if with_parent else 0
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        _run(parent)
    except LaunchError as error:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(parent: int) -> None:
    chosen = options.from_environment(os.environ)
    with data_folder.held(chosen.data) as folder:
        demo.check_ports(chosen)
        coloured = wants_colour(sys.stdout, os.environ)
        log = Log(sys.stdout, folder=folder.logs, coloured=coloured)
        supervisor = Supervisor(log, parent=parent)
        with contextlib.closing(log), contextlib.suppress(StoppedError):
            demo.run(chosen, folder, log=log, supervisor=supervisor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
