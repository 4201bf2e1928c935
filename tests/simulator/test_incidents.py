from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import ANNA, BEN, PEOPLE, layer, schedule, team_on_call, triggered

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator


def _log(simulator: RunningSimulator, incident_id: str) -> list[str]:
    """The incident's log, oldest first: kind, minute, people."""
    answer = simulator.call("GET", f"/incidents/{incident_id}/log_entries", query={"limit": "100"})
    assert answer.status == 200, answer.text
    return [_line(entry) for entry in reversed(answer.body["log_entries"])]


def _line(entry: Json) -> str:
    people = [entry["user"]] if "user" in entry else entry.get("assignees", [])
    names = " ".join(person["id"] for person in people)
    kind = entry["type"].removesuffix("_log_entry")
    return f"{entry['created_at'][11:16]} {kind} {names}".rstrip()


def test_an_incident_goes_to_whoever_is_on_call_first(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)

    incident = triggered(simulator, made["service"])

    assert incident["status"] == "triggered"
    assert [item["assignee"]["id"] for item in incident["assignments"]] == [BEN]
    assert incident["escalation_policy"]["id"] == made["policy"]
    assert incident["incident_number"] == 1
    log = _log(simulator, incident["id"])
    assert log[0] == "10:00 trigger"
    assert log[1] == f"10:00 assign {BEN}"
    assert log[2:] == [f"10:00 notify {BEN}"] * 2


def test_nobody_reacts_and_it_climbs_at_the_right_minute_though_the_clock_jumps(
    simulator: RunningSimulator,
) -> None:
    made = team_on_call(simulator, num_loops=1)
    incident = triggered(simulator, made["service"])

    simulator.move_to("2026-12-01T18:00:00Z")

    log = _log(simulator, incident["id"])
    assert [line for line in log if "notify" not in line] == [
        "10:00 trigger",
        f"10:00 assign {BEN}",
        f"10:20 escalate {ANNA}",
        "10:40 repeat_escalation_path",
        f"10:40 escalate {BEN}",
        f"11:00 escalate {ANNA}",
        "11:20 exhaust_escalation_path",
    ]
    assert f"10:20 notify {ANNA}" in log
    now = simulator.call("GET", f"/incidents/{incident['id']}").body["incident"]
    assert [item["assignee"]["id"] for item in now["assignments"]] == [ANNA]
    assert now["pending_actions"] == []


