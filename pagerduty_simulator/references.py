"""How PagerDuty names one object inside another, and where it says an object is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

_PATHS = {
    "user": "users",
    "team": "teams",
    "schedule": "schedules",
    "escalation_policy": "escalation_policies",
    "service": "services",
    "incident": "incidents",
}


def identity(item: Json, kind: str, base_url: str) -> Json:
    """The fields with which every object begins: id, type, summary and its two addresses."""
    return {
        "id": item["id"],
        "type": kind,
        "summary": summary(item, kind),
        "self": f"{base_url}/{_PATHS[kind]}/{item['id']}",
        "html_url": web_address(item["id"], kind, base_url),
    }


def summary(item: Json, kind: str) -> str:
    """How the object is named in one line."""
    return f"[#{item['number']}] {item['title']}" if kind == "incident" else str(item["name"])


def incident_addresses(incident_id: str, base_url: str) -> Json:
    """An incident's two addresses."""
    return {
        "self": f"{base_url}/incidents/{incident_id}",
        "html_url": web_address(incident_id, "incident", base_url),
    }


def web_address(object_id: str, kind: str, base_url: str) -> str:
    """Where a person looks at the object: a page of the simulator."""
    if kind == "schedule":
        return f"{base_url}/_sim/schedules/{object_id}"
    if kind == "incident":
        return f"{base_url}/#{object_id}"
    return f"{base_url}/"


def reference(account: Account, kind: str, object_id: str, base_url: str) -> Json:
    """A reference to the object; one to a deleted object has no address."""
    item = account.collection(_PATHS[kind]).get(object_id)
    if item is None:
        return {
            "id": object_id,
            "type": f"{kind}_reference",
            "summary": None,
            "self": None,
            "html_url": None,
        }
    return {**identity(item, kind, base_url), "type": f"{kind}_reference"}
