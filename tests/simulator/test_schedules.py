from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import (
    ANNA,
    BEN,
    CARLA,
    OUT_OF_HOURS,
    created,
    layer,
    lines,
    rendered,
    schedule,
)

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator


def test_a_schedule_gives_each_week_to_the_next_on_the_list(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA, BEN, ANNA, CARLA, end="2027-01-04T12:00:00Z"))

    shown = rendered(simulator, made["id"], "2026-12-01", "2027-02-01")

    assert lines(shown["final_schedule"]) == [
        f"2026-12-07T12:00:00+00:00 2026-12-14T12:00:00+00:00 {ANNA}",
        f"2026-12-14T12:00:00+00:00 2026-12-21T12:00:00+00:00 {BEN}",
        f"2026-12-21T12:00:00+00:00 2026-12-28T12:00:00+00:00 {ANNA}",
        f"2026-12-28T12:00:00+00:00 2027-01-04T12:00:00+00:00 {CARLA}",
    ]


def test_an_out_of_hours_layer_covers_nights_and_weekends(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA, BEN, restrictions=OUT_OF_HOURS))

    shown = rendered(simulator, made["id"], "2026-12-07T12:00Z", "2026-12-15T09:00Z")

    assert lines(shown["final_schedule"]) == [
        f"2026-12-07T18:00:00+00:00 2026-12-08T08:00:00+00:00 {ANNA}",
        f"2026-12-08T18:00:00+00:00 2026-12-09T08:00:00+00:00 {ANNA}",
        f"2026-12-09T18:00:00+00:00 2026-12-10T08:00:00+00:00 {ANNA}",
        f"2026-12-10T18:00:00+00:00 2026-12-11T08:00:00+00:00 {ANNA}",
        f"2026-12-11T18:00:00+00:00 2026-12-14T08:00:00+00:00 {ANNA}",
        f"2026-12-14T18:00:00+00:00 2026-12-15T08:00:00+00:00 {BEN}",
    ]
    assert shown["final_schedule"]["rendered_coverage_percentage"] == 69.8


def test_nothing_is_rendered_without_since_and_until(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))

    shown = simulator.call("GET", f"/schedules/{made['id']}").body["schedule"]

    for part in (shown["final_schedule"], shown["schedule_layers"][0]):
        assert part["rendered_schedule_entries"] == []
        assert part["rendered_coverage_percentage"] is None


@pytest.mark.parametrize("bound", [{"since": "2026-12-07"}, {"until": "2026-12-21"}])
def test_one_bound_alone_means_two_weeks(
    simulator: RunningSimulator, bound: dict[str, str]
) -> None:
    made = created(simulator, layer(ANNA, start="2026-12-02T00:00:00Z"))

    shown = simulator.call("GET", f"/schedules/{made['id']}", query=bound).body["schedule"]

    assert lines(shown["final_schedule"]) == [
        f"2026-12-07T00:00:00+00:00 2026-12-21T00:00:00+00:00 {ANNA}"
    ]


def test_entries_are_cut_at_the_bounds_unless_they_may_overflow(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA, BEN))
    day = ("2026-12-09", "2026-12-10")

    cut = rendered(simulator, made["id"], *day)
    whole = rendered(simulator, made["id"], *day, overflow="true")

    assert lines(cut["final_schedule"]) == [
        f"2026-12-09T00:00:00+00:00 2026-12-10T00:00:00+00:00 {ANNA}"
    ]
    assert lines(whole["final_schedule"]) == [
        f"2026-12-07T12:00:00+00:00 2026-12-14T12:00:00+00:00 {ANNA}"
    ]
    assert whole["final_schedule"]["rendered_coverage_percentage"] == 100


def test_layers_are_answered_with_the_highest_precedence_first(
    simulator: RunningSimulator,
) -> None:
    weeks = layer(ANNA, name="Layer 1")
    evening = layer(BEN, name="Layer 2", restrictions=[_daily("18:00:00", 3600)])

    made = created(simulator, weeks, evening)
    shown = rendered(simulator, made["id"], "2026-12-08T17:00Z", "2026-12-08T20:00Z")

    assert [item["name"] for item in shown["schedule_layers"]] == ["Layer 2", "Layer 1"]
    assert lines(shown["final_schedule"]) == [
        f"2026-12-08T17:00:00+00:00 2026-12-08T18:00:00+00:00 {ANNA}",
        f"2026-12-08T18:00:00+00:00 2026-12-08T19:00:00+00:00 {BEN}",
        f"2026-12-08T19:00:00+00:00 2026-12-08T20:00:00+00:00 {ANNA}",
    ]


def test_the_order_of_layers_in_requests_is_a_switch(simulator: RunningSimulator) -> None:
    simulator.set_switches(request_layer_order="highest_first")

    made = created(simulator, layer(ANNA, name="Top"), layer(BEN, name="Bottom"))

    assert [item["name"] for item in made["schedule_layers"]] == ["Top", "Bottom"]


