"""Workers that are killed, a Redis that is emptied and a database that restarts, for real."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import redis

from common import clock
from config.launch.options import ROOT
from tests.builders import NOW
from tests.journeys.simulated import Simulated
from tests.services.parts import RunningParts
from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.one_engine, pytest.mark.real_parts]

TWO_MINUTES = 120.0
PEOPLE = ("Anna", "Ben", "Eva")
TOKEN = "simulator"  # noqa: S105 - the one that a copy's simulator takes
NAMES = ("Killed", "One", "Two", "Three")
MAKE = "from tests.journeys import published; published."
# A minute goes by: the leases of whoever died run out.
LEASED = ("rotation_syncrun", "rotation_pagerdutyaccount")
EXPIRE = "UPDATE {} SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL"


class Copy:
    """A copy of the product on a PostgreSQL of its own, with four teams published."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.server = PostgreSQL()
        self.url = self.server.create("faults")
        self.parts = RunningParts(folder / "data", database_url=self.url)
        self.token = folder / "token"
        self.token.write_text(TOKEN, encoding="utf-8")
        self.parts.environment["PAGERDUTY_API_TOKEN_FILE"] = str(self.token)
        self.parts.set_clock((NOW - clock.real_now()).total_seconds())
        self.parts.start("pagerduty")
        self.simulated = Simulated(self.parts.sim_address)
        people = [{"name": name, "email": f"{name.lower()}@example.com"} for name in PEOPLE]
        self.simulated.call("PUT", "/_sim/state", {"users": people})
        self.shell(f"make(*{NAMES!r})")

    def close(self) -> None:
        self.parts.close()
        self.server.stop()

    def shell(self, call: str) -> None:
        """Call a function of `published` in the copy."""
        self.parts.manage("shell", "--no-imports", "-c", f"{MAKE}{call}")

    def expire_leases(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table in LEASED:
                connection.execute(EXPIRE.format(table))

    def count(self, query: str) -> int:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def fault(self, **fault: Any) -> None:
        self.simulated.call("POST", "/_sim/faults", fault)

    def exchanges(self) -> list[Any]:
        found: list[Any] = self.simulated.call("GET", "/_sim/requests")["requests"]
        return found

    def plan(self, *words: str) -> list[Any]:
        lines = self.parts.manage("sync_pagerduty", "--dry-run", "--json", *words).splitlines()
        return [json.loads(line) for line in lines]

    def is_in_line(self, *words: str) -> bool:
        return all(not plan["steps"] and not plan["failure"] for plan in self.plan(*words))

    def expect_nothing_doubled(self) -> None:
        """Each team has two schedules and a policy at most, each override exactly once."""
        state = self.simulated.call("GET", "/_sim/state")
        names = [each["name"] for each in [*state["schedules"], *state["escalation_policies"]]]
        spans = [
            (schedule["id"], each["user"], each["start"], each["end"])
            for schedule in state["schedules"]
            for each in schedule["overrides"]
        ]
        assert len(names) == len(set(names))
        assert len(spans) == len(set(map(str, spans)))


@pytest.fixture
def copy() -> Iterator[Copy]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-faults-"))
    made = Copy(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


def _killed_at(copy: Copy, method: str, path: str) -> None:
    """Start a sync of the first team and kill it while PagerDuty is at that request."""
    copy.simulated.call("DELETE", "/_sim/requests")
    copy.fault(method=method, path=path, delay=2, count=1)
    words = ["manage.py", "sync_pagerduty", "--rotation", "killed"]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=copy.parts.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        copy.parts.wait_for(lambda: _slow(copy))
    finally:
        process.kill()
        process.wait()
    copy.simulated.call("DELETE", "/_sim/faults")
    copy.expire_leases()


def _slow(copy: Copy) -> list[Any]:
    return [each for each in copy.exchanges() if each["fault"] is not None]


def test_a_worker_may_be_killed_at_any_step(copy: Copy) -> None:
    _killed_at(copy, "POST", "/schedules")
    _killed_at(copy, "POST", "/schedules/*/overrides")
    _killed_at(copy, "POST", "/escalation_policies")
    copy.parts.manage("sync_pagerduty", "--rotation", "killed")
    copy.expect_nothing_doubled()

    copy.shell("change('killed')")
    _killed_at(copy, "PUT", "/schedules/*")
    _killed_at(copy, "DELETE", "/schedules/*/overrides/*")
    copy.parts.manage("sync_pagerduty", "--rotation", "killed")

    assert copy.is_in_line("--rotation", "killed")
    copy.expect_nothing_doubled()


def test_whatever_is_doubled_killed_emptied_or_restarted_all_is_written_once(copy: Copy) -> None:
    refused = _refused_calls_of_two_workers_and_two_beats(copy)
    copy.fault(method="*", path="/*", delay=0.2)
    copy.token.write_text(TOKEN, encoding="utf-8")
    copy.parts.wait_for(lambda: len(copy.simulated.writes()) > 1, seconds=TWO_MINUTES)

    _break_everything(copy)
    copy.parts.wait_for(lambda: _unfinished(copy) == 0, seconds=TWO_MINUTES)

    assert refused <= 2
    assert max(each["in_flight"] for each in copy.exchanges()) == 1
    assert copy.is_in_line()
    copy.expect_nothing_doubled()


def _refused_calls_of_two_workers_and_two_beats(copy: Copy) -> int:
    """How often PagerDuty was asked with a token that it does not take, until admins knew."""
    copy.simulated.call("DELETE", "/_sim/requests")
    copy.token.write_text("expired", encoding="utf-8")
    copy.parts.start("redis", "worker", "worker2", "beat", "beat2")
    copy.parts.wait_for(lambda: _mails(copy))
    return len(copy.exchanges())


def _break_everything(copy: Copy) -> None:
    """One worker is stopped and one killed, Redis is emptied and killed, the database restarts."""
    parts = copy.parts
    parts.stop("worker2")
    parts.kill("worker")
    redis.from_url(parts.redis_url).flushall()
    copy.server.restart()
    parts.kill("redis", "beat")
    copy.expire_leases()
    parts.start("redis", "worker", "worker2", "beat")
    copy.simulated.call("DELETE", "/_sim/faults")


def _unfinished(copy: Copy) -> int:
    """For how many teams the last run is not done."""
    query = (
        "SELECT count(*) FROM rotation_syncrun r WHERE state <> 'done' AND NOT EXISTS"
        " (SELECT 1 FROM rotation_syncrun n WHERE n.rotation_id = r.rotation_id AND n.id > r.id)"
    )
    return copy.count(query)


def _mails(copy: Copy) -> int:
    return copy.count("SELECT count(*) FROM outbox_message WHERE kind = 'pagerduty_token_refused'")
