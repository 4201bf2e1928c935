"""One part of the product as a process: started, told to stop, never left behind."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from config.launch.options import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TETHER = pathlib.Path(__file__).with_name("tether.py")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What to start: a name for the log, the words, the environment, and what it reads first."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str] = dataclasses.field(repr=False)
    stdin: str = dataclasses.field(default="", repr=False)
    folder: pathlib.Path = ROOT
    user: str = "-"
    end_signal: int = signal.SIGKILL


class Part:
    """A running command in a session of its own, so that a terminal's Ctrl-C does not reach it.

    It must be started by the thread that lives longest: the kernel ends it with that thread.
    """

    def __init__(self, command: Command, *, write: Callable[[str, str], None]) -> None:
        """Start it; `write` takes the name and each line that it prints, from another thread."""
        self.command = command
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            _tethered(command),
            cwd=command.folder,
            env=dict(command.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(
            target=_read, args=(self._process.stdout, command.name, write), daemon=True
        )
        self._reader.start()
        self._feed(command.stdin)

    @property
    def pid(self) -> int:
        """The process's number, which is its group's as well."""
        return self._process.pid

    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None if it still runs after these seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask(self, number: int) -> None:
        """Send a signal to the process alone; nothing if it is gone."""
        if self.code() is None:
            self._process.send_signal(number)

    def end(self) -> None:
        """Kill what is left of it and of its children, and wait for its last line."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(5)
        if self._process.stdout is not None and not self._reader.is_alive():
            self._process.stdout.close()

    def _feed(self, text: str) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(text.encode())
                self._process.stdin.close()


def _tethered(command: Command) -> list[str]:
    end_signal = str(int(command.end_signal))
    return [
        *(sys.executable, "-I", "-S", str(TETHER)),
        *(str(os.getpid()), end_signal, command.user, "--", *command.words),
    ]


def _read(stream: IO[bytes], name: str, write: Callable[[str, str], None]) -> None:
    for line in stream:
        write(name, line.decode(errors="replace").rstrip())
