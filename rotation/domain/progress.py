"""How far a search has come, as a draft keeps it while it is being solved."""

from __future__ import annotations

import threading
from typing import Any


class SearchNotes:
    """What a search has found so far; it is written and read by different threads."""

    def __init__(self) -> None:
        """Nothing is found yet."""
        self._lock = threading.Lock()
        self._level = ""
        self._found: dict[str, tuple[int, int]] = {}
        self._newest: dict[str, Any] | None = None

    def begin(self, level: str) -> None:
        """The search goes on with another level; levels solved together are joined by `+`."""
        with self._lock:
            self._level, self._found = level, {}

    def note(self, objective: str, best: int, bound: int) -> None:
        """The best value of the objective so far, and the proven bound."""
        with self._lock:
            self._found[objective] = (best, bound)
            self._newest = {
                "level": self._level,
                "objective": objective,
                "best": best,
                "bound": bound,
                "done": [
                    name
                    for name, (value, least) in self._found.items()
                    if name != objective and value <= least
                ],
            }

    def take(self) -> dict[str, Any] | None:
        """`{"level", "objective", "best", "bound", "done"}`; None when nothing is new."""
        with self._lock:
            newest, self._newest = self._newest, None
            return newest
