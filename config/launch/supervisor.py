"""Keeps the parts running until it is told to stop, then leaves none behind."""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

from config.launch.errors import LaunchError
from config.launch.processes import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from config.launch.log import Log
    from config.launch.processes import Command

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESTARTS = 5
RESTART_WINDOW = 120.0  # seconds in which so many restarts of one part are the most
RESTART_PAUSE = 1.0
GRACE = 15.0  # seconds for running tasks and requests to end
TICK = 0.2


class StoppedError(Exception):
    """Somebody asked to stop while something was being waited for."""


class Supervisor:
    """Starts commands, restarts what dies, stops all; used from the main thread only."""

    def __init__(self, log: Log, *, parent: int) -> None:
        """Watch the process `parent` too, if it is not 0: its end is a request to stop."""
        self._log = log
        self._parent = parent
        self._parts: list[Part] = []
        self._restarts: dict[str, collections.deque[float]] = {}
        self._asked = 0

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take Ctrl-C, SIGTERM and SIGHUP as requests to stop inside the block; stop at its end."""
        before = {number: signal.signal(number, self._ask) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, command: Command) -> Part:
        """Start a part that is meant to run until the end."""
        part = Part(command, write=self._log.write)
        self._parts.append(part)
        return part

    def run(self, command: Command) -> int:
        """Start a part that ends by itself; its exit code.

        Raises:
            StoppedError: it was stopped before it ended.
        """
        part = self.start(command)
        while (code := part.wait(TICK)) is None:
            self._require_wanted()
        self._parts.remove(part)
        part.end()
        return code

    def until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Whether `ready` came true within these seconds, restarting what dies meanwhile.

        Raises:
            StoppedError: somebody asked to stop.
            LaunchError: a part dies again and again.
        """
        deadline = time.monotonic() + seconds
        while not (answer := ready()) and time.monotonic() < deadline:
            self._tick()
        return answer

    def watch(self) -> None:
        """Keep everything running until somebody asks to stop.

        Raises:
            LaunchError: a part dies again and again.
        """
        with contextlib.suppress(StoppedError):
            while True:
                self._tick()

    def _tick(self) -> None:
        self._require_wanted()
        self._restart_dead()
        time.sleep(TICK)

    def _require_wanted(self) -> None:
        if self._asked or (self._parent and os.getppid() != self._parent):
            raise StoppedError

    def _restart_dead(self) -> None:
        for index, part in enumerate(self._parts):
            code = part.code()
            if code is not None:
                part.end()
                self._log.write("rota", f"{part.command.name} {_ending(code)}: starting it again")
                self._count_restart(part.command.name)
                self._parts[index] = Part(part.command, write=self._log.write)

    def _count_restart(self, name: str) -> None:
        past = self._restarts.setdefault(name, collections.deque(maxlen=RESTARTS))
        now = time.monotonic()
        if len(past) == RESTARTS and now - past[0] < RESTART_WINDOW:
            raise LaunchError(f"{name} dies again and again: its last lines say why.")
        past.append(now)
        time.sleep(RESTART_PAUSE)

    def stop(self) -> None:
        """Ask all to end, the first started last, for the others talk to it until they end."""
        asked = self._asked
        first, others = self._parts[:1], self._parts[1:]
        deadline = time.monotonic() + GRACE
        for group in (others, first):
            for part in group:
                part.ask(signal.SIGTERM)
            while any(part.code() is None for part in group) and time.monotonic() < deadline:
                if self._asked > asked:
                    deadline = 0.0  # asked again: at once
                time.sleep(TICK / 4)
            for part in group:
                part.end()
        self._parts.clear()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
