"""A copy of Rota started as `make run` starts it, for tests of starting and stopping."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING

import pytest

from config.launch import ports
from config.launch.options import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 90.0
STOP_SECONDS = 25.0
STARTED = "Ctrl-C stops everything"


class LaunchedCopy:
    """One start of the parent process on a folder; its log goes to a file of the test."""

    def __init__(self, folder: pathlib.Path, output: pathlib.Path, **environment: str) -> None:
        """Nothing is started yet; the variables are added to those of every copy."""
        self.folder = folder
        self.port = ports.free()
        self.sim_port = ports.free()
        self._output = output
        self._file: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        cleared = ("REDIS_URL", "DATABASE_URL", "ROTA_CLOCK_FILE", "PAGERDUTY_API_URL")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in cleared},
            "ROTA_MODE": "demo",
            "ROTA_DATA_DIR": str(folder),
            "ROTA_PORT": str(self.port),
            "ROTA_SIM_PORT": str(self.sim_port),
            **environment,
        }

    @property
    def pid(self) -> int:
        """The process that the test started."""
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        """All that was printed since the last start."""
        return self._output.read_text(encoding="utf-8")

    def start(self, *words: str) -> float:
        """Start it by these words, or directly, and wait until it says where it is; the seconds."""
        self._collect()
        self._file = self._output.open("wb")
        begun = time.monotonic()
        self._process = subprocess.Popen(
            words or (sys.executable, "-m", "config.launch"),
            cwd=ROOT,
            env=self.environment,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.until(lambda: STARTED in self.output or self._process_ended(), START_SECONDS)
        assert STARTED in self.output, self.output
        return time.monotonic() - begun

    def press_ctrl_c(self) -> int:
        """Send what a terminal sends, to the whole group; the exit code."""
        os.killpg(self.pid, signal.SIGINT)
        return self.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process that the test started, and to no other."""
        os.kill(self.pid, number)

    def kill(self, pid: int) -> None:
        """Kill one process of the copy, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Kill whatever is left."""
        for pid in processes_of(self.folder):
            self.kill(pid)
        self._collect()

    def until(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until the condition holds; the test fails after these seconds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"not within {seconds:.0f} seconds:\n{self.output[-4000:]}")
            time.sleep(0.05)

    def until_nothing_runs(self) -> None:
        """Wait until no process of this copy is left."""
        self.until(lambda: not processes_of(self.folder), STOP_SECONDS)

    def _collect(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._file is not None:
            self._file.close()

    def _process_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None


def processes_of(folder: pathlib.Path) -> dict[int, str]:
    """Number and words of every process that was started for this data folder, by anybody."""
    mark = f"ROTA_DATA_DIR={folder}".encode()
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0"):
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                if words:  # a process that has ended and waits to be collected has none
                    found[int(entry.name)] = words.decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return found
