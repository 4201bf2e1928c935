"""A PagerDuty simulator that really runs, as a process of its own, for tests to ask."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import pathlib
import selectors
import signal
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

ROOT = pathlib.Path(__file__).resolve().parents[2]

_START_SECONDS = 30
_STOP_SECONDS = 20
_ANSWER_SECONDS = 30


class SimulatorNotRunningError(Exception):
    """The process did not start, or did not end when it was asked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: status, headers by lower-case name, the body as bytes."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def text(self) -> str:
        return self.raw.decode()

    @property
    def body(self) -> Any:
        """The JSON body; None for an empty one."""
        return json.loads(self.raw) if self.raw else None


@dataclass(slots=True, kw_only=True)
class RunningSimulator:
    """One simulator process and the ways to talk to it; make it by `start`.

    The state file and the port stay the same over `restart`.
    """

    state_path: pathlib.Path
    clock_file: pathlib.Path | None = None
    port: int = 0
    arguments: Sequence[str] = ()
    token: str = "any-token"  # noqa: S105 - the simulator takes any
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @classmethod
    def start(
        cls,
        state_path: pathlib.Path,
        *,
        clock_file: pathlib.Path | None = None,
        port: int | None = None,
        arguments: Sequence[str] = (),
    ) -> RunningSimulator:
        """Start a process and wait until it listens; without a port the system chooses one."""
        simulator = cls(
            state_path=state_path, clock_file=clock_file, port=port or 0, arguments=arguments
        )
        simulator.launch()
        return simulator

    @property
    def base_url(self) -> str:
        """The address for PAGERDUTY_API_URL, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> pathlib.Path:
        """Where the process writes its errors."""
        return self.state_path.with_name(self.state_path.name + ".log")

    def launch(self) -> None:
        """Start the process again on the same port and state."""
        command = [sys.executable, "-m", "pagerduty_simulator"]
        command += ["--port", str(self.port), "--state", str(self.state_path)]
        if self.clock_file is not None:
            command += ["--clock-file", str(self.clock_file)]
        inherited = {k: v for k, v in os.environ.items() if k != "PAGERDUTY_API_TOKEN"}
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [*command, *self.arguments],
                cwd=ROOT,
                env=inherited,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.port = self._announced_port(self._process)

    def _announced_port(self, process: subprocess.Popen[str]) -> int:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(_START_SECONDS) else ""
        if not line:
            process.kill()
            process.wait()
            process.stdout.close()
            raise SimulatorNotRunningError(self.log_path.read_text(encoding="utf-8"))
        return urllib.parse.urlsplit(line.split()[-1]).port or 0

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and give its exit code; nothing happens when it has ended."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it at once (SIGKILL)."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        process.send_signal(how)
        try:
            code = process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            raise SimulatorNotRunningError("it did not end when it was asked to") from error
        finally:
            if process.stdout is not None:
                process.stdout.close()
            self._process = None
        return code

    def restart(self) -> None:
        """Stop it and start it again: the state stays, journal and faults are forgotten."""
        self.stop()
        self.launch()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request to the API; a body that is no bytes is sent as JSON.

        Raises:
            OSError, http.client.HTTPException: no answer came.
        """
        sent = {
            "Authorization": f"Token token={self.token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        if query:
            path = f"{path}?{urllib.parse.urlencode(query, doseq=True)}"
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, path, body=raw, headers=sent)
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=answered, raw=response.read())
        finally:
            connection.close()

    def _hook(self, method: str, name: str, body: Any = None) -> Any:
        answer = self.call(method, f"/_sim/{name}", body)
        if answer.status >= 400:
            raise ValueError(f"{method} /_sim/{name}: {answer.text}")
        return answer.body

    def requests(self) -> list[Json]:
        """The exchanges since the start or since they were cleared, oldest first."""
        found: list[Json] = self._hook("GET", "requests")["requests"]
        return found

    def clear_requests(self) -> None:
        """Forget the exchanges until now."""
        self._hook("DELETE", "requests")

    def faults(self, **fault: Any) -> Json:
        """Put one fault in; the fields stand in the simulator's README."""
        added: Json = self._hook("POST", "faults", fault)["fault"]
        return added

    def clear_faults(self) -> None:
        """Take all faults out."""
        self._hook("DELETE", "faults")

    def state(self) -> Json:
        """The whole state, as `put_state` takes it."""
        found: Json = self._hook("GET", "state")
        return found

    def put_state(self, state: Json) -> Json:
        """Replace the whole state, for example by `{"users": [{"name", "email"}]}`.

        Gives the state with everything filled in that was left out, ids above all.
        """
        replaced: Json = self._hook("PUT", "state", state)
        return replaced

    def set_switches(self, **values: str | int) -> None:
        """Set the named switches; the others stay."""
        self._hook("PUT", "switches", values)

    def move_to(self, moment: str) -> None:
        """Set the simulated time by its clock file; from there it runs on.

        Args:
            moment: ISO 8601 with an offset.
        """
        if self.clock_file is None:
            raise ValueError("this simulator was started without a clock file")
        real = dt.datetime.fromisoformat(self._hook("GET", "time")["real"])
        offset = (dt.datetime.fromisoformat(moment) - real).total_seconds()
        self.clock_file.write_text(f"{offset}\n", encoding="ascii")

    def now(self) -> str:
        """The simulator's time, ISO 8601 in UTC."""
        found: str = self._hook("GET", "time")["now"]
        return found
