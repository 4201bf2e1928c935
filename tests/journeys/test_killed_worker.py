from __future__ import annotations

import re
from typing import TYPE_CHECKING

from common.fault_points import FOLDER
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH, ROTATION
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    from tests.services.parts import RunningParts

TWO_MINUTES = 120.0


def test_a_worker_killed_while_it_solves_costs_a_minute_and_nothing_else(
    demo: RunningParts,
) -> None:
    niamh = Visitor(demo.address).sign_in(NIAMH)
    point = demo.options.data / FOLDER / "draft-claimed"
    point.parent.mkdir(exist_ok=True)
    point.touch()
    page = niamh.post(f"{ROTATION}draft/", weeks="26")
    address = re.sub(r"^https?://[^/]+", "", page.url)
    demo.wait_for(point.with_suffix(".reached").exists)

    demo.kill("worker")
    point.unlink()
    demo.start("worker")

    assert re.fullmatch(r"/drafts/\d+/", address)
    demo.wait_for(lambda: "Publish 26 weeks" in niamh.get(address).text, seconds=TWO_MINUTES)
    drafts = niamh.get("/drafts/").text
    assert drafts.count(f'href="{address}"') >= 1


def test_a_worker_killed_while_it_writes_to_pagerduty_writes_everything_once(
    demo: RunningParts,
) -> None:
    niamh = Visitor(demo.address).sign_in(NIAMH)
    simulated = Simulated(demo.sim_address)
    page = niamh.post(f"{ROTATION}draft/", weeks="26")
    address = re.sub(r"^https?://[^/]+", "", page.url)
    demo.wait_for(lambda: "Publish 26 weeks" in niamh.get(address).text)
    simulated.call("DELETE", "/_sim/requests")
    simulated.call(
        "POST",
        "/_sim/faults",
        {"method": "PUT", "path": "/schedules/*", "delay": 8, "count": 1},
    )
    published = niamh.post(f"{address}publish/", escalation_gaps_confirmed="on")
    demo.wait_for(lambda: niamh.get(f"{ROTATION}pagerduty/").text.count("PUT"))

    demo.kill("worker")
    demo.start("worker")

    assert "Published" in published.text
    demo.wait_for(lambda: ">In PagerDuty<" in niamh.get(ROTATION).text, seconds=TWO_MINUTES)
    assert len(simulated.schedules()) == 2
    writes = simulated.writes()
    assert len(writes) == len(set(writes))
