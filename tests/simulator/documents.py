"""Bodies that the simulator's tests send, and short forms of what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

THE_MORNING = "2026-12-01T10:00:00Z"
A_WEEK = 604_800

PEOPLE = [
    {"id": "PANNA01", "name": "Anna Decides", "email": "anna@example.org"},
    {"id": "PBEN001", "name": "Ben Serves", "email": "ben@example.org"},
    {"id": "PCARLA1", "name": "Carla Outside", "email": "carla@example.org"},
]
ANNA, BEN, CARLA = "PANNA01", "PBEN001", "PCARLA1"

OUT_OF_HOURS = [
    *(
        {
            "type": "weekly_restriction",
            "start_day_of_week": day,
            "start_time_of_day": "18:00:00",
            "duration_seconds": 50_400,
        }
        for day in range(1, 5)
    ),
    {
        "type": "weekly_restriction",
        "start_day_of_week": 5,
        "start_time_of_day": "18:00:00",
        "duration_seconds": 223_200,
    },
]


def layer(*people: str, start: str = "2026-12-07T12:00:00Z", **fields: Any) -> Json:
    """A layer of weekly turns from Monday noon."""
    return {
        "name": "Weeks",
        "start": start,
        "rotation_virtual_start": start,
        "rotation_turn_length_seconds": A_WEEK,
        "users": [{"user": {"id": person, "type": "user_reference"}} for person in people],
        **fields,
    }


def schedule(*layers: Json, **fields: Any) -> Json:
    """The body of POST and PUT for a schedule in London."""
    return {
        "schedule": {
            "type": "schedule",
            "name": "Rota primary",
            "time_zone": "Europe/London",
            "description": "rota:primary",
            "schedule_layers": list(layers),
            **fields,
        }
    }


def override(person: str, start: str, end: str) -> Json:
    """One item of POST overrides."""
    return {"start": start, "end": end, "user": {"id": person, "type": "user_reference"}}


def created(simulator: RunningSimulator, *layers: Json, **fields: Any) -> Json:
    """A schedule that now exists, as it was answered."""
    answer = simulator.call("POST", "/schedules", schedule(*layers, **fields))
    assert answer.status == 201, answer.text
    made: Json = answer.body["schedule"]
    return made


def rendered(
    simulator: RunningSimulator, schedule_id: str, since: str, until: str, **query: str
) -> Json:
    """The schedule over a span."""
    asked = {"since": since, "until": until, **query}
    answer = simulator.call("GET", f"/schedules/{schedule_id}", query=asked)
    assert answer.status == 200, answer.text
    found: Json = answer.body["schedule"]
    return found


def lines(part: Json) -> list[str]:
    """Rendered entries as `start end user`."""
    return [
        f"{entry['start']} {entry['end']} {entry['user']['id']}"
        for entry in part["rendered_schedule_entries"]
    ]


def team_on_call(simulator: RunningSimulator, **policy: Any) -> Json:
    """A policy with Ben at level 1 by a schedule and Anna at level 2, and the service Checkout.

    Gives `service`, `policy` and `schedule` ids; the delay is 20 minutes at each level.
    """
    week = layer(BEN, start="2026-12-01T09:00:00Z", end="2027-03-01T12:00:00Z")
    made = created(simulator, week)
    targets = [(made["id"], "schedule_reference"), (ANNA, "user_reference")]
    rules = [
        {"escalation_delay_in_minutes": 20, "targets": [{"id": target, "type": kind}]}
        for target, kind in targets
    ]
    wanted = {
        "type": "escalation_policy",
        "name": "Virtual team",
        "escalation_rules": rules,
        "num_loops": 0,
        **policy,
    }
    answer = simulator.call("POST", "/escalation_policies", {"escalation_policy": wanted})
    policy_id = answer.body["escalation_policy"]["id"]
    service = {
        "type": "service",
        "name": "Checkout",
        "escalation_policy": {"id": policy_id, "type": "escalation_policy_reference"},
    }
    answer = simulator.call("POST", "/services", {"service": service})
    assert answer.status == 201, answer.text
    return {
        "service": answer.body["service"]["id"],
        "policy": policy_id,
        "schedule": made["id"],
    }


def triggered(simulator: RunningSimulator, service_id: str, **fields: Any) -> Json:
    """An incident of the service, as the API answers it."""
    body = {"service": service_id, "title": "Checkout is slow", **fields}
    answer = simulator.call("POST", "/_sim/incidents", body)
    assert answer.status == 201, answer.text
    incident_id = answer.body["incident"]["id"]
    found: Json = simulator.call("GET", f"/incidents/{incident_id}").body["incident"]
    return found


def subscribed(simulator: RunningSimulator, url: str, **fields: Any) -> Json:
    """A web-hook subscription for the whole account, as it was answered."""
    wanted = {
        "type": "webhook_subscription",
        "delivery_method": {"type": "http_delivery_method", "url": url},
        "events": [
            "incident.triggered",
            "incident.acknowledged",
            "incident.escalated",
            "incident.resolved",
        ],
        "filter": {"type": "account_reference"},
        **fields,
    }
    answer = simulator.call("POST", "/webhook_subscriptions", {"webhook_subscription": wanted})
    assert answer.status == 200, answer.text
    made: Json = answer.body["webhook_subscription"]
    return made
