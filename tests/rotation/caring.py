"""A worker that looks after PagerDuty's web-hooks, against the simulator."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.operations import Actor
from common.clocks import Clocks
from rotation import hooking
from rotation.models import Rotation
from rotation.queries import hook_state
from tests import builders

if TYPE_CHECKING:
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator

MORNING = dt.datetime(2026, 12, 1, 10, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Care:
    """A published rotation, and a worker that looks after its web-hooks."""

    def __init__(self, gateway: HttpGateway, simulator: RunningSimulator) -> None:
        self.simulator, self._gateway = simulator, gateway
        self.now = MORNING
        self.ada = builders.make_admin()
        self.rotation = builders.make_rotation()
        self.anna = builders.make_anna(team=self.rotation.team)
        Rotation.objects.update(schedule_version=1)

    @property
    def admin(self) -> Actor:
        return Actor(name=self.ada.email, engineer_id=self.ada.pk)

    def is_due(self) -> bool:
        return hook_state.is_due(now=self.now, real_now=self.now)

    def look(self) -> bool:
        """One worker, as the sweep wakes it; the simulator's clock goes along."""
        self.move_to(self.now)
        clocks = Clocks(now=lambda: self.now, real_now=lambda: self.now)
        return hooking.look_after(gateway=self._gateway, holder="worker", clocks=clocks)

    def move_to(self, at: dt.datetime) -> None:
        """Set the simulator's clock."""
        self.simulator.move_to(f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def there(self) -> list[Any]:
        """PagerDuty's subscriptions."""
        answer = self.simulator.call("GET", "/webhook_subscriptions")
        found: list[Any] = answer.body["webhook_subscriptions"]
        return found

    def writes(self) -> list[str]:
        return [
            f"{each['method']} {each['path']}"
            for each in self.simulator.requests()
            if each["method"] != "GET" and "webhook" in each["path"]
        ]

    def disable(self) -> None:
        """PagerDuty has dropped three in a row."""
        state = self.simulator.state()
        until = (self.now + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
        for each in state["webhook_subscriptions"]:
            each["disabled_until"] = until
        self.simulator.put_state(state)
