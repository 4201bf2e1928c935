from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rotation.pagerduty.http import HttpGateway
from tests.simulator.conftest import _process, simulator

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

__all__ = ["_process", "simulator"]


@pytest.fixture
def exchanges() -> list[Any]:
    return []


@pytest.fixture
def gateway(
    simulator: RunningSimulator,
    exchanges: list[Any],
) -> HttpGateway:
    return HttpGateway(
        url=simulator.base_url,
        token=lambda: simulator.token,
        recorder=exchanges.append,
        timeout_seconds=1,
    )
