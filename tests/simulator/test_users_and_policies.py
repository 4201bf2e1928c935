from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import ANNA, BEN, created, layer

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

ANNAS_ADDRESS = {"From": "Anna@example.org"}


def test_users_come_in_pages(simulator: RunningSimulator) -> None:
    people = [{"name": f"Person {n}", "email": f"p{n}@example.org"} for n in range(7)]
    simulator.put_state({"users": people})

    first = simulator.call("GET", "/users", query={"limit": "3", "total": "true"}).body
    last = simulator.call("GET", "/users", query={"limit": "3", "offset": "6"}).body

    assert [user["name"] for user in first["users"]] == ["Person 0", "Person 1", "Person 2"]
    assert (first["limit"], first["offset"], first["more"], first["total"]) == (3, 0, True, 7)
    assert [user["name"] for user in last["users"]] == ["Person 6"]
    assert (last["more"], last["total"]) == (False, None)


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"limit": "100", "offset": "9901"}],
)
def test_a_page_beyond_reason_is_refused(
    simulator: RunningSimulator, query: dict[str, str]
) -> None:
    assert simulator.call("GET", "/users", query=query).status == 400


def test_a_page_holds_a_hundred_at_most(simulator: RunningSimulator) -> None:
    assert simulator.call("GET", "/users", query={"limit": "5000"}).body["limit"] == 100


def test_whether_a_query_looks_at_addresses_is_a_switch(simulator: RunningSimulator) -> None:
    query = {"query": "BEN@example"}

    by_both = simulator.call("GET", "/users", query=query).body["users"]
    simulator.set_switches(user_query="name")
    by_name = simulator.call("GET", "/users", query=query).body["users"]

    assert [user["id"] for user in by_both] == [BEN]
    assert by_name == []


def test_include_adds_what_is_needed_to_see_whether_a_page_arrives(
    simulator: RunningSimulator,
) -> None:
    method = {"id": "C1", "type": "phone_contact_method", "blacklisted": True}
    rule = {"id": "R1", "start_delay_in_minutes": 20, "contact_method": {"id": "C1"}}
    person = {"name": "Ben Serves", "email": "ben@example.org"}
    state = {"users": [{**person, "contact_methods": [method], "notification_rules": [rule]}]}
    simulator.put_state(state)
    query = {"include[]": ["contact_methods", "notification_rules"]}

    plain = simulator.call("GET", "/users").body["users"][0]
    included = simulator.call("GET", "/users", query=query).body["users"][0]
    simulator.set_switches(included_types="whole")
    whole = simulator.call("GET", "/users", query=query).body["users"][0]

    assert "blacklisted" not in plain["contact_methods"][0]
    assert included["contact_methods"][0]["blacklisted"] is True
    assert included["notification_rules"][0]["start_delay_in_minutes"] == 20
    assert included["notification_rules"][0]["urgency"] == "high"
    assert whole["contact_methods"][0]["type"] == "phone_contact_method"


def test_a_user_without_contact_methods_can_be_given(simulator: RunningSimulator) -> None:
    person = {"name": "Ben Serves", "email": "ben@example.org", "contact_methods": []}
    ben = simulator.put_state({"users": [person]})["users"][0]

    answer = simulator.call("GET", f"/users/{ben['id']}/contact_methods")

    assert answer.body == {"contact_methods": []}


def test_the_account_s_key_is_nobody(simulator: RunningSimulator) -> None:
    assert simulator.call("GET", "/users/me").status == 400
    assert "teams" in simulator.call("GET", "/abilities").body["abilities"]


def test_a_user_is_created_for_a_sender_of_the_account(simulator: RunningSimulator) -> None:
    body = {"user": {"type": "user", "name": "Dan New", "email": "dan@example.org"}}

    nobody = simulator.call("POST", "/users", body)
    stranger = simulator.call("POST", "/users", body, headers={"From": "x@example.org"})
    answer = simulator.call("POST", "/users", body, headers=ANNAS_ADDRESS)
    again = simulator.call("POST", "/users", body, headers=ANNAS_ADDRESS)

    assert [nobody.body["error"]["code"], stranger.body["error"]["code"]] == [1008, 1008]
    assert answer.status == 201
    assert answer.body["user"]["invitation_sent"] is True
    assert simulator.call("GET", f"/users/{answer.body['user']['id']}").status == 200
    assert again.status == 400
    assert "Email has already been taken" in again.text


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"email": "a@b"}, {"email": "nowhere"}, {"type": None}, {"role": "king"}],
)
def test_a_user_that_does_not_hold_is_refused(
    simulator: RunningSimulator, fields: dict[str, Any]
) -> None:
    user = {"type": "user", "name": "Dan New", "email": "dan@example.org", **fields}

    answer = simulator.call("POST", "/users", {"user": user}, headers=ANNAS_ADDRESS)

    assert (answer.status, answer.body["error"]["code"]) == (400, 2001)


def test_a_user_who_is_gone_stays_in_the_schedule_without_an_address(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(ANNA, BEN))
    state = simulator.state()
    state["users"] = [user for user in state["users"] if user["id"] != BEN]
    simulator.put_state(state)

    users = simulator.call("GET", f"/schedules/{made['id']}").body["schedule"]["users"]

    assert [user["id"] for user in users] == [ANNA, BEN]
    assert users[1]["self"] is None


