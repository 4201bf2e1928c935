"""One readable log: each line with the name of the part that wrote it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

COLOURS = {
    "rota": "1",
    "setup": "36",
    "redis": "31",
    "pagerduty": "33",
    "web": "32",
    "worker": "34",
    "beat": "35",
}
WIDTH = max(len(name) for name in COLOURS)


class Log:
    """Writes to the terminal and to a file of the data folder, a whole line at a time."""

    def __init__(self, screen: TextIO, *, folder: pathlib.Path, coloured: bool) -> None:
        """Start a new file; the one of the start before is kept beside it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "rota.log"
        if path.exists():
            path.replace(folder / "rota.log.1")
        self._file = path.open("w", encoding="utf-8")
        self._screen: TextIO | None = screen
        self._coloured = coloured
        self._lock = threading.Lock()

    def write(self, name: str, line: str) -> None:
        """Add one line of the part with this name."""
        with self._lock:
            if not self._file.closed:
                self._file.write(f"{name:<{WIDTH}} | {line}\n")
                self._file.flush()
            self._show(f"{self._label(name)} | {line}\n")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _label(self, name: str) -> str:
        label = f"{name:<{WIDTH}}"
        return f"\033[{COLOURS.get(name, '0')}m{label}\033[0m" if self._coloured else label

    def _show(self, text: str) -> None:
        if self._screen is None:
            return
        try:
            self._screen.write(text)
            self._screen.flush()
        except (OSError, ValueError):
            self._screen = None  # the terminal is gone: the file goes on until all is stopped


def wants_colour(screen: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether the screen is a terminal whose owner has not asked for plain text."""
    return screen.isatty() and not environment.get("NO_COLOR")
