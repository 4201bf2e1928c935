"""The simulator's time: the machine's, moved by the offset that a file may hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib


class ClockFileError(Exception):
    """The clock's file holds something else than one number of seconds."""


def machine_now() -> dt.datetime:
    """The machine's time, aware, in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is where the clock is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Reads the time anew for every request, so that the file may change at any moment."""

    file: pathlib.Path | None = None

    def offset_seconds(self) -> float:
        """What the file adds to the machine's time; nothing when it is absent or empty.

        Raises:
            ClockFileError: the file's line is not a number of seconds.
        """
        if self.file is None:
            return 0.0
        try:
            line = self.file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return 0.0
        try:
            return float(line or 0)
        except ValueError as error:
            raise ClockFileError(f"{self.file} holds {line!r}, not an offset in seconds") from error

    def now(self) -> int:
        """The simulated time in whole seconds since 1970: PagerDuty keeps no fractions.

        Raises:
            ClockFileError: the clock's file cannot be understood.
        """
        return int(machine_now().timestamp() + self.offset_seconds())
