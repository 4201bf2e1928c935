from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import ANNA, BEN, CARLA, created, layer, lines, rendered, schedule

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

FIRST_WEEK = ("2026-12-07T12:00Z", "2026-12-14T12:00Z")


def test_a_put_changes_the_future_and_leaves_the_past(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.move_to("2026-12-10T12:00:00Z")

    _put(simulator, made, _again(made, layer(BEN)))

    found = lines(rendered(simulator, made["id"], *FIRST_WEEK)["final_schedule"])
    assert [line.split()[2] for line in found] == [ANNA, BEN]
    assert found[0].startswith("2026-12-07T12:00:00+00:00 2026-12-10T12:00:")
    assert found[0].split()[1] == found[1].split()[0]


def test_a_put_with_the_ids_keeps_layers_and_one_without_an_id_adds_one(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA, end="2026-12-14T12:00:00Z"))

    later = layer(BEN, start="2026-12-21T12:00:00Z", name="After the gap")
    shown = _put(simulator, made, _again(made, layer(ANNA, end="2026-12-14T12:00:00Z")), later)

    ids = [item["id"] for item in shown["schedule_layers"]]
    assert ids[1] == made["schedule_layers"][0]["id"]
    assert ids[0] not in {None, ids[1]}
    span = ("2026-12-07T12:00Z", "2026-12-28T12:00Z")
    assert lines(rendered(simulator, made["id"], *span)["final_schedule"]) == [
        f"2026-12-07T12:00:00+00:00 2026-12-14T12:00:00+00:00 {ANNA}",
        f"2026-12-21T12:00:00+00:00 2026-12-28T12:00:00+00:00 {BEN}",
    ]


def test_a_put_with_the_id_of_no_layer_is_refused(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))

    body = schedule({**layer(ANNA), "id": "PSTRANGE"})
    answer = simulator.call("PUT", f"/schedules/{made['id']}", body)

    assert (answer.status, answer.body["error"]["code"]) == (400, 2001)


@pytest.mark.parametrize(
    ("answer", "status", "people"),
    [("kept", 200, [ANNA]), ("ended", 200, []), ("refused", 400, [ANNA])],
)
def test_a_left_out_layer_is_a_switch(
    simulator: RunningSimulator, answer: str, status: int, people: list[str]
) -> None:
    simulator.set_switches(left_out_layers=answer)
    made = created(simulator, layer(ANNA))

    got = simulator.call("PUT", f"/schedules/{made['id']}", schedule())

    assert got.status == status
    found = lines(rendered(simulator, made["id"], *FIRST_WEEK)["final_schedule"])
    assert [line.split()[2] for line in found] == people


def test_a_layer_is_ended_now_and_opened_again(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.move_to("2026-12-08T12:00:00Z")
    ended = _put(simulator, made, _again(made, layer(ANNA, end="2026-12-01T00:00:00Z")))
    simulator.move_to("2026-12-09T12:00:00Z")

    _put(simulator, made, _again(made, layer(ANNA, end=None)))

    assert ended["schedule_layers"][0]["end"].startswith("2026-12-08T12:00:")
    found = lines(rendered(simulator, made["id"], *FIRST_WEEK)["final_schedule"])
    assert [line.split()[0][:10] for line in found] == ["2026-12-07", "2026-12-09"]


def test_a_layer_that_has_not_begun_is_taken_out_by_an_end(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))

    _put(simulator, made, _again(made, layer(ANNA, end="2026-12-01T00:00:00Z")))

    assert lines(rendered(simulator, made["id"], *FIRST_WEEK)["final_schedule"]) == []


def test_the_start_of_a_running_layer_stays(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.move_to("2026-12-10T12:00:00Z")

    shown = _put(simulator, made, _again(made, layer(ANNA, BEN)))

    assert shown["schedule_layers"][0]["start"] == "2026-12-07T12:00:00+00:00"


def test_a_put_without_layers_changes_only_what_it_names(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    body = {"schedule": {"type": "schedule", "description": "by hand"}}

    shown = simulator.call("PUT", f"/schedules/{made['id']}", body).body["schedule"]

    assert (shown["name"], shown["description"]) == ("Rota primary", "by hand")
    assert shown["schedule_layers"] == made["schedule_layers"]
    assert simulator.state()["schedules"][0]["past"] == []


def test_a_zone_that_changes_does_not_move_the_past(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA, BEN, CARLA, rotation_turn_length_seconds=86_400))
    simulator.move_to("2027-04-01T12:00:00Z")
    span = ("2027-03-20T00:00Z", "2027-04-01T00:00Z")
    before = rendered(simulator, made["id"], *span, time_zone="Etc/UTC")

    _put(simulator, made, time_zone="America/New_York")

    after = rendered(simulator, made["id"], *span, time_zone="Etc/UTC")
    assert lines(after["final_schedule"]) == lines(before["final_schedule"])


def _again(made: Json, wanted: Json) -> Json:
    """The wanted layer with the id of the schedule's first one."""
    return {**wanted, "id": made["schedule_layers"][-1]["id"]}


def _put(simulator: RunningSimulator, made: Json, *layers: Json, **fields: str) -> Json:
    answer = simulator.call("PUT", f"/schedules/{made['id']}", schedule(*layers, **fields))
    assert answer.status == 200, answer.text
    shown: Json = answer.body["schedule"]
    return shown