def test_times_are_answered_in_the_zone_of_the_schedule_or_the_one_asked_for(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA, end="2026-12-08T12:00:00Z"), time_zone="Europe/Berlin")
    span = ("2026-12-07", "2026-12-09")

    own = rendered(simulator, made["id"], *span)
    asked = rendered(simulator, made["id"], *span, time_zone="America/New_York")
    simulator.set_switches(answer_times="utc")
    in_utc = rendered(simulator, made["id"], *span)

    starts = [lines(shown["final_schedule"])[0].split()[0] for shown in (own, asked, in_utc)]
    assert starts == [
        "2026-12-07T13:00:00+01:00",
        "2026-12-07T07:00:00-05:00",
        "2026-12-07T12:00:00Z",
    ]


def test_a_list_has_no_final_schedule_and_finds_part_of_a_name(
    simulator: RunningSimulator,
) -> None:
    created(simulator, layer(ANNA), name="Rota primary")
    created(simulator, layer(BEN), name="Rota level 2")
    query = {"query": "PRIM", "include[]": ["final_schedule", "schedule_layers"]}

    found = simulator.call("GET", "/schedules", query=query).body["schedules"]

    assert [item["name"] for item in found] == ["Rota primary"]
    assert "final_schedule" not in found[0]
    assert found[0]["schedule_layers"][0]["users"][0]["user"]["id"] == ANNA


def test_a_preview_renders_and_keeps_nothing(simulator: RunningSimulator) -> None:
    span = {"since": "2026-12-07T12:00Z", "until": "2026-12-14T12:00Z"}

    answer = simulator.call("POST", "/schedules/preview", schedule(layer(ANNA)), query=span)

    assert answer.status == 200
    assert len(lines(answer.body["schedule"]["final_schedule"])) == 1
    assert simulator.call("GET", "/schedules").body["schedules"] == []


def test_a_preview_of_an_existing_schedule_changes_it_on_trial(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA))
    wanted = schedule({**layer(BEN), "id": made["schedule_layers"][0]["id"]}, id=made["id"])
    span = {"since": "2026-12-07T12:00Z", "until": "2026-12-14T12:00Z"}

    shown = simulator.call("POST", "/schedules/preview", wanted, query=span).body["schedule"]

    assert [line.split()[2] for line in lines(shown["final_schedule"])] == [BEN]
    kept = rendered(simulator, made["id"], span["since"], span["until"])
    assert [line.split()[2] for line in lines(kept["final_schedule"])] == [ANNA]


def test_a_deleted_schedule_is_gone_unless_a_policy_uses_it(simulator: RunningSimulator) -> None:
    used, free = created(simulator, layer(ANNA)), created(simulator, layer(BEN))
    simulator.call("POST", "/escalation_policies", _policy(used["id"]))

    refused = simulator.call("DELETE", f"/schedules/{used['id']}")
    deleted = simulator.call("DELETE", f"/schedules/{free['id']}")

    assert (refused.status, refused.body["error"]["code"]) == (400, 2001)
    assert "used by escalation policies" in refused.text
    assert (deleted.status, deleted.raw) == (204, b"")
    assert simulator.call("GET", f"/schedules/{free['id']}").body["error"]["code"] == 2100


@pytest.mark.parametrize(("answer", "status"), [(400, 400), (404, 404), (200, 200)])
def test_an_upgraded_schedule_leaves_the_list_and_answers_as_the_switch_says(
    simulator: RunningSimulator, answer: int, status: int
) -> None:
    made = created(simulator, layer(ANNA))
    state = simulator.state()
    state["schedules"][0]["type"] = "schedule_v3"
    simulator.put_state(state)
    simulator.set_switches(upgraded_schedule=answer)

    got = simulator.call("GET", f"/schedules/{made['id']}")

    assert got.status == status
    assert simulator.call("GET", "/schedules").body["schedules"] == []


def test_half_a_year_of_restricted_weeks_is_rendered_at_once(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(*[ANNA, BEN] * 13, restrictions=OUT_OF_HOURS))
    simulator.clear_requests()

    shown = rendered(simulator, made["id"], "2026-12-07", "2027-06-07")

    assert len(lines(shown["final_schedule"])) == 26 * 5
    assert simulator.requests()[0]["seconds"] < 0.5


def _daily(opens: str, seconds: int) -> Json:
    return {
        "type": "daily_restriction",
        "start_time_of_day": opens,
        "duration_seconds": seconds,
    }


def _policy(schedule_id: str) -> Json:
    target = {"id": schedule_id, "type": "schedule_reference"}
    rule = {"escalation_delay_in_minutes": 30, "targets": [target]}
    policy = {"type": "escalation_policy", "name": "Virtual team", "escalation_rules": [rule]}
    return {"escalation_policy": policy}
