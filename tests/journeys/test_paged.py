"""An alarm goes off: PagerDuty pages whoever the published schedule says, and Rota counts it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH, ROTATION
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    from tests.services.fixtures import MakeParts
    from tests.services.parts import RunningParts

TWO_MINUTES = 120.0
TITLE = "Queue of outgoing mail stands still, and nobody knows why"


def _counted(niamh: Visitor) -> int:
    """How many pages the last year had, by the page's heading."""
    found = re.search(r"(\d+) pages? since", niamh.get(f"{ROTATION}pages/?months=12").text)
    return int(found[1]) if found else 0


def _service(simulated: Simulated) -> str:
    """A service whose incidents go to the rotation's escalation policy."""
    policies: list[Any] = simulated.call("GET", "/escalation_policies")["escalation_policies"]
    service = {
        "type": "service",
        "name": "Outgoing mail",
        "escalation_policy": {"id": policies[0]["id"], "type": "escalation_policy_reference"},
    }
    made: str = simulated.call("POST", "/services", {"service": service})["service"]["id"]
    return made


def _to_the_weekend(parts: RunningParts) -> None:
    """Saturday's early morning of some week, on call at every hour."""
    parts.manage("shell", "-c", _MOVE)


_MOVE = """
import datetime as dt
from common import clock
now = clock.now()
ahead = (5 - now.weekday()) % 7 or 7
clock.move_to((now + dt.timedelta(days=ahead)).replace(hour=3, minute=0, second=0))
"""


@pytest.mark.one_engine
def test_an_incident_in_pagerduty_is_counted_as_a_page_of_who_carries_the_week(
    make_parts: MakeParts,
) -> None:
    parts = make_parts(mode="demo")
    parts.start("pagerduty")
    parts.manage("seed", "--profile", "small")
    _to_the_weekend(parts)
    parts.start()
    niamh, simulated = Visitor(parts.address).sign_in(NIAMH), Simulated(parts.sim_address)
    before = _counted(niamh)
    parts.wait_for(
        lambda: (
            simulated.call("GET", "/webhook_subscriptions")["webhook_subscriptions"]
            and simulated.call("GET", "/escalation_policies")["escalation_policies"]
            and "PagerDuty sends its events here" in niamh.get("/web-hooks/").text
        ),
        seconds=TWO_MINUTES,
    )
    parts.wait_for(lambda: ">In PagerDuty<" in niamh.get(ROTATION).text, seconds=TWO_MINUTES)
    wanted = {"service": _service(simulated), "title": TITLE}

    made = simulated.call("POST", "/_sim/incidents", wanted)["incident"]

    parts.wait_for(lambda: _counted(niamh) == before + 1, seconds=TWO_MINUTES)
    assert TITLE in niamh.get(f"{ROTATION}pages/").text
    simulated.call("PUT", f"/_sim/incidents/{made['id']}", {"status": "acknowledged"})
    simulated.call("PUT", f"/_sim/incidents/{made['id']}", {"status": "resolved"})
    parts.wait_for(
        lambda: "still open" not in niamh.get(f"{ROTATION}pages/").text, seconds=TWO_MINUTES
    )
    assert _counted(niamh) == before + 1