def test_an_acknowledged_incident_climbs_no_further(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    body = {"incident": {"type": "incident_reference", "status": "acknowledged"}}

    answer = simulator.call(
        "PUT", f"/incidents/{incident['id']}", body, headers={"From": "ben@example.org"}
    )
    simulator.move_to("2026-12-01T18:00:00Z")

    assert answer.status == 200
    assert answer.body["incident"]["acknowledgements"][0]["acknowledger"]["id"] == BEN
    assert _log(simulator, incident["id"])[-1] == "10:00 acknowledge"


def test_a_resolved_incident_is_nobodys_and_stays_so(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    place = f"/_sim/incidents/{incident['id']}"

    first = simulator.call("PUT", place, {"status": "resolved", "by": BEN})
    second = simulator.call("PUT", place, {"status": "acknowledged", "by": BEN})

    now = simulator.call("GET", f"/incidents/{incident['id']}").body["incident"]
    assert (first.status, second.status) == (200, 400)
    assert (now["status"], now["assignments"]) == ("resolved", [])
    assert now["resolved_at"].startswith("2026-12-01T10:0")


def test_it_keeps_the_policy_as_it_was_when_it_began(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    rule = {"escalation_delay_in_minutes": 5, "targets": [{"id": BEN, "type": "user_reference"}]}
    body = {"escalation_policy": {"name": "Changed", "escalation_rules": [rule]}}

    simulator.call("PUT", f"/escalation_policies/{made['policy']}", body)
    simulator.move_to("2026-12-01T10:30:00Z")

    assert f"10:20 escalate {ANNA}" in _log(simulator, incident["id"])


def test_a_level_with_nobody_is_skipped_and_with_nobody_at_all_there_is_no_incident(
    simulator: RunningSimulator,
) -> None:
    made = team_on_call(simulator)
    ended = layer(BEN, start="2026-12-01T09:00:00Z", end="2026-12-01T09:30:00Z")
    layer_id = simulator.state()["schedules"][0]["layers"][0]["id"]
    body = schedule({**ended, "id": layer_id})
    simulator.call("PUT", f"/schedules/{made['schedule']}", body)

    skipped = triggered(simulator, made["service"])
    only = {
        "escalation_delay_in_minutes": 5,
        "targets": [{"id": made["schedule"], "type": "schedule_reference"}],
    }
    change = {"escalation_policy": {"escalation_rules": [only]}}
    simulator.call("PUT", f"/escalation_policies/{made['policy']}", change)
    refused = simulator.call("POST", "/_sim/incidents", {"service": made["service"]})

    assert [item["assignee"]["id"] for item in skipped["assignments"]] == [ANNA]
    assert refused.status == 400
    assert "no incident is made" in refused.text


def test_low_urgency_tells_by_its_own_rules_and_never_climbs(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"], urgency="low")

    simulator.move_to("2026-12-02T10:00:00Z")

    assert _log(simulator, incident["id"]) == ["10:00 trigger", f"10:00 assign {BEN}"]


def test_people_are_told_by_their_rules_and_a_rule_as_late_as_the_delay_never_fires(
    simulator: RunningSimulator,
) -> None:
    state = simulator.state()
    methods = [
        {"id": "CPHONE1", "type": "phone_contact_method", "address": "7700900001"},
        {"id": "CSMS001", "type": "sms_contact_method", "address": "7", "blacklisted": True},
        {"id": "CPUSH01", "type": "push_notification_contact_method", "address": "device"},
    ]
    rules = [
        {"contact_method": {"id": "CPHONE1"}, "start_delay_in_minutes": 5},
        {"contact_method": {"id": "CSMS001"}, "start_delay_in_minutes": 0},
        {"contact_method": {"id": "CPUSH01"}, "start_delay_in_minutes": 20},
    ]
    ben = {**PEOPLE[1], "contact_methods": methods, "notification_rules": rules}
    state["users"] = [PEOPLE[0], ben, PEOPLE[2]]
    simulator.put_state(state)
    made = team_on_call(simulator)

    incident = triggered(simulator, made["service"])
    simulator.move_to("2026-12-01T10:25:00Z")

    told = [line for line in _log(simulator, incident["id"]) if "notify" in line]
    assert told == [f"10:05 notify {BEN}", *[f"10:20 notify {ANNA}"] * 2]
    span = {"since": "2026-12-01T00:00:00Z", "until": "2026-12-02T00:00:00Z"}
    calls = simulator.call("GET", "/notifications", query={**span, "filter": "phone_notification"})
    assert [item["user"]["id"] for item in calls.body["notifications"]] == [BEN, ANNA]


def test_incidents_are_listed_by_time_and_state(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    first = triggered(simulator, made["service"])
    simulator.call("PUT", f"/_sim/incidents/{first['id']}", {"status": "resolved"})
    simulator.move_to("2026-12-20T10:00:00Z")
    second = triggered(simulator, made["service"])

    def listed(**query: str) -> list[str]:
        answer = simulator.call("GET", "/incidents", query=query)
        assert answer.status == 200, answer.text
        return [item["id"] for item in answer.body["incidents"]]

    assert listed() == [first["id"], second["id"]]
    assert listed(sort_by="created_at:desc") == [second["id"], first["id"]]
    assert listed(**{"statuses[]": "resolved"}) == [first["id"]]
    assert listed(**{"user_ids[]": BEN}) == [second["id"]]
    assert listed(since="2026-12-15", until="2026-12-31") == [second["id"]]
    simulator.move_to("2027-06-20T10:00:00Z")
    assert listed() == []
    assert len(listed(date_range="all")) == 2
    too_wide = {"since": "2026-06-01", "until": "2027-06-01"}
    assert simulator.call("GET", "/incidents", query=too_wide).status == 400


@pytest.mark.parametrize("sender", ["", "nobody@example.org"])
def test_a_change_needs_somebody_who_makes_it(simulator: RunningSimulator, sender: str) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    body = {"incident": {"type": "incident_reference", "status": "resolved"}}

    answer = simulator.call("PUT", f"/incidents/{incident['id']}", body, headers={"From": sender})

    assert (answer.status, answer.body["error"]["code"]) == (400, 1008)


def test_an_incident_is_escalated_and_given_away_by_hand(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    to_ben = [{"assignee": {"id": BEN, "type": "user_reference"}}]
    body = {"incident": {"type": "incident_reference", "assignments": to_ben}}

    up = simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "escalated"})
    back = simulator.call(
        "PUT", f"/incidents/{incident['id']}", body, headers={"From": "anna@example.org"}
    )
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "escalated"})
    too_far = simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "escalated"})

    assert up.body["incident"]["assignees"][0]["user"] == ANNA
    assert back.body["incident"]["assignments"][0]["assignee"]["id"] == BEN
    assert too_far.status == 400


def test_open_incidents_outlive_a_saved_state(simulator: RunningSimulator) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])

    simulator.put_state(simulator.state())
    simulator.move_to("2026-12-01T10:30:00Z")

    assert f"10:20 escalate {ANNA}" in _log(simulator, incident["id"])
