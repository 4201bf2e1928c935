"""The really running product: every part that `make run` starts, stopped and killed by name."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from config.launch import data_folder, demo, environment, plan, ports, redis_server
from config.launch.options import ROOT, Options
from config.launch.processes import Command, Part

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("redis", "pagerduty", "web", "worker", "beat")
READY_SECONDS = 60.0
STOP_SECONDS = 20.0


class RunningParts:
    """One copy of the product on ports and a folder of its own; each part is stopped by name.

    The names are redis, pagerduty, web, worker and beat; a digit behind one makes another of it.
    Times are bounded: what does not happen fails the test with the last lines of the log.
    """

    def __init__(self, folder: pathlib.Path, *, database_url: str = "", mode: str = "test") -> None:
        """Migrate the database, SQLite in the folder unless an address is given; start nothing."""
        self.options = Options(
            data=folder,
            port=ports.free(),
            sim_port=ports.free(),
            redis_url="",
            database_url=database_url,
        )
        self._held = contextlib.ExitStack()
        self.folder = self._held.enter_context(data_folder.held(folder))
        self.folder.logs.mkdir(mode=0o700, exist_ok=True)
        self._redis = self.folder.redis_socket()
        chosen = environment.variables(
            self.options, self.folder, mode=mode, redis_url=self._redis.url
        )
        outer = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = environment.for_children(outer, chosen)
        self._running: dict[str, Part] = {}
        self._lines: list[tuple[str, str]] = []
        self.manage("migrate", "--verbosity", "0")

    @property
    def address(self) -> str:
        """Where the product answers, without a slash at the end."""
        return self.options.address

    @property
    def sim_address(self) -> str:
        """Where the simulator answers, without a slash at the end."""
        return self.options.sim_address

    @property
    def redis_url(self) -> str:
        """The copy's own Redis, as REDIS_URL takes it."""
        return self._redis.url

    def manage(self, *words: str, allow: int = 0) -> str:
        """What `manage.py` with these words prints; it must end with this exit code."""
        result = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if result.returncode != allow:
            pytest.fail(f"manage.py {' '.join(words)}\n{result.stdout}\n{result.stderr}")
        return result.stdout

    def start(self, *names: str) -> None:
        """Start these parts, or all that do not run, and wait until they are ready."""
        wanted = [name for name in names or PARTS if name not in self._running]
        for name in wanted:
            self._running[name] = Part(self._command(name), write=self._keep)
            if name == "redis":
                redis_server.wait(self._redis)
        if "web" in wanted:
            self.wait_for(lambda: demo.answers(self.options.port, "/healthz"))
        if "pagerduty" in wanted:
            self.wait_for(lambda: demo.answers(self.options.sim_port, "/"))
        if set(PARTS) <= set(self._running):
            self.wait_until_ready()

    def wait_until_ready(self, *, seconds: float = READY_SECONDS) -> None:
        """Wait until /readyz says that every part does its work."""
        self.wait_for(lambda: demo.answers(self.options.port, "/readyz"), seconds=seconds)

    def stop(self, *names: str) -> None:
        """Ask these parts to end, or all, and wait for them."""
        parts = [self._running.pop(name) for name in names or list(self._running)]
        for part in reversed(parts):
            part.ask(signal.SIGTERM)
            part.wait(STOP_SECONDS)
            part.end()

    def kill(self, *names: str) -> None:
        """Kill these parts with all their processes, as kill -9 does."""
        for name in names:
            self._running.pop(name).end()

    def restart(self, *names: str) -> None:
        """Stop these parts and start them again."""
        self.stop(*names)
        self.start(*names)

    def set_clock(self, seconds: float) -> None:
        """Set how far business time is from the machine's."""
        self.folder.write_private("clock", f"{seconds}\n")

    def log(self, name: str = "") -> list[str]:
        """The lines that a part printed so far, or all parts, the oldest first."""
        return [line for part, line in list(self._lines) if name in {"", part}]

    def cpu_seconds(self, name: str) -> float:
        """How long the processors worked so far for the processes of a part."""
        group, ticks = self._running[name].pid, 0
        for found in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = found.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def wait_for(self, condition: Callable[[], object], *, seconds: float = READY_SECONDS) -> None:
        """Wait until the condition holds; the test fails after these seconds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                last = "\n".join(f"{name} | {line}" for name, line in self._lines[-60:])
                pytest.fail(f"not within {seconds:.0f} seconds; the log ends with\n{last}")
            time.sleep(0.1)

    def close(self) -> None:
        """Kill what still runs and let go of the folder."""
        self.kill(*self._running)
        self._redis.remove()
        self._held.close()

    def _command(self, name: str) -> Command:
        if name == "redis":
            log = self.folder.logs / "redis.log"
            return redis_server.command(self._redis, log=log, environment=os.environ)
        if name == "pagerduty":
            return plan.simulator(self.options, self.folder, environment=self.environment)
        makers = {"web": plan.web, "worker": plan.worker, "beat": plan.beat}
        return makers[name.rstrip("0123456789")](self.environment)

    def _keep(self, name: str, line: str) -> None:
        self._lines.append((name, line))
