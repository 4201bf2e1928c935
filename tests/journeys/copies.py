"""A running copy of the product with published teams, for journeys with faults."""

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import psycopg

from common import clock
from tests.builders import NOW
from tests.journeys.simulated import Simulated
from tests.services.parts import RunningParts
from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PEOPLE = ("Anna", "Ben", "Eva")
TOKEN = "simulator"  # noqa: S105 - the one that a copy's simulator takes
MAKE = "from tests.journeys import published; published."
# A minute goes by: the leases of whoever died run out.
LEASED = ("rotation_syncrun", "rotation_pagerdutyaccount")
EXPIRE = "UPDATE {} SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL"


class Copy:
    """A copy of the product on a PostgreSQL of its own, with teams published."""

    def __init__(self, folder: pathlib.Path, names: Sequence[str]) -> None:
        """Start the simulator, which knows the teams' people, and nothing else."""
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
        self.shell(f"make(*{tuple(names)!r})")

    def close(self) -> None:
        """Kill what still runs."""
        self.parts.close()
        self.server.stop()

    def shell(self, call: str) -> str:
        """Call a function of `published` in the copy; returns what it printed."""
        return self.parts.manage("shell", "--no-imports", "-c", f"{MAKE}{call}")

    def expire_leases(self) -> None:
        """Let the leases of whoever died run out."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table in LEASED:
                connection.execute(EXPIRE.format(table))

    def execute(self, statement: str) -> None:
        """Change the copy's rows behind its back."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def count(self, query: str) -> int:
        """The number that a query finds."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def fault(self, **fault: Any) -> None:
        """Put a fault into the simulator."""
        self.simulated.call("POST", "/_sim/faults", fault)

    def exchanges(self) -> list[Any]:
        """What the simulator was asked, oldest first."""
        found: list[Any] = self.simulated.call("GET", "/_sim/requests")["requests"]
        return found

    def plan(self, *words: str) -> list[Any]:
        """What a sync would write now, for each rotation."""
        lines = self.parts.manage("sync_pagerduty", "--dry-run", "--json", *words).splitlines()
        return [json.loads(line) for line in lines]

    def is_in_line(self, *words: str) -> bool:
        """Whether nothing is left to write."""
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


@contextlib.contextmanager
def copy_with(*names: str) -> Iterator[Copy]:
    """A copy with these teams, whose folder is removed afterwards."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-faults-"))
    made = Copy(folder, names)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
