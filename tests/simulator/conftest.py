"""One simulator process for the tests of this folder, put back to the beginning for each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import PEOPLE, THE_MORNING
from tests.simulator.running import RunningSimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_tokens = itertools.count(1)


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    folder = tmp_path_factory.mktemp("simulator")
    running = RunningSimulator.start(folder / "state.json", clock_file=folder / "clock")
    yield running
    running.stop()


@pytest.fixture
def start() -> Iterator[Callable[..., RunningSimulator]]:
    """`RunningSimulator.start`, for tests with processes of their own; all are ended."""
    started: list[RunningSimulator] = []

    def begin(*args: Any, **fields: Any) -> RunningSimulator:
        started.append(RunningSimulator.start(*args, **fields))
        return started[-1]

    yield begin
    for running in started:
        running.kill()


@pytest.fixture
def simulator(_process: RunningSimulator) -> RunningSimulator:
    """A simulator with Anna, Ben and Carla and nothing else; it is Tuesday, 1 December 2026."""
    _process.token = f"token-{next(_tokens)}"
    _process.clear_faults()
    _process.put_state({"users": PEOPLE})
    _process.move_to(THE_MORNING)
    _process.clear_requests()
    return _process
