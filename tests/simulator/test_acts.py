"""What a person does by hand on the pages, sent as the browser sends it."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import (
    ANNA,
    BEN,
    CARLA,
    created,
    layer,
    lines,
    override,
    rendered,
    team_on_call,
    triggered,
)

if TYPE_CHECKING:
    from tests.simulator.running import Answer, RunningSimulator


def _act(simulator: RunningSimulator, verb: str, **form: str) -> Answer:
    return simulator.call(
        "POST",
        f"/_sim/act/{verb}",
        urllib.parse.urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""},
    )


def test_an_incident_is_triggered_acknowledged_and_resolved_by_hand(
    simulator: RunningSimulator,
) -> None:
    made = team_on_call(simulator)

    answer = _act(simulator, "trigger", service=made["service"], title="Slow <b>", urgency="high")
    incident = simulator.state()["incidents"][0]
    page = simulator.call("GET", "/?done=trigger").text
    _act(simulator, "incident", incident=incident["id"], status="acknowledged")
    _act(simulator, "incident", incident=incident["id"], status="resolved")
    again = _act(simulator, "incident", incident=incident["id"], status="resolved")

    assert (answer.status, answer.headers["location"]) == (303, "/?done=trigger")
    assert "Slow &lt;b&gt;" in page
    assert "The incident is open." in page
    assert simulator.state()["incidents"][0]["status"] == "resolved"
    assert (again.status, "Incident Already Resolved" in again.text) == (400, True)


def test_a_service_is_made_by_hand(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)

    _act(simulator, "service", name="Payments", policy=made["policy"])
    twice = _act(simulator, "service", name="payments", policy=made["policy"])

    names = [item["name"] for item in simulator.call("GET", "/services").body["services"]]
    assert names == ["Checkout", "Payments"]
    assert (twice.status, "already been taken" in twice.text) == (400, True)


def test_a_layer_is_edited_by_hand_from_now_on_and_the_records_say_by_whom(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(BEN, BEN, start="2026-12-01T09:00:00Z"))
    layer_id = made["schedule_layers"][0]["id"]

    answer = _act(simulator, "turn", schedule=made["id"], turn=f"{layer_id}:0", user=CARLA, by=ANNA)

    assert answer.headers["location"] == f"/_sim/schedules/{made['id']}?done=turn"
    shown = rendered(simulator, made["id"], "2026-12-01T10:05:00Z", "2026-12-15T08:00:00Z")
    assert [line.split()[-1] for line in lines(shown["final_schedule"])] == [CARLA, BEN]
    record = simulator.call("GET", f"/schedules/{made['id']}/audit/records").body["records"][0]
    assert record["actors"][0] == {
        "id": ANNA,
        "type": "user_reference",
        "summary": "Anna Decides",
        "self": None,
        "html_url": None,
    }
    assert record["method"]["type"] == "browser"
    assert record["details"]["fields"][0]["name"] == "schedule_layers.users"


def test_a_layer_is_ended_by_hand(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(BEN, start="2026-12-01T09:00:00Z"))
    layer_id = made["schedule_layers"][0]["id"]

    _act(simulator, "end-layer", schedule=made["id"], layer=layer_id, by=ANNA)

    shown = rendered(simulator, made["id"], "2026-12-01T11:00:00Z", "2026-12-08T10:00:00Z")
    assert lines(shown["final_schedule"]) == []


def test_an_override_is_added_in_the_zone_of_the_schedule_and_removed(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(BEN), time_zone="Europe/Berlin")
    form = {"schedule": made["id"], "user": CARLA, "by": ANNA}

    _act(simulator, "override", **form, start="2026-12-09T18:00", end="2026-12-09T20:00")
    reversed_ = _act(
        simulator, "override", **form, start="2026-12-09T20:00", end="2026-12-09T18:00"
    )
    kept = simulator.state()["schedules"][0]["overrides"]
    page = simulator.call("GET", f"/_sim/schedules/{made['id']}").text
    _act(simulator, "remove-override", schedule=made["id"], override=kept[0]["id"])

    assert [item["start"] for item in kept] == ["2026-12-09T17:00:00Z"]
    assert (reversed_.status, "must end after its start" in reversed_.text) == (400, True)
    assert "Remove the override of Carla Outside from Wed 9 Dec 2026 18:00" in page
    assert simulator.state()["schedules"][0]["overrides"] == []


def test_a_schedule_is_upgraded_and_then_no_longer_edited(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(BEN))

    _act(simulator, "upgrade", schedule=made["id"], by=ANNA)

    assert simulator.call("GET", f"/schedules/{made['id']}").status == 400
    assert simulator.call("GET", "/schedules").body["schedules"] == []
    page = simulator.call("GET", f"/_sim/schedules/{made['id']}").text
    assert "there is no way back" in page
    assert "<form" not in page


def test_a_used_schedule_is_not_deleted_by_hand_either(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    unused = created(simulator, layer(BEN), name="Unused")

    refused = _act(simulator, "delete", schedule=made["schedule"], by=ANNA)
    deleted = _act(simulator, "delete", schedule=unused["id"], by=ANNA)

    assert refused.status == 400
    assert "used by escalation policies" in refused.text
    assert deleted.headers["location"] == "/?done=delete"


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("trigger", {"title": "x"}),
        ("trigger", {"service": "PNONE", "title": "x"}),
        ("incident", {"incident": "QNONE", "status": "resolved"}),
        ("incident", {"incident": "QNONE", "status": "danced"}),
        ("turn", {"schedule": "PNONE", "turn": "P:0", "user": BEN}),
        ("turn", {"schedule": "PNONE", "turn": "P:0", "user": "PNONE"}),
        ("override", {"schedule": "PNONE", "user": BEN, "start": "x", "end": "y"}),
        ("dance", {}),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    simulator: RunningSimulator, verb: str, form: dict[str, str]
) -> None:
    before = simulator.state()

    answer = _act(simulator, verb, **form)

    assert answer.status == 400
    assert simulator.state() == before


def test_acts_are_not_taken_from_pages_elsewhere(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)

    answer = simulator.call(
        "POST",
        "/_sim/act/trigger",
        f"service={made['service']}&title=x".encode(),
        headers={"Origin": "http://evil.example"},
    )

    assert answer.status == 403


def test_a_page_shows_what_an_override_by_the_api_and_an_incident_are(
    simulator: RunningSimulator,
) -> None:
    made = team_on_call(simulator)
    item = override(CARLA, "2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z")
    simulator.call("POST", f"/schedules/{made['schedule']}/overrides", {"overrides": [item]})
    triggered(simulator, made["service"])

    page = simulator.call("GET", "/").text

    assert "Acknowledge incident #1" in page
    assert "Remove the override" not in page
