"""One week published for many rotations, and how long until PagerDuty shows it, with every part.

    python -m benchmarks.publishing [--rotations 200] [--delay 0.05]

PostgreSQL, Redis, web, worker, beat and a simulator of their own, in a folder that is removed
afterwards; the simulator waits for `delay` before each answer and limits as PagerDuty does. Two
rounds: the first week, for which everything is made in PagerDuty, and the weeks after it. A page
is asked for twice a second meanwhile. To hold: publish 10 seconds, sync 3 minutes, 95 of 100 pages
within 0.8 seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import psycopg

from config.launch.options import ROOT
from tests.journeys.simulated import Simulated
from tests.services.parts import RunningParts
from tests.services.postgresql import PostgreSQL

LONGEST_SECONDS = 1200.0
TOO_MANY = 429
WAITING = "SELECT count(*) FROM rotation_syncrun WHERE state IN ('queued', 'running', 'failed')"
CALL = "from benchmarks import publishing_rounds as rounds; rounds.{}"


def main() -> None:
    """Start everything, measure two rounds, print them, remove everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rotations", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.05)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-publishing-"))
    server = PostgreSQL()
    try:
        url = server.create("publishing")
        parts = RunningParts(folder / "data", database_url=url)
        try:
            _measure(parts, url, rotations=options.rotations, delay=options.delay)
        finally:
            parts.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(parts: RunningParts, url: str, *, rotations: int, delay: float) -> None:
    parts.set_clock(float(_call(parts, "clock_offset()")))
    parts.start("pagerduty")
    simulated = Simulated(parts.sim_address)
    users = _call(parts, f"prepare(rotations={rotations})")
    simulated.call("PUT", "/_sim/state", {"users": [_user(line) for line in users.splitlines()]})
    session = _call(parts, "sign_in()")
    parts.start()
    simulated.call("POST", "/_sim/faults", {"method": "*", "path": "/*", "delay": delay})
    print(f"{rotations} rotations, {delay * 1000:.0f} ms for each answer")
    for weeks in (1, 2):
        _call(parts, f"draft(weeks={weeks})")
        simulated.call("DELETE", "/_sim/requests")
        page = _Page(f"{parts.address}/rotations/team-000/", session)
        began = time.monotonic()
        published = float(_call(parts, "publish()"))
        synced = _until_synced(parts, url) - began
        asked = simulated.call("GET", "/_sim/requests")["requests"]
        print(
            f"{weeks} week{'s' * (weeks > 1)}: published in {published:.1f} s,"
            f" in PagerDuty {synced:.0f} s after it began, {len(asked)} calls,"
            f" {max(each['in_flight'] for each in asked)} at once,"
            f" {sum(each['status'] == TOO_MANY for each in asked)} too many;"
            f" pages: {page.end()}",
            flush=True,
        )


def _call(parts: RunningParts, what: str) -> str:
    """What a function of `publishing_rounds` writes, in a process of its own."""
    words = (sys.executable, "manage.py", "shell", "--no-imports", "-c", CALL.format(what))
    result = subprocess.run(
        words, check=True, cwd=ROOT, env=parts.environment, stdout=subprocess.PIPE, text=True
    )
    return result.stdout


def _user(line: str) -> dict[str, str]:
    ref, name, email = line.split("\t")
    return {"id": ref, "name": name, "email": email}


def _until_synced(parts: RunningParts, url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:

        def waiting() -> int:
            row = connection.execute(WAITING.encode()).fetchone()
            return int(row[0]) if row else 0

        parts.wait_for(lambda: waiting() == 0, seconds=LONGEST_SECONDS)
    return time.monotonic()


@dataclasses.dataclass
class _Page:
    """Somebody who looks at a page twice a second."""

    url: str
    session: str
    _seconds: list[float] = dataclasses.field(default_factory=list)
    _over: threading.Event = dataclasses.field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> str:
        """How long it took, in words."""
        self._over.set()
        self._thread.join()
        cuts = statistics.quantiles(self._seconds, n=20)
        middle = statistics.median(self._seconds)
        return f"{len(self._seconds)}, median {middle:.2f} s, 95 of 100 within {cuts[-1]:.2f} s"

    def _look(self) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.url, headers={"Cookie": f"sessionid={self.session}"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while not self._over.wait(0.5):
            began = time.monotonic()
            with opener.open(request, timeout=60) as answer:
                answer.read()
            self._seconds.append(time.monotonic() - began)


if __name__ == "__main__":
    main()
