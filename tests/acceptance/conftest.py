"""One Prism for the judges here, beside the simulator that the requests are first sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.prism import RunningPrism
from tests.simulator.conftest import _process, simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["_process", "simulator"]


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPrism]:
    running = RunningPrism(tmp_path_factory.mktemp("prism"))
    yield running
    running.stop()
