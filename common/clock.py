"""The clock at the doorways; in demo and test mode a file can move it."""

from __future__ import annotations

import datetime as dt
import pathlib

from django.conf import settings


class ClockFileError(Exception):
    """The clock's file holds something else than one number of seconds."""


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
