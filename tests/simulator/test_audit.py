from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import ANNA, BEN, created, layer, override, schedule

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator


def _records(simulator: RunningSimulator, schedule_id: str, **query: str) -> list[Json]:
    answer = simulator.call("GET", f"/schedules/{schedule_id}/audit/records", query=query)
    assert answer.status == 200, answer.text
    found: list[Json] = answer.body["records"]
    return found


def test_changes_of_a_schedule_are_told_newest_first(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    layer_id = made["schedule_layers"][0]["id"]
    again = schedule({**layer(ANNA, BEN), "id": layer_id}, layer(BEN), name="Renamed")
    simulator.call("PUT", f"/schedules/{made['id']}", again)
    simulator.call("PUT", f"/schedules/{made['id']}", again)

    changed, first = _records(simulator, made["id"])[-2:]

    assert (first["action"], changed["action"]) == ("create", "update")
    assert changed["actors"][0]["type"] == "api_key_reference"
    assert changed["method"]["type"] == "api_token"
    fields = {field["name"]: field for field in changed["details"]["fields"]}
    assert fields["name"]["before_value"] == "Rota primary"
    assert fields["schedule_layers.users"]["value"] == f"{ANNA}, {BEN}"
    assert len(changed["details"]["references"][0]["added"]) == 1
    assert changed["root_resource"]["id"] == made["id"]


def test_records_reach_a_day_back_unless_more_is_asked_for(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    simulator.move_to("2026-12-03T10:00:00Z")

    none = _records(simulator, made["id"])
    all_of_them = _records(simulator, made["id"], since="2026-12-01")
    path = f"/schedules/{made['id']}/audit/records"
    too_wide = simulator.call("GET", path, query={"since": "2026-10-01T00:00:00Z"})

    assert none == []
    assert len(all_of_them) == 1
    assert too_wide.status == 400


def test_a_cursor_leads_through_the_records(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    for number in range(4):
        body = schedule({**layer(ANNA), "id": made["schedule_layers"][0]["id"]}, name=f"N{number}")
        simulator.call("PUT", f"/schedules/{made['id']}", body)
    path = f"/schedules/{made['id']}/audit/records"

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = simulator.call("GET", path, query={"limit": "2", "cursor": cursor}).body
        seen += [record["details"]["fields"][0]["value"] for record in answer["records"]]
        cursor = answer["next_cursor"]

    assert seen[:4] == ["N3", "N2", "N1", "N0"]
    assert len(seen) == 5
    assert simulator.call("GET", path, query={"cursor": "x"}).status == 400


@pytest.mark.parametrize(("switch", "count"), [("none", 0), ("recorded", 2)])
def test_whether_overrides_leave_records_is_a_switch(
    simulator: RunningSimulator, switch: str, count: int
) -> None:
    simulator.set_switches(override_audit=switch)
    made = created(simulator, layer(ANNA))
    path = f"/schedules/{made['id']}/overrides"
    items = {"overrides": [override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T12:00:00Z")]}
    override_id = simulator.call("POST", path, items).body[0]["override"]["id"]
    simulator.call("DELETE", f"{path}/{override_id}")

    records = _records(simulator, made["id"])

    assert len(records) == 1 + count
    assert records[0]["action"] == ("delete" if count else "create")


@pytest.mark.parametrize(("switch", "status"), [("missing", 404), ("kept", 200)])
def test_whether_a_deleted_schedule_keeps_its_records_is_a_switch(
    simulator: RunningSimulator, switch: str, status: int
) -> None:
    simulator.set_switches(audit_of_deleted=switch)
    made = created(simulator, layer(ANNA))
    simulator.call("DELETE", f"/schedules/{made['id']}")

    answer = simulator.call("GET", f"/schedules/{made['id']}/audit/records")

    assert answer.status == status
    assert status == 404 or answer.body["records"][0]["action"] == "delete"
