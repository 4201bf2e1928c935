"""The API's answers about incidents."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pagerduty_simulator import incident_engine, log_entries, references, refusals, times
from pagerduty_simulator.exchange import Call, Reply, page
from pagerduty_simulator.incident_engine import NotPossibleError

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

_USUAL_SPAN = 30 * times.DAY
_LONGEST_SPAN = 184 * times.DAY
_SORTABLE = {
    "incident_number": "number",
    "created_at": "created_at",
    "resolved_at": "resolved_at",
    "urgency": "urgency",
}
_NOT_SIMULATED: dict[str, object] = {
    "alert_counts": {"all": 0, "triggered": 0, "resolved": 0},
    "is_mergeable": True,
    "incident_type": {"name": "incident_default"},
    "teams": [],
    "priority": None,
    "resolve_reason": None,
    "conference_bridge": None,
    "incidents_responders": [],
    "responder_requests": [],
}


def list_incidents(account: Account, call: Call) -> Reply:
    """GET /incidents: those created in since and until, the last month when none is given."""
    zone = call.zone("Etc/UTC")
    found = list(account.incidents)
    if call.text("date_range") != "all":
        since, until = _span(call, zone)
        found = [item for item in found if since <= item["created_at"] < until]
    found = [item for item in found if _wanted(call, item)]
    answer = page(call).of("incidents", _sorted(call, found))
    answer["incidents"] = [shown(account, item, zone, call) for item in answer["incidents"]]
    return Reply(status=200, body=answer)


def _span(call: Call, zone: dt.tzinfo) -> tuple[str, str]:
    since, until = call.instant("since", zone=zone), call.instant("until", zone=zone)
    if until is None:
        # What happens in the second of the request is part of the answer.
        until = call.now + 1 if since is None else since + _USUAL_SPAN
    if since is None:
        since = until - _USUAL_SPAN
    if not 0 <= until - since <= _LONGEST_SPAN:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    return times.written_utc(since), times.written_utc(until)


def _wanted(call: Call, incident: Json) -> bool:
    asked = (
        ("statuses[]", {incident["status"]}),
        ("service_ids[]", {incident["service"]}),
        ("urgencies[]", {incident["urgency"]}),
        ("user_ids[]", {item["user"] for item in incident["assignees"]}),
        ("incident_key", {incident["key"]}),
    )
    return all(not call.texts(name) or set(call.texts(name)) & found for name, found in asked)


def _sorted(call: Call, found: list[Json]) -> list[Json]:
    fields = [part for text in call.texts("sort_by") for part in text.split(",")]
    for part in reversed(fields):
        name, _, direction = part.partition(":")
        if name not in _SORTABLE:
            raise refusals.invalid(f"sort_by does not know {name!r}")
        found.sort(key=lambda item: item[_SORTABLE[name]] or "", reverse=direction == "desc")
    return found


def get_incident(account: Account, call: Call, incident_id: str) -> Reply:
    """GET /incidents/{id}."""
    return _answer(account, _known(account, incident_id), call)


def update_incident(account: Account, call: Call, incident_id: str) -> Reply:
    """PUT /incidents/{id}: status, assignments, escalation_level or title; From says by whom."""
    senders = {user["email"].casefold(): user["id"] for user in account.users}
    by = senders.get(call.sender.casefold())
    if by is None:
        raise refusals.invalid(code=refusals.REQUESTER_NOT_FOUND)
    incident = _known(account, incident_id)
    wanted = call.document("incident")
    try:
        _change(account, incident, wanted, by=by, at=call.now)
    except NotPossibleError as error:
        raise refusals.invalid(str(error)) from error
    return _answer(account, _known(account, incident_id), call)


def _change(account: Account, incident: Json, wanted: Json, *, by: str, at: int) -> None:
    if isinstance(wanted.get("title"), str):
        account.incidents.put({**incident, "title": wanted["title"]})
    status, people = wanted.get("status"), wanted.get("assignments")
    if status == incident_engine.RESOLVED:
        incident_engine.resolve(account, incident["id"], by=by, at=at)
    elif status == incident_engine.ACKNOWLEDGED:
        incident_engine.acknowledge(account, incident["id"], by=by, at=at)
    elif wanted.get("escalation_level") is not None:
        incident_engine.escalate(account, incident["id"], by=by, at=at)
    elif isinstance(people, list):
        chosen = [str((item.get("assignee") or {}).get("id")) for item in people]
        incident_engine.reassign(account, incident["id"], chosen, by=by, at=at)


def _known(account: Account, incident_id: str) -> Json:
    incident = account.incidents.get(incident_id)
    if incident is None:
        raise refusals.missing("Incident Not Found")
    return incident


def _answer(account: Account, incident: Json, call: Call) -> Reply:
    body = shown(account, incident, call.zone("Etc/UTC"), call)
    return Reply(status=200, body={"incident": body})


def shown(account: Account, incident: Json, zone: dt.tzinfo, call: Call) -> Json:
    """An incident as the API answers it."""

    def at(stored: str | None) -> str | None:
        return stored and times.written(times.instant(stored, zone=dt.UTC), zone=zone)

    def refer(kind: str, object_id: str) -> Json:
        return references.reference(account, kind, object_id, call.base_url)

    actions = [{"type": "escalate", "at": at(incident["escalate_at"])}]
    changed_by = incident["changed_by"]
    return {
        **references.identity(incident, "incident", call.base_url),
        "incident_number": incident["number"],
        "title": incident["title"],
        "status": incident["status"],
        "urgency": incident["urgency"],
        "incident_key": incident["key"],
        "created_at": at(incident["created_at"]),
        "updated_at": at(incident["updated_at"]),
        "resolved_at": at(incident["resolved_at"]),
        "last_status_change_at": at(incident["changed_at"]),
        "last_status_change_by": refer(changed_by["kind"], changed_by["id"]),
        "service": refer("service", incident["service"]),
        "escalation_policy": refer("escalation_policy", incident["policy"]),
        "assigned_via": "escalation_policy",
        "assignments": [
            {"at": at(item["at"]), "assignee": refer("user", item["user"])}
            for item in incident["assignees"]
        ],
        "acknowledgements": [
            {"at": at(item["at"]), "acknowledger": refer("user", item["user"])}
            for item in incident["acknowledgements"]
        ],
        "pending_actions": actions if incident["escalate_at"] else [],
        "first_trigger_log_entry": _first_entry(account, incident, call.base_url),
        **_NOT_SIMULATED,
    }


def _first_entry(account: Account, incident: Json, base_url: str) -> Json | None:
    entries = log_entries.of_incident(account, incident["id"])
    if not entries:
        return None
    place = log_entries.address(entries[-1]["id"], incident["id"], base_url)
    return {**place, "type": "trigger_log_entry_reference", "summary": incident["title"]}
