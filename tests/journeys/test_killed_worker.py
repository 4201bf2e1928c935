from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from common.fault_points import FOLDER
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH, ROTATION
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    import pathlib

    from tests.services.fixtures import MakeParts
    from tests.services.parts import RunningParts

TWO_MINUTES = 120.0


def _is_in_line(parts: RunningParts) -> bool:
    """Whether a sync would find nothing to do for any rotation."""
    lines = parts.manage("sync_pagerduty", "--dry-run", "--json").splitlines()
    plans: list[Any] = [json.loads(line) for line in lines]
    return all(not plan["steps"] and not plan["failure"] for plan in plans)


@pytest.mark.one_engine
def test_a_worker_killed_while_it_syncs_and_solves_costs_a_minute_and_nothing_else(
    make_parts: MakeParts,
) -> None:
    parts = make_parts(mode="demo")
    simulated = Simulated(parts.sim_address)
    address = _start_with_a_draft_and_a_sync_under_way(parts, simulated)

    parts.kill("worker")
    simulated.call("DELETE", "/_sim/faults")
    _fault_point(parts).unlink()
    parts.start("worker")

    niamh = Visitor(parts.address).sign_in(NIAMH)
    parts.wait_for(
        lambda: (
            "Publish 26 weeks" in niamh.get(address).text
            and len(simulated.schedules()) == 2
            and _is_in_line(parts)
        ),
        seconds=TWO_MINUTES,
    )
    creations = [write for write in simulated.writes() if write == "POST /schedules"]
    assert len(creations) == len(simulated.schedules()) == 2


def _start_with_a_draft_and_a_sync_under_way(parts: RunningParts, simulated: Simulated) -> str:
    """One worker process waits for PagerDuty's answer, the other has just claimed the draft."""
    parts.start("redis", "pagerduty", "web")
    parts.manage("seed", "--profile", "small")
    fault = {"method": "POST", "path": "/schedules", "delay": 8}
    simulated.call("POST", "/_sim/faults", fault)
    point = _fault_point(parts)
    point.parent.mkdir()
    point.touch()
    niamh = Visitor(parts.address).sign_in(NIAMH)
    reply = niamh.post(f"{ROTATION}draft/", kind="full", weeks="26")
    parts.start("worker", "beat")
    parts.wait_for(lambda: point.with_suffix(".reached").exists() and simulated.writes())
    address = re.sub(r"^https?://[^/]+", "", reply.url)
    assert re.fullmatch(r"/drafts/\d+/", address)
    return address


def _fault_point(parts: RunningParts) -> pathlib.Path:
    return parts.options.data / FOLDER / "draft-claimed"
