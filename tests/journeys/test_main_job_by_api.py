from __future__ import annotations

import dataclasses
import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest

from tests.api.client import HttpApi
from tests.api.journey import Journey, Piece
from tests.journeys.client import Visitor
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.database

WEEKS = 26
SECONDS_BETWEEN_LOOKS = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class RunningWorld:
    """Workers, simulator and clock of a running copy."""

    demo: RunningParts
    offset: dict[str, dt.timedelta]

    def let_work(self) -> None:
        """Give the sweeps a moment."""
        time.sleep(SECONDS_BETWEEN_LOOKS)

    def move_clock(self, instant: dt.datetime) -> None:
        """Make it that time for every part."""
        self.offset["now"] = instant - _real_now()
        self.demo.set_clock(self.offset["now"].total_seconds())

    def now(self) -> dt.datetime:
        """The copy's time."""
        return _real_now() + self.offset.get("now", dt.timedelta(0))

    def shown(self, ref: str, since: dt.datetime, until: dt.datetime) -> list[Piece]:
        """What the simulator renders."""
        window = (f"{since:%Y-%m-%dT%H:%M:%SZ}", f"{until:%Y-%m-%dT%H:%M:%SZ}")
        return [
            (name, _utc(start), _utc(end))
            for name, start, end in Simulated(self.demo.sim_address).final(ref, *window)
        ]


def _real_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)  # noqa: TID251 - the machine's time


def _utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def test_from_an_application_to_the_right_cents_through_the_api_of_a_running_copy(
    demo: RunningParts,
) -> None:
    elena, niamh, grace = (
        HttpApi(
            base_url=demo.address,
            token=Visitor(demo.address).sign_in(f"{name}@rota.example").make_token(),
        )
        for name in ("elena.marchetti", "niamh.kelly", "grace.murphy")
    )
    world = RunningWorld(demo, {})
    journey = Journey(slug="platform-out-of-hours", manager=niamh, finance=grace, world=world)
    month = f"{world.now():%Y-%m}"

    journey.join(elena)
    version = journey.publish(weeks=WEEKS)
    journey.expect_in_pagerduty(weeks=WEEKS)
    after = (world.now().replace(day=1) + dt.timedelta(days=40)).replace(day=1, hour=9)
    world.move_clock(after)
    rows = journey.close(month)

    assert version == 3
    assert rows
    weekly = {"Dublin": "600.00", "London": "520.00", "San Francisco": "700.00"}
    for row in rows:
        if row["kind"] == "BASE":
            assert row["amount"] == weekly[row["office"]]
