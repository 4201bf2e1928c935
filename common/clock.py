"""The clock at the doorways; in demo and test mode a file can move it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import tempfile

from django.conf import settings

from common.refusals import RefusedError


class ClockFileError(Exception):
    """The clock's file holds something else than one number of seconds."""


class ClockFixedError(RefusedError):
    """Time cannot be moved outside demo and test mode."""

    code = "CLOCK_FIXED"
    status = 403


def real_now() -> dt.datetime:
    """The machine's time, aware, in UTC: for leases, sessions, tokens and heartbeats."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is where the clock is read


def now() -> dt.datetime:
    """Business time, aware, in UTC: the machine's time plus the demo's offset."""
    return real_now() + offset()


def offset() -> dt.timedelta:
    """How far business time is from the machine's; nothing outside demo and test mode.

    Raises:
        ClockFileError: the file's line is not a number of seconds.
    """
    path = settings.ROTA_CLOCK_FILE
    if not path:
        return dt.timedelta(0)
    try:
        line = pathlib.Path(path).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return dt.timedelta(0)
    try:
        return dt.timedelta(seconds=float(line or 0))
    except (ValueError, OverflowError) as error:
        raise ClockFileError(f"{path} holds {line!r}, not an offset in seconds") from error


def move_to(instant: dt.datetime) -> None:
    """Make business time `instant` for every process that reads the clock's file.

    The file is replaced as a whole, so that no reader finds half a line.

    Raises:
        ClockFixedError: outside demo and test mode, or without a clock file.
    """
    if settings.ROTA_MODE not in {"demo", "test"} or not settings.ROTA_CLOCK_FILE:
        raise ClockFixedError("Time moves by itself here; only a demo’s clock can be set.")
    path = pathlib.Path(settings.ROTA_CLOCK_FILE)
    ahead = (instant - real_now()).total_seconds()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{ahead:.3f}\n")
        pathlib.Path(name).replace(path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            pathlib.Path(name).unlink()
        raise
