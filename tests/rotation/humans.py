"""What humans and faults do at PagerDuty behind Rota's back, to be drawn at random."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

from rotation.models import Level

if TYPE_CHECKING:
    import datetime as dt

    from tests.rotation.syncs import Published
    from tests.simulator.running import Json, RunningSimulator

FAULTS: dict[str, dict[str, Any]] = {
    "lost after the work": {"drop_after_write": True},
    "lost before the work": {"drop_before_write": True},
    "an error after the work": {"status": 504, "after_write": True},
    "out of order": {"status": 503},
    "broken": {"status": 500},
    "too many requests": {"status": 429, "headers": {"ratelimit-reset": "1"}},
    "not accepted": {"status": 401},
    "not allowed": {"status": 403},
    "not there": {"status": 404},
    "a page of HTML": {"status": 200, "body": "<html>Sorry</html>"},
    "cut off": {"status": 200, "body": '{"schedules": [{"id": "P'},
    "the last item refused": {"path": "*/overrides", "method": "POST", "partial": True},
}


def schedule_of(published: Published, simulator: RunningSimulator, level: str) -> Json | None:
    """The level's schedule as the simulator keeps it; None when there is none yet or any more."""
    ref = Level.objects.get(rotation=published.rotation, name=level).pagerduty_schedule_ref
    found = [each for each in simulator.state()["schedules"] if each["id"] == ref]
    return found[0] if found else None


def act(simulator: RunningSimulator, verb: str, **form: str) -> bool:
    """Send a form of the simulator's pages; False when it was refused."""
    answer = simulator.call("POST", f"/_sim/act/{verb}", urllib.parse.urlencode(form).encode())
    assert answer.status in {303, 400}, answer.text
    return answer.status == 303


def override_by_hand(
    simulator: RunningSimulator, schedule: Json, user: str, starts_at: dt.datetime, hours: int
) -> Json:
    """Somebody's own override, as the simulator keeps it."""
    ends_at = starts_at.timestamp() + hours * 3600
    before = {each["id"] for each in schedule["overrides"]}
    span = {"start": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}", "end": _written(ends_at, starts_at)}
    assert act(simulator, "override", schedule=schedule["id"], user=user, **span)
    [kept] = [each for each in simulator.state()["schedules"] if each["id"] == schedule["id"]]
    [made] = [each for each in kept["overrides"] if each["id"] not in before]
    found: Json = made
    return found


def _written(timestamp: float, like: dt.datetime) -> str:
    return f"{type(like).fromtimestamp(timestamp, tz=like.tzinfo):%Y-%m-%dT%H:%M:%SZ}"
