from __future__ import annotations

import http.client
import threading
from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import ANNA, BEN, created, layer, override, schedule

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator


@pytest.mark.parametrize(
    "pattern",
    ["/schedules", "/sched*", "/schedule.", "^/schedules$", "^/sch", "*", "/(users|schedules)"],
)
def test_a_fault_answers_for_the_requests_that_it_is_for(
    simulator: RunningSimulator, pattern: str
) -> None:
    simulator.faults(method="post", path=pattern, status=500)

    hit = simulator.call("POST", "/schedules", schedule(layer(ANNA)))
    other = simulator.call("GET", "/schedules")

    assert (hit.status, hit.body["error"]["code"]) == (500, 2000)
    assert (other.status, other.body["schedules"]) == (200, [])


@pytest.mark.parametrize(
    "pattern", ["/schedules", "/schedules/*/overrides", "/schedules/.*/x", "["]
)
def test_a_fault_leaves_other_paths_alone(simulator: RunningSimulator, pattern: str) -> None:
    made = created(simulator, layer(ANNA))
    simulator.faults(path=pattern, status=503)

    assert simulator.call("GET", f"/schedules/{made['id']}").status == 200


def test_a_fault_is_spent_after_its_count(simulator: RunningSimulator) -> None:
    simulator.faults(path="/abilities", status=502, count=2, skip=1)

    statuses = [simulator.call("GET", "/abilities").status for _ in range(4)]

    assert statuses == [200, 502, 502, 200]
    fault = simulator.call("GET", "/_sim/faults").body["faults"][0]
    assert (fault["hits"], fault["count"]) == (2, 0)


def test_faults_are_taken_out(simulator: RunningSimulator) -> None:
    simulator.faults(status=500)

    simulator.clear_faults()

    assert simulator.call("GET", "/abilities").status == 200


def test_a_rate_limit_can_come_with_and_without_headers_and_body(
    simulator: RunningSimulator,
) -> None:
    simulator.faults(status=429, count=1, headers={"ratelimit-reset": "7"})
    gone = {"ratelimit-limit": None, "ratelimit-remaining": None, "ratelimit-reset": None}
    simulator.faults(status=429, count=1, headers=gone, body=None)

    told = simulator.call("GET", "/abilities")
    untold = simulator.call("GET", "/abilities")

    assert (told.status, told.headers["ratelimit-reset"]) == (429, "7")
    assert told.body["error"]["code"] == 2020
    assert (untold.status, untold.raw) == (429, b"")
    assert "ratelimit-reset" not in untold.headers


@pytest.mark.parametrize("text", ["<html>Sorry</html>", '{"users": [', ""])
def test_a_body_can_be_no_json_at_all(simulator: RunningSimulator, text: str) -> None:
    simulator.faults(path="/users", status=200, body=text, headers={"X-Proxy": "yes"})

    answer = simulator.call("GET", "/users")

    assert (answer.status, answer.text, answer.headers["x-proxy"]) == (200, text, "yes")


def test_a_connection_is_dropped_after_the_work(simulator: RunningSimulator) -> None:
    simulator.faults(method="POST", path="/schedules", drop_after_write=True, count=1)

    with pytest.raises((http.client.HTTPException, ConnectionError)):
        simulator.call("POST", "/schedules", schedule(layer(ANNA)))

    assert len(simulator.call("GET", "/schedules").body["schedules"]) == 1
    lost = simulator.requests()[0]
    assert (lost["status"], lost["answered"]) == (201, False)


def test_a_connection_is_dropped_before_the_work(simulator: RunningSimulator) -> None:
    simulator.faults(method="POST", path="/schedules", drop_before_write=True, count=1)

    with pytest.raises((http.client.HTTPException, ConnectionError)):
        simulator.call("POST", "/schedules", schedule(layer(ANNA)))

    assert simulator.call("GET", "/schedules").body["schedules"] == []


def test_an_error_can_come_after_the_work(simulator: RunningSimulator) -> None:
    simulator.faults(method="POST", status=504, after_write=True, count=1)

    answer = simulator.call("POST", "/schedules", schedule(layer(ANNA)))

    assert answer.status == 504
    assert len(simulator.call("GET", "/schedules").body["schedules"]) == 1


@pytest.mark.parametrize(
    ("partial", "statuses"),
    [([0, 2], [400, 201, 400]), (True, [201, 201, 400]), (1, [201, 400, 201])],
)
def test_some_items_of_a_batch_fail(
    simulator: RunningSimulator, partial: object, statuses: list[int]
) -> None:
    made = created(simulator, layer(ANNA))
    simulator.faults(method="POST", path="*/overrides", partial=partial)
    items = [
        override(BEN, f"2026-12-0{day}T10:00:00Z", f"2026-12-0{day}T12:00:00Z") for day in (4, 5, 6)
    ]

    answer = simulator.call("POST", f"/schedules/{made['id']}/overrides", {"overrides": items})

    assert answer.status == 201
    assert [item["status"] for item in answer.body] == statuses
    assert len(simulator.state()["schedules"][0]["overrides"]) == statuses.count(201)


def test_a_slow_answer_holds_up_nobody_else(simulator: RunningSimulator) -> None:
    simulator.faults(path="/users", delay=1.5, count=1)
    slow = threading.Thread(target=simulator.call, args=("GET", "/users"))
    slow.start()

    waiting = any(simulator.requests() for _ in range(200))
    quick = simulator.call("GET", "/abilities")
    still_waiting = simulator.requests()[0]["answered"] is False
    slow.join()

    assert waiting
    assert quick.status == 200
    assert still_waiting
    first, second = simulator.requests()
    assert (first["answered"], second["in_flight"]) == (True, 2)


def test_a_state_that_was_put_is_what_a_late_read_shows(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.put_state(simulator.state())
    simulator.set_switches(stale_reads_seconds=60)
    path = f"/schedules/{made['id']}"

    before = simulator.call("GET", path).body["schedule"]
    simulator.call("PUT", path, {"schedule": {"type": "schedule", "name": "Renamed"}})

    assert before["schedule_layers"] == made["schedule_layers"]
    assert simulator.call("GET", path).body["schedule"] == before


def test_reads_can_lag_behind_a_write(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    path = f"/schedules/{made['id']}"
    simulator.set_switches(stale_reads_seconds=60)
    item = override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T12:00:00Z")
    simulator.call("POST", f"{path}/overrides", {"overrides": [item]})
    simulator.call("PUT", path, {"schedule": {"type": "schedule", "name": "Renamed"}})
    span = {"since": "2026-12-01", "until": "2026-12-20"}

    late = simulator.call("GET", path).body["schedule"]["name"]
    none = simulator.call("GET", f"{path}/overrides", query=span).body["overrides"]
    simulator.set_switches(stale_reads_seconds=0)
    now = simulator.call("GET", path).body["schedule"]["name"]
    one = simulator.call("GET", f"{path}/overrides", query=span).body["overrides"]

    assert (late, now) == ("Rota primary", "Renamed")
    assert (len(none), len(one)) == (0, 1)
