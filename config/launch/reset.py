"""`make demo-reset`: removes the demo's data, unless a copy is running on it."""

from __future__ import annotations

import os
import sys

from config.launch import data_folder, options
from config.launch.errors import LaunchError


def main() -> int:
    """Remove it and say so; 1 with one line when that cannot be done."""
    try:
        chosen = options.from_environment(os.environ)
        _remove(chosen)
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"The demo's data in {chosen.data} is gone; `make run` starts again.\n")
    return 0


def _remove(chosen: options.Options) -> None:
    if chosen.database_url:
        raise LaunchError("DATABASE_URL is set: empty that database with its own tools.")
    if chosen.data.is_dir():
        with data_folder.held(chosen.data) as folder:
            folder.remove_demo()


if __name__ == "__main__":
    sys.exit(main())
