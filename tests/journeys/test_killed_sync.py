from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.services.fixtures import MakeParts
    from tests.services.parts import RunningParts

TWO_MINUTES = 120.0


def _ask(parts: RunningParts, method: str, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", parts.options.sim_port, timeout=10)
    connection.request(
        method,
        path,
        body=None if body is None else json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    raw = connection.getresponse().read()
    connection.close()
    return json.loads(raw) if raw else None


def _has_written(parts: RunningParts) -> bool:
    requests = _ask(parts, "GET", "/_sim/requests")["requests"]
    return any(each["method"] == "POST" for each in requests)


def _schedules(parts: RunningParts) -> list[Any]:
    found: list[Any] = _ask(parts, "GET", "/_sim/state")["schedules"]
    return found


def _plan(parts: RunningParts) -> list[Any]:
    """What a sync would still have to do, for each rotation."""
    lines = parts.manage("sync_pagerduty", "--dry-run", "--json").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.one_engine
def test_a_sync_whose_worker_is_killed_is_finished_once(make_parts: MakeParts) -> None:
    parts = make_parts(mode="demo")
    parts.start("redis", "pagerduty", "web")
    parts.manage("seed", "--profile", "small")
    _ask(parts, "POST", "/_sim/faults", {"method": "POST", "path": "/schedules", "delay": 8})
    parts.start("worker", "beat")

    parts.wait_for(lambda: _has_written(parts))
    parts.kill("worker")
    _ask(parts, "DELETE", "/_sim/faults")
    parts.start("worker")

    def finished() -> bool:
        if len(_schedules(parts)) < 2:
            return False
        return all(not plan["steps"] and not plan["failure"] for plan in _plan(parts))

    parts.wait_for(finished, seconds=TWO_MINUTES)
    assert len(_schedules(parts)) == 2
