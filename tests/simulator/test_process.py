"""The program itself: starting, stopping, being killed, its clock and its state file."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import ANNA, PEOPLE, created, layer, schedule
from tests.simulator.running import RunningSimulator, SimulatorNotRunningError

if TYPE_CHECKING:
    import pathlib

Start = Callable[..., RunningSimulator]

pytestmark = pytest.mark.real_parts


def test_what_was_answered_outlives_a_kill(start: Start, tmp_path: pathlib.Path) -> None:
    running = start(tmp_path / "state.json")
    running.put_state({"users": PEOPLE})
    answered: list[str] = []
    under_way = threading.Event()
    writer = threading.Thread(target=_create_many, args=(running, answered, under_way))
    writer.start()

    assert under_way.wait(30)
    running.kill()
    writer.join()
    running.launch()

    kept = [item["name"] for item in running.call("GET", "/schedules").body["schedules"]]
    assert kept[: len(answered)] == answered
    assert len(kept) <= len(answered) + 1


def _create_many(
    running: RunningSimulator, answered: list[str], under_way: threading.Event
) -> None:
    """Create schedules until nobody answers any more; say so after the fifth."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        for number in range(100):
            body = schedule(layer(ANNA), name=f"Schedule {number}")
            answer = running.call("POST", "/schedules", body)
            answered.append(answer.body["schedule"]["name"])
            if len(answered) == 5:
                under_way.set()


def test_state_and_switches_outlive_a_restart(start: Start, tmp_path: pathlib.Path) -> None:
    running = start(tmp_path / "deep" / "ü folder" / "state.json")
    running.put_state({"users": PEOPLE})
    created(running, layer(ANNA, start="2099-01-05T12:00:00Z"))
    running.set_switches(turns="fixed_seconds", schedule_names="unique")
    before = running.state()

    running.restart()

    assert running.state() == before
    assert running.put_state(before) == before


def test_a_stop_is_quiet_and_good(start: Start, tmp_path: pathlib.Path) -> None:
    running = start(tmp_path / "state.json")
    running.call("GET", "/users")

    code = running.stop()

    assert code == 0
    assert running.log_path.read_text(encoding="utf-8") == ""


def test_a_port_that_is_taken_is_said_in_one_line(start: Start, tmp_path: pathlib.Path) -> None:
    running = start(tmp_path / "state.json")

    with pytest.raises(SimulatorNotRunningError) as error:
        start(tmp_path / "other.json", port=running.port)

    line = str(error.value)
    assert line.count("\n") == 1
    assert line.startswith(f"pagerduty_simulator: cannot listen on 127.0.0.1:{running.port}")


def test_it_does_not_start_where_rota_is_in_production(tmp_path: pathlib.Path) -> None:
    words = ["--port", "0", "--state", str(tmp_path / "state.json")]

    ended = subprocess.run(
        [sys.executable, "-m", "pagerduty_simulator", *words],
        env={**os.environ, "ROTA_MODE": "production"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "ROTA_MODE is production" in ended.stderr
    assert not (tmp_path / "state.json").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"users": [{}]}'])
def test_a_state_file_of_something_else_is_left_alone(
    start: Start, tmp_path: pathlib.Path, text: str
) -> None:
    path = tmp_path / "state.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SimulatorNotRunningError, match="cannot be used"):
        start(path)

    assert path.read_text(encoding="utf-8") == text


def test_the_clock_file_is_read_again_for_each_request(
    start: Start, tmp_path: pathlib.Path
) -> None:
    clock = tmp_path / "clock"
    running = start(tmp_path / "state.json", clock_file=clock)

    times = []
    for line in ("", "86400", "-3600.5\n"):
        clock.write_text(line, encoding="ascii")
        times.append(running.call("GET", "/_sim/time").body)
    clock.write_text("tomorrow", encoding="ascii")
    refused = running.call("GET", "/_sim/time")
    broken = running.call("GET", "/users")

    assert [time["offset_seconds"] for time in times] == [0, 86_400, -3600.5]
    assert (refused.status, broken.status) == (500, 500)


def test_a_state_can_carry_a_past(simulator: RunningSimulator) -> None:
    history = {**layer(ANNA, start="2026-11-02T12:00:00Z"), "users": [ANNA]}
    state = {"users": PEOPLE, "schedules": [{"name": "Rota primary", "layers": [history]}]}

    made = simulator.put_state(state)["schedules"][0]

    span = {"since": "2026-11-02", "until": "2026-12-01"}
    shown = simulator.call("GET", f"/schedules/{made['id']}", query=span).body["schedule"]
    assert shown["final_schedule"]["rendered_coverage_percentage"] > 98
    assert json.loads(simulator.state_path.read_text(encoding="utf-8")) == simulator.state()
