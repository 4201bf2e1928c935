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
