from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import ANNA, BEN, created, layer, schedule

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

WEEKLY = {"type": "weekly_restriction", "start_time_of_day": "18:00:00", "duration_seconds": 60}
DAILY = {"type": "daily_restriction", "start_time_of_day": "18:00:00", "duration_seconds": 60}


def _weekly(day: int, seconds: int) -> dict[str, Any]:
    return {**WEEKLY, "start_day_of_week": day, "duration_seconds": seconds}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "n" * 256},
        {"name": 5},
        {"description": "d" * 1025},
        {"time_zone": "UTC"},
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "posix/Europe/London"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": None},
        {"type": "schedule_v3"},
        {"schedule_layers": "none"},
        {"schedule_layers": [None]},
    ],
)
def test_a_field_that_does_not_hold_is_refused(
    simulator: RunningSimulator, fields: dict[str, Any]
) -> None:
    answer = simulator.call("POST", "/schedules", schedule(layer(ANNA), **fields))

    assert answer.status == 400
    assert answer.body["error"]["code"] == 2001
    assert answer.body["error"]["errors"]
    assert simulator.state()["schedules"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"start": None},
        {"start": "soon"},
        {"start": "9999-01-01T00:00:00Z"},
        {"rotation_virtual_start": None},
        {"end": "2026-12-07T12:00:00Z"},
        {"end": "2026-11-01T12:00:00Z"},
        {"rotation_turn_length_seconds": 3599},
        {"rotation_turn_length_seconds": 365 * 86_400 + 1},
        {"rotation_turn_length_seconds": "604800"},
        {"rotation_turn_length_seconds": True},
        {"users": []},
        {"users": None},
        {"restrictions": [WEEKLY]},
        {"restrictions": [{**WEEKLY, "start_day_of_week": 0}]},
        {"restrictions": [{**WEEKLY, "start_day_of_week": 8}]},
        {"restrictions": [{**WEEKLY, "start_day_of_week": 1, "duration_seconds": 604_800}]},
        {"restrictions": [{**DAILY, "duration_seconds": 86_400}]},
        {"restrictions": [{**DAILY, "duration_seconds": 0}]},
        {"restrictions": [{**DAILY, "start_day_of_week": 1}]},
        {"restrictions": [{**DAILY, "start_time_of_day": "24:00:00"}]},
        {"restrictions": [{**DAILY, "type": "monthly_restriction"}]},
        {"name": "n" * 256},
    ],
)
def test_a_layer_that_does_not_hold_is_refused(
    simulator: RunningSimulator, fields: dict[str, Any]
) -> None:
    answer = simulator.call("POST", "/schedules", schedule({**layer(ANNA), **fields}))

    assert (answer.status, answer.body["error"]["code"]) == (400, 2001)
    assert "Schedule layer 1" in answer.body["error"]["errors"][0]


@pytest.mark.parametrize(
    ("restrictions", "status"),
    [
        ([{**DAILY, "start_time_of_day": "18:00:00", "duration_seconds": 50_400}], 201),
        ([_weekly(1, 50_400), _weekly(2, 50_400)], 201),
        ([_weekly(1, 86_401), _weekly(2, 50_400)], 400),
        ([_weekly(7, 86_401), _weekly(1, 50_400)], 400),
        (
            [_weekly(3, 3600), {**DAILY, "start_time_of_day": "18:30:00", "duration_seconds": 60}],
            400,
        ),
    ],
)
def test_restrictions_that_overlap_are_a_switch(
    simulator: RunningSimulator, restrictions: list[dict[str, Any]], status: int
) -> None:
    sent = schedule(layer(ANNA, restrictions=restrictions))
    taken = simulator.call("POST", "/schedules", sent).status
    simulator.set_switches(overlapping_restrictions="refused")

    answer = simulator.call("POST", "/schedules", sent)

    assert (taken, answer.status) == (201, status)
    assert status == 201 or "restrictions must not overlap" in answer.text


@pytest.mark.parametrize("seconds", [3600, 365 * 86_400])
def test_the_shortest_and_the_longest_turn_are_taken(
    simulator: RunningSimulator, seconds: int
) -> None:
    made = created(simulator, layer(ANNA, rotation_turn_length_seconds=seconds))

    assert made["schedule_layers"][0]["rotation_turn_length_seconds"] == seconds


