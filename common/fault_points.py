"""Places where a test stops a process, so that it can be killed there."""

from __future__ import annotations

import pathlib
import time

from django.conf import settings

FOLDER = "fault-points"
LONGEST_SECONDS = 120.0
LOOK_SECONDS = 0.05


def pass_by(name: str) -> None:
    """Wait while a file of that name lies in the data folder's `fault-points`.

    Nothing in production mode. `<name>.reached` is written when somebody waits, so that the test
    knows; two minutes at most.
    """
    if settings.ROTA_MODE == "production":
        return
    here = pathlib.Path(settings.DATA_DIR) / FOLDER / name
    if not here.exists():
        return
    here.with_suffix(".reached").touch()
    until = time.monotonic() + LONGEST_SECONDS
    while here.exists() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
