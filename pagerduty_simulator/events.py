"""Web-hook events: their JSON, and for which subscriptions they wait to be sent.

Source: PagerDuty developer docs, webhooks/01-Overview.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from pagerduty_simulator import references, times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pagerduty_simulator.incident_engine import Agent
    from pagerduty_simulator.state import Account, Json

INCIDENT_EVENTS = (
    "incident.acknowledged",
    "incident.annotated",
    "incident.conference_bridge.updated",
    "incident.custom_field_values.updated",
    "incident.delegated",
    "incident.escalated",
    "incident.incident_type.changed",
    "incident.priority_updated",
    "incident.reassigned",
    "incident.reopened",
    "incident.resolved",
    "incident.responder.added",
    "incident.responder.replied",
    "incident.service_updated",
    "incident.status_update_published",
    "incident.triggered",
    "incident.unacknowledged",
    "incident.workflow.completed",
    "incident.workflow.started",
)
KNOWN_EVENTS = frozenset(
    {*INCIDENT_EVENTS, "pagey.ping", "service.created", "service.deleted", "service.updated"}
)


def emit(account: Account, event_type: str, incident: Json, *, at: int, agent: Agent) -> Json:
    """Make the event, keep it for replays, and queue it for every subscription that wants it."""
    event = of_incident(account, event_type, incident, at=at, agent=agent)
    account.events.append(event)
    for subscription in _interested(account, event_type, incident, at):
        account.deliveries.put(
            {
                "id": str(uuid.uuid4()),
                "subscription": subscription["id"],
                "incident": incident["id"],
                "event": event,
                "tries": 0,
                "first_at": times.written_utc(at),
                "next_at": times.written_utc(at),
            }
        )
    return event


def of_incident(
    account: Account, event_type: str, incident: Json, *, at: int, agent: Agent | None
) -> Json:
    """The body of one event about an incident, with an id of its own."""

    def refer(kind: str, object_id: str) -> Json:
        return references.reference(account, kind, object_id, account.address)

    data = {
        "id": incident["id"],
        "type": "incident",
        **references.incident_addresses(incident["id"], account.address),
        "number": incident["number"],
        "status": incident["status"],
        "incident_key": incident["key"],
        "created_at": incident["created_at"],
        "title": incident["title"],
        "service": refer("service", incident["service"]),
        "assignees": [refer("user", item["user"]) for item in incident["assignees"]],
        "escalation_policy": refer("escalation_policy", incident["policy"]),
        "teams": [],
        "priority": None,
        "urgency": incident["urgency"],
        "conference_bridge": None,
        "resolve_reason": None,
        "incident_type": {"name": "incident_default"},
    }
    by = refer(agent.kind, agent.id) if agent else None
    return _event(account, event_type, data, resource="incident", at=at, agent=by)


def ping(account: Account, *, at: int) -> Json:
    """The body of the test event."""
    data = {"message": "Hello from your friend Pagey!", "type": "ping"}
    return _event(account, "pagey.ping", data, resource="pagey", at=at, agent=None)


def _event(
    account: Account, event_type: str, data: Json, *, resource: str, at: int, agent: Json | None
) -> Json:
    return {
        "event": {
            "id": account.new_id(prefix="01", length=26),
            "event_type": event_type,
            "resource_type": resource,
            "occurred_at": times.written_utc(at).replace("Z", ".000Z"),
            "agent": agent,
            "client": None,
            "data": data,
        }
    }


def _interested(account: Account, event_type: str, incident: Json, at: int) -> Iterator[Json]:
    service = account.services.get(incident["service"]) or {}
    owners = {
        "account_reference": None,
        "service_reference": {incident["service"]},
        "team_reference": {team["id"] for team in service.get("teams") or []},
    }
    for subscription in account.webhook_subscriptions:
        wanted = owners[subscription["filter"]["type"]]
        if not subscription["active"] or is_disabled(subscription, at):
            continue
        if event_type in subscription["events"] and (
            wanted is None or subscription["filter"].get("id") in wanted
        ):
            yield subscription


def is_disabled(subscription: Json, at: int) -> bool:
    """Whether too many events were dropped, less than a day ago."""
    until = subscription["disabled_until"]
    return until is not None and times.written_utc(at) < until