@pytest.mark.parametrize("code", [2001, 2013, 3001])
def test_an_unknown_user_in_a_layer_is_refused_with_the_switch_s_code(
    simulator: RunningSimulator, code: int
) -> None:
    simulator.set_switches(unknown_layer_user=code)

    answer = simulator.call("POST", "/schedules", schedule(layer(ANNA, "PNOBODY")))

    assert (answer.status, answer.body["error"]["code"]) == (400, code)
    assert "PNOBODY" in answer.text


@pytest.mark.parametrize(("answer", "status"), [("refused", 400), ("accepted", 201)])
def test_a_stakeholder_in_a_layer_is_a_switch(
    simulator: RunningSimulator, answer: str, status: int
) -> None:
    state = simulator.state()
    state["users"][0]["role"] = "read_only_limited_user"
    simulator.put_state(state)
    simulator.set_switches(stakeholders=answer)

    got = simulator.call("POST", "/schedules", schedule(layer(ANNA)))

    assert got.status == status


@pytest.mark.parametrize(("answer", "status"), [("free", 201), ("unique", 400)])
def test_whether_names_are_unique_is_a_switch(
    simulator: RunningSimulator, answer: str, status: int
) -> None:
    simulator.set_switches(schedule_names=answer)
    made = created(simulator, layer(ANNA))

    again = simulator.call("POST", "/schedules", schedule(layer(ANNA), name="ROTA PRIMARY"))
    itself = simulator.call("PUT", f"/schedules/{made['id']}", schedule(name="Rota primary"))

    assert again.status == status
    assert itself.status == 200
    assert ("already been taken" in again.text) == (status == 400)


@pytest.mark.parametrize(("answer", "status"), [("accepted", 201), ("refused", 400)])
def test_a_schedule_without_layers_is_a_switch(
    simulator: RunningSimulator, answer: str, status: int
) -> None:
    simulator.set_switches(empty_layers=answer)

    assert simulator.call("POST", "/schedules", schedule()).status == status


@pytest.mark.parametrize(
    ("answer", "start"),
    [("now", "2026-12-01T10:00:"), ("kept", "2026-11-23T12:00:00+00:00")],
)
def test_a_start_in_the_past_becomes_now_or_is_kept(
    simulator: RunningSimulator, answer: str, start: str
) -> None:
    simulator.set_switches(past_layer_start=answer)

    made = created(simulator, layer(ANNA, start="2026-11-23T12:00:00Z"))

    shown = made["schedule_layers"][0]
    assert shown["start"].startswith(start)
    assert shown["rotation_virtual_start"] == "2026-11-23T12:00:00+00:00"


@pytest.mark.parametrize(
    ("answer", "at"),
    [("kept", "2026-12-07T10:00:00+01:00"), ("shifted", "2026-12-07T11:00:00+01:00")],
)
def test_a_virtual_start_with_an_offset_is_a_switch(
    simulator: RunningSimulator, answer: str, at: str
) -> None:
    simulator.set_switches(virtual_start_offset=answer)

    wanted = layer(ANNA, start="2026-12-07T10:00:00+01:00")
    made = created(simulator, wanted, time_zone="Europe/Berlin")

    assert made["schedule_layers"][0]["rotation_virtual_start"] == at


def test_fractions_of_a_second_are_not_kept(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA, start="2026-12-07T12:00:00.987654Z"))

    assert made["schedule_layers"][0]["start"] == "2026-12-07T12:00:00+00:00"


@pytest.mark.parametrize(
    ("switches", "people", "status"),
    [
        ({}, [ANNA, BEN, ANNA], 201),
        ({"repeated_layer_users": "refused"}, [ANNA, BEN], 201),
        ({"repeated_layer_users": "refused"}, [ANNA, BEN, ANNA], 400),
        ({"layer_users_limit": 2}, [ANNA, BEN], 201),
        ({"layer_users_limit": 2}, [ANNA, BEN, ANNA], 400),
    ],
)
def test_how_long_a_layers_list_may_be_is_a_switch(
    simulator: RunningSimulator, switches: dict[str, str | int], people: list[str], status: int
) -> None:
    simulator.set_switches(**switches)

    answer = simulator.call("POST", "/schedules", schedule(layer(*people)))

    assert answer.status == status
