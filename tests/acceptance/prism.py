"""Prism, a mock that holds requests against PagerDuty's own description of its API.

Neither is part of Rota: Prism comes from the npm registry when it is started, and the description
lies beside some checkouts. `python -m tests.acceptance.prism` says in one line what is missing.
"""

from __future__ import annotations

import http.client
import pathlib
import shutil
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PRISM = "@stoplight/prism-cli@5.16.0"
DESCRIPTION = pathlib.Path(__file__).resolve().parents[3] / "shared" / "pagerduty"

_INSTALL_SECONDS = 300
_START_SECONDS = 90
_ANSWER_SECONDS = 30
_LOOPBACK = "127.0.0.1"


class PartMissingError(Exception):
    """Something that this judge needs is not on this machine; the message says what."""


def npx() -> str:
    """The program that runs Prism.

    Raises:
        PartMissingError: it is not there.
    """
    found = shutil.which("npx")
    if found is None:
        raise PartMissingError("npx is missing: install Node.js with npm (Debian: apt install npm)")
    return found


def description() -> pathlib.Path:
    """PagerDuty's description as Prism takes it: made anew each time, kept nowhere.

    Raises:
        PartMissingError: the description is not there.
    """
    published = DESCRIPTION / "openapi-subset.json"
    if not published.is_file():
        raise PartMissingError(
            f"PagerDuty's description is missing: {published.name} in ../shared/pagerduty"
        )
    return published


def ensure() -> None:
    """Return when everything is there; Prism is installed on the way.

    Raises:
        PartMissingError: something is not, or the npm registry does not answer.
    """
    description()
    command = [npx(), "--yes", PRISM, "--version"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PartMissingError("Prism could not be installed: npm takes too long") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["npx failed"])[-1]
        raise PartMissingError(f"Prism could not be installed: {last}")


class RunningPrism:
    """A process that answers with the description's examples what the description allows."""

    def __init__(self, folder: pathlib.Path) -> None:
        """Start it with a copy of the description in this folder, and wait until it listens."""
        made = folder / "prism-spec.json"
        builder = [sys.executable, str(DESCRIPTION / "build_prism_spec.py")]
        subprocess.run(
            [*builder, str(description()), str(made)], check=True, stdout=subprocess.DEVNULL
        )
        self.port = _free_port()
        self.log = folder / "prism.log"
        mock = ["mock", "-h", _LOOPBACK, "-p", str(self.port), str(made)]
        with self.log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [npx(), "--yes", PRISM, *mock], stdout=log, stderr=log, start_new_session=True
            )
        self._wait()

    @property
    def url(self) -> str:
        """The address for PAGERDUTY_API_URL."""
        return f"http://{_LOOPBACK}:{self.port}"

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.ask("GET", "/abilities", headers={"authorization": "Token token=any"})
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
            else:
                return
        self.stop()
        raise PartMissingError(f"Prism did not start: {self.log.read_text(encoding='utf-8')}")

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        """Status and text of the answer to one request."""
        connection = http.client.HTTPConnection(_LOOPBACK, self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process and the one that npx has started."""
        if self._process.poll() is None:
            subprocess.run(["kill", "--", f"-{self._process.pid}"], check=False)  # noqa: S607
            self._process.wait(_ANSWER_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> int:
    """Say what is missing; 0 when nothing is."""
    try:
        ensure()
    except PartMissingError as error:
        sys.stderr.write(f"make acceptance: {error}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
