"""The doors under /_sim for incidents and for web-hooks that go wrong."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from pagerduty_simulator import events, incident_engine, sender
from pagerduty_simulator.wire import (
    Request,
    Response,
    UnusableRequestError,
    document,
    json_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pagerduty_simulator.simulator import Simulator
    from pagerduty_simulator.state import Account, Json

INCIDENT_PATH = "/_sim/incidents/"

_MOST_SENT = 1000
_WRONG_SECRET = "not the secret of this subscription"  # noqa: S105 - meant to be wrong


class Target(NamedTuple):
    """Where events go, and the secret that signs them."""

    subscription: str | None
    url: str
    secret: str


def trigger_incident(simulator: Simulator, request: Request) -> Response:
    """POST /_sim/incidents: `service`, and if wanted `title` and `urgency`."""
    wanted = document(request)
    with simulator.lock:
        made = incident_engine.trigger(
            simulator.account,
            service_id=str(wanted.get("service")),
            title=str(wanted.get("title", "Something is broken")),
            urgency=str(wanted.get("urgency", "high")),
            at=simulator.clock.now(),
        )
        simulator.save()
    return json_response(201, {"incident": made})


def change_incident(simulator: Simulator, request: Request) -> Response:
    """PUT /_sim/incidents/{id}: `status` acknowledged, resolved or escalated, and `by` whom."""
    wanted = document(request)
    incident_id = request.path.removeprefix(INCIDENT_PATH)
    with simulator.lock:
        carry_out(
            simulator.account,
            incident_id,
            status=str(wanted.get("status")),
            by=wanted.get("by"),
            at=simulator.clock.now(),
        )
        simulator.save()
        changed = simulator.account.incidents.get(incident_id)
    return json_response(200, {"incident": changed})


_CHANGES: dict[str, Callable[..., None]] = {
    "acknowledged": incident_engine.acknowledge,
    "resolved": incident_engine.resolve,
    "escalated": incident_engine.escalate,
}


def carry_out(account: Account, incident_id: str, *, status: str, by: str | None, at: int) -> None:
    """Acknowledge, resolve or escalate; by the first assignee when nobody is named.

    Raises:
        NotPossibleError: the incident does not allow it.
        UnusableRequestError: no such change, or nobody who could make it.
    """
    if status not in _CHANGES:
        raise UnusableRequestError(f"status must be one of {', '.join(_CHANGES)}")
    incident_engine.advance(account, at)
    holders = (account.incidents.get(incident_id) or {}).get("assignees") or [{}]
    person = by or holders[0].get("user") or next((user["id"] for user in account.users), None)
    if person not in account.users:
        raise UnusableRequestError("by must be the id of a user")
    _CHANGES[status](account, incident_id, by=person, at=at)


def list_attempts(simulator: Simulator, _request: Request) -> Response:
    """GET /_sim/webhooks: what waits to be sent, and the latest attempts, oldest first."""
    with simulator.lock:
        waiting = list(simulator.account.deliveries)
        attempts = list(simulator.attempts)
    return json_response(200, {"waiting": waiting, "attempts": attempts})


def send_events(simulator: Simulator, request: Request) -> Response:
    """POST /_sim/webhook: send at once, past the queue, as wrongly as asked for."""
    wanted = document(request)
    with simulator.lock:
        account, now = simulator.account, simulator.clock.now()
        targets = _targets(account, wanted)
        bodies = _bodies(account, wanted, now)
        simulator.save()
    sign = _signing(wanted.get("sign", "good"))
    numbered = [(str(uuid.uuid4()), body) for body in bodies] * _repeats(wanted)
    if _choice(wanted, "order", ("as_given", "reversed")) == "reversed":
        numbered.reverse()
    sent = []
    for target in targets:
        for webhook_id, body in numbered:
            headers = {"x-webhook-id": webhook_id, **sign(target.secret, body)}
            outcome = sender.post(target.url, body, headers)
            delivery = _delivery(webhook_id, target, body)
            sent.append(sender.attempt(delivery, outcome, now))
    simulator.attempts.extend(sent)
    return json_response(200, {"sent": sent})


def _delivery(webhook_id: str, target: Target, body: bytes) -> Json:
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    return {"id": webhook_id, "subscription": target.subscription, "event": event, "tries": 0}


def _bodies(account: Account, wanted: Json, now: int) -> list[bytes]:
    """What is sent: a text, given events, one made of an incident, its kept ones, or a ping."""
    if isinstance(wanted.get("body"), str):
        return [wanted["body"].encode()]
    if isinstance(wanted.get("events"), list):
        return [json.dumps(event).encode() for event in wanted["events"]]
    return [json.dumps(event).encode() for event in _events(account, wanted, now)]


def _events(account: Account, wanted: Json, now: int) -> list[Json]:
    incident_id, event_type = wanted.get("incident"), wanted.get("event_type")
    if incident_id is None:
        return [events.ping(account, at=now)]
    incident = account.incidents.get(incident_id)
    if incident is None:
        raise UnusableRequestError(f"there is no incident {incident_id!r}")
    if event_type is not None:
        made = events.of_incident(account, str(event_type), incident, at=now, agent=None)
        account.events.append(made)
        return [made]
    return [item for item in account.events if item["event"]["data"].get("id") == incident_id]


def _targets(account: Account, wanted: Json) -> list[Target]:
    """The named subscription, the named address, or every subscription."""
    if isinstance(wanted.get("url"), str):
        return [Target(None, wanted["url"], str(wanted.get("secret", "")))]
    chosen = wanted.get("subscription")
    found = [
        Target(item["id"], item["url"], item["secret"])
        for item in account.webhook_subscriptions
        if chosen in {None, item["id"]}
    ]
    if not found:
        raise UnusableRequestError("there is no such web-hook subscription")
    return found


def _repeats(wanted: Json) -> int:
    times = wanted.get("repeat", 1)
    if not isinstance(times, int) or not 1 <= times <= _MOST_SENT:
        raise UnusableRequestError(f"repeat must be 1 to {_MOST_SENT}")
    return times


def _choice(wanted: Json, name: str, choices: tuple[str, ...]) -> str:
    value = wanted.get(name, choices[0])
    if value not in choices:
        raise UnusableRequestError(f"{name} must be one of {', '.join(choices)}")
    return str(value)


def _signing(how: Any) -> Callable[[str, bytes], dict[str, str]]:
    """How the signature's header is made of the secret and the body."""
    if how == "none":
        return _unsigned
    if how not in _HEADERS:
        raise UnusableRequestError(f"sign must be one of none, {', '.join(_HEADERS)}")
    return lambda secret, body: {"x-pagerduty-signature": _HEADERS[how](secret, body)}


def _unsigned(_secret: str, _body: bytes) -> dict[str, str]:
    return {}


def _bad(_secret: str, body: bytes) -> str:
    return sender.signature(_WRONG_SECRET, body)


def _two(secret: str, body: bytes) -> str:
    return f"{_bad(secret, body)},{sender.signature(secret, body)}"


def _other_version(secret: str, body: bytes) -> str:
    return sender.signature(secret, body).replace("v1=", "v2=", 1)


def _uppercase(secret: str, body: bytes) -> str:
    return "v1=" + sender.signature(secret, body).removeprefix("v1=").upper()


def _reserialised(secret: str, body: bytes) -> str:
    """Right for the same JSON in another spelling, wrong for the bytes."""
    return sender.signature(secret, json.dumps(json.loads(body), indent=1).encode())


_HEADERS: dict[str, Callable[[str, bytes], str]] = {
    "good": sender.signature,
    "bad": _bad,
    "two": _two,
    "other_version": _other_version,
    "uppercase": _uppercase,
    "reserialised": _reserialised,
}
