from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import (
    ANNA,
    BEN,
    CARLA,
    OUT_OF_HOURS,
    created,
    layer,
    lines,
    override,
    rendered,
)

if TYPE_CHECKING:
    from tests.simulator.running import Answer, Json, RunningSimulator

YEAR = {"since": "2026-11-01", "until": "2027-11-01"}


def test_an_override_wins_over_layers_and_knows_no_restriction(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA, restrictions=OUT_OF_HOURS))

    _post(simulator, made, override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T20:00:00Z"))

    shown = rendered(simulator, made["id"], "2026-12-08T09:00Z", "2026-12-09T09:00Z")
    assert lines(shown["final_schedule"]) == [
        f"2026-12-08T10:00:00+00:00 2026-12-08T20:00:00+00:00 {BEN}",
        f"2026-12-08T20:00:00+00:00 2026-12-09T08:00:00+00:00 {ANNA}",
    ]
    assert lines(shown["overrides_subschedule"]) == lines(shown["final_schedule"])[:1]
    assert lines(shown["schedule_layers"][0]) == [
        f"2026-12-08T18:00:00+00:00 2026-12-09T08:00:00+00:00 {ANNA}"
    ]


def test_of_two_overrides_the_one_created_last_wins(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))

    _post(simulator, made, override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T20:00:00Z"))
    _post(simulator, made, override(CARLA, "2026-12-08T12:00:00Z", "2026-12-08T14:00:00Z"))

    shown = rendered(simulator, made["id"], "2026-12-08T10:00Z", "2026-12-08T20:00Z")
    assert [line.split()[2] for line in lines(shown["final_schedule"])] == [BEN, CARLA, BEN]


def test_each_item_of_a_batch_has_its_own_status(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    good = override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T20:00:00Z")

    answer = _post(
        simulator,
        made,
        good,
        override(BEN, "2026-12-11T05:00:00Z", "2026-12-11T05:00:00Z"),
        override("PNOBODY", "2026-12-11T05:00:00Z", "2026-12-11T06:00:00Z"),
        override(BEN, "2026-11-11T05:00:00Z", "2026-11-11T06:00:00Z"),
    )

    assert answer.status == 201
    assert [item["status"] for item in answer.body] == [201, 400, 400, 400]
    assert answer.body[0]["override"]["user"]["summary"] == "Ben Serves"
    assert answer.body[1]["errors"] == ["Override must end after its start"]
    assert "id" not in answer.body[1]["override"]
    assert len(simulator.state()["schedules"][0]["overrides"]) == 1


@pytest.mark.parametrize("body", [None, {}, {"overrides": []}, {"overrides": {}}, [], "x"])
def test_a_body_without_overrides_is_refused(simulator: RunningSimulator, body: Any) -> None:
    made = created(simulator, layer(ANNA))

    answer = simulator.call("POST", f"/schedules/{made['id']}/overrides", body)

    assert (answer.status, answer.body["error"]["code"]) == (400, 2001)


@pytest.mark.parametrize("item", [None, 5, {}, {"start": "soon", "end": "later", "user": ANNA}])
def test_an_item_that_is_no_override_fails_alone(simulator: RunningSimulator, item: Any) -> None:
    made = created(simulator, layer(ANNA))

    answer = _post(simulator, made, item)

    assert (answer.status, answer.body[0]["status"]) == (201, 400)


def test_a_list_tells_ids_only_of_editable_overrides(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    running = override(BEN, "2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z")
    coming = override(CARLA, "2026-12-08T10:00:00Z", "2026-12-09T10:00:00Z")
    posted = _post(simulator, made, running, coming)
    simulator.move_to("2026-12-01T11:00:00Z")

    everything = _list(simulator, made, YEAR)
    editable = _list(simulator, made, {**YEAR, "editable": "true"})
    simulator.set_switches(override_ids="always")
    with_ids = _list(simulator, made, YEAR)

    assert [item["user"]["id"] for item in everything] == [BEN, CARLA]
    assert not any("id" in item for item in everything)
    assert [item["id"] for item in editable] == [posted.body[1]["override"]["id"]]
    assert all(item["id"] for item in with_ids)


def test_a_list_is_cut_at_its_bounds_unless_it_may_overflow(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    _post(simulator, made, override(BEN, "2026-12-08T10:00:00Z", "2026-12-10T10:00:00Z"))
    day = {"since": "2026-12-09", "until": "2026-12-10"}

    cut = _list(simulator, made, day)
    whole = _list(simulator, made, {**day, "overflow": "true"})

    assert cut[0]["start"] == "2026-12-09T00:00:00+00:00"
    assert whole[0]["start"] == "2026-12-08T10:00:00+00:00"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"since": "2026-12-01"},
        {"since": "yesterday", "until": "2026-12-09"},
        {"since": "2026-12-09", "until": "2026-12-01"},
        {"since": "2026-12-01T00:00:00 01:00", "until": "2026-12-09"},
    ],
)
def test_a_list_needs_both_bounds(simulator: RunningSimulator, query: dict[str, str]) -> None:
    made = created(simulator, layer(ANNA))

    answer = simulator.call("GET", f"/schedules/{made['id']}/overrides", query=query)

    assert answer.status == 400


def test_the_longest_window_of_a_list_is_a_switch(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.set_switches(overrides_window_days=90)

    too_long = simulator.call("GET", f"/schedules/{made['id']}/overrides", query=YEAR)

    assert (too_long.status, too_long.body["error"]["code"]) == (400, 2005)


def test_a_coming_override_is_deleted(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    posted = _post(simulator, made, override(BEN, "2026-12-08T10:00:00Z", "2026-12-09T10:00:00Z"))

    deleted = _delete(simulator, made, posted.body[0]["override"]["id"])

    assert (deleted.status, deleted.raw) == (204, b"")
    assert _list(simulator, made, YEAR) == []


def test_a_running_override_is_cut_now(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    posted = _post(simulator, made, override(BEN, "2026-12-01T11:00:00Z", "2026-12-09T10:00:00Z"))
    simulator.move_to("2026-12-02T12:00:00Z")

    cut = _delete(simulator, made, posted.body[0]["override"]["id"])

    assert (cut.status, cut.raw) == (200, b"")
    assert _list(simulator, made, YEAR)[0]["end"].startswith("2026-12-02T12:00:")


def test_a_past_override_is_refused_and_an_unknown_one_not_found(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA))
    posted = _post(simulator, made, override(BEN, "2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z"))
    simulator.move_to("2026-12-02T12:00:00Z")

    past = _delete(simulator, made, posted.body[0]["override"]["id"])
    unknown = _delete(simulator, made, "QNONE")

    assert (past.status, past.body["error"]["code"]) == (400, 4004)
    assert past.body["error"]["errors"] == ["You cannot remove a past override"]
    assert (unknown.status, unknown.body["error"]["code"]) == (404, 4004)


@pytest.mark.parametrize(
    ("answer", "start"), [("now", "2026-12-01T10:00:"), ("kept", "2026-11-30T11:00:00")]
)
def test_a_start_in_the_past_is_a_switch(
    simulator: RunningSimulator, answer: str, start: str
) -> None:
    simulator.set_switches(past_override_start=answer)
    made = created(simulator, layer(ANNA))

    posted = _post(simulator, made, override(BEN, "2026-11-30T11:00:00Z", "2026-12-02T12:00:00Z"))

    assert posted.body[0]["override"]["start"].startswith(start)


def _post(simulator: RunningSimulator, made: Json, *items: Any) -> Answer:
    return simulator.call("POST", f"/schedules/{made['id']}/overrides", {"overrides": list(items)})


def _list(simulator: RunningSimulator, made: Json, query: dict[str, str]) -> list[Json]:
    answer = simulator.call("GET", f"/schedules/{made['id']}/overrides", query=query)
    assert answer.status == 200, answer.text
    found: list[Json] = answer.body["overrides"]
    return found


def _delete(simulator: RunningSimulator, made: Json, override_id: str) -> Answer:
    return simulator.call("DELETE", f"/schedules/{made['id']}/overrides/{override_id}")