def test_a_policy_is_made_read_changed_and_deleted(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA))
    path = "/escalation_policies"
    policy = simulator.call("POST", path, _policy(made)).body["escalation_policy"]
    changed = {"escalation_policy": {"type": "escalation_policy", "num_loops": 3}}

    put = simulator.call("PUT", f"{path}/{policy['id']}", changed).body["escalation_policy"]
    listed = simulator.call("GET", path, query={"query": "virtual"}).body["escalation_policies"]
    used = simulator.call("GET", f"/schedules/{made['id']}").body["schedule"]
    deleted = simulator.call("DELETE", f"{path}/{policy['id']}")

    assert (put["num_loops"], put["name"]) == (3, "Virtual team")
    assert put["escalation_rules"] == policy["escalation_rules"]
    assert [item["id"] for item in listed] == [policy["id"]]
    assert [item["id"] for item in used["escalation_policies"]] == [policy["id"]]
    assert deleted.status == 204
    assert simulator.call("GET", f"{path}/{policy['id']}").body["error"]["code"] == 5001


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"num_loops": -1},
        {"num_loops": 10},
        {"escalation_rules": []},
        {"escalation_rules": [{"escalation_delay_in_minutes": 0, "targets": []}]},
        {
            "escalation_rules": [
                {
                    "escalation_delay_in_minutes": 5,
                    "targets": [{"id": "PNONE", "type": "schedule_reference"}],
                }
            ]
        },
        {"on_call_handoff_notifications": "never"},
    ],
)
def test_a_policy_that_does_not_hold_is_refused(
    simulator: RunningSimulator, fields: dict[str, Any]
) -> None:
    body = _policy(created(simulator, layer(ANNA)))
    body["escalation_policy"] |= fields

    assert simulator.call("POST", "/escalation_policies", body).status == 400


def test_oncalls_name_the_people_of_each_level(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(BEN, start="2026-12-01T09:00:00Z"))
    simulator.call("POST", "/escalation_policies", _policy(made))

    oncalls = simulator.call("GET", "/oncalls").body["oncalls"]
    bens = simulator.call("GET", "/oncalls", query={"user_ids[]": BEN}).body["oncalls"]
    by_schedule = {"schedule_ids[]": made["id"], "until": "2026-12-31", "earliest": "true"}
    earliest = simulator.call("GET", "/oncalls", query=by_schedule).body["oncalls"]

    found = [(item["escalation_level"], item["user"]["id"], item["end"]) for item in oncalls]
    assert found == [(1, BEN, "2026-12-22T09:00:00Z"), (2, ANNA, None)]
    assert [item["schedule"]["id"] for item in bens] == [made["id"]]
    assert len(earliest) == 1


def test_the_users_of_a_schedule_are_those_on_call_in_the_span(
    simulator: RunningSimulator,
) -> None:
    made = created(simulator, layer(BEN, ANNA))
    path = f"/schedules/{made['id']}/users"

    nobody = simulator.call("GET", path).body["users"]
    first = {"since": "2026-12-07T12:00Z", "until": "2026-12-14T12:00Z"}
    bens_week = simulator.call("GET", path, query=first).body["users"]

    assert nobody == []
    assert [user["id"] for user in bens_week] == [BEN]


def test_services_and_teams_of_the_state_are_listed(simulator: RunningSimulator) -> None:
    state = simulator.state()
    state["teams"] = [{"name": "Engineering"}]
    state["services"] = [{"name": "Mail", "escalation_policy": {"id": "PNONE"}}]
    kept = simulator.put_state(state)

    services = simulator.call("GET", "/services").body["services"]
    teams = simulator.call("GET", "/teams").body["teams"]

    assert [service["name"] for service in services] == ["Mail"]
    assert simulator.call("GET", f"/services/{kept['services'][0]['id']}").status == 200
    assert [team["summary"] for team in teams] == ["Engineering"]


def _policy(made: Json) -> Json:
    rules = [
        {
            "escalation_delay_in_minutes": 20,
            "targets": [{"id": made["id"], "type": "schedule_reference"}],
        },
        {
            "escalation_delay_in_minutes": 20,
            "targets": [{"id": ANNA, "type": "user_reference"}],
        },
    ]
    policy = {"type": "escalation_policy", "name": "Virtual team", "escalation_rules": rules}
    return {"escalation_policy": policy}


@pytest.mark.parametrize(("switch", "status"), [("free", 201), ("unique", 400)])
def test_whether_two_policies_may_share_a_name_is_a_switch(
    simulator: RunningSimulator, switch: str, status: int
) -> None:
    simulator.set_switches(policy_names=switch)
    rule = {"escalation_delay_in_minutes": 5, "targets": [{"id": BEN, "type": "user_reference"}]}
    body = {"escalation_policy": {"name": "Virtual team", "escalation_rules": [rule]}}
    first = simulator.call("POST", "/escalation_policies", body)

    second = simulator.call("POST", "/escalation_policies", body)

    assert (first.status, second.status) == (201, status)
