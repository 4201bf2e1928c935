"""The log of incidents: kept entries, and the API's answers about them and about notifications."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pagerduty_simulator import references, refusals, times
from pagerduty_simulator.exchange import Call, Reply, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pagerduty_simulator.incident_engine import Agent
    from pagerduty_simulator.state import Account, Json

_LONGEST_NOTIFICATIONS = 92 * times.DAY
_OVERVIEW = {"notify_log_entry"}


def add(
    account: Account,
    incident: Json,
    kind: str,
    *,
    at: int,
    agent: Agent,
    assignees: Sequence[str] | None = None,
) -> None:
    """Write one line into an incident's log."""
    entry: Json = {
        "id": account.new_id(prefix="R", length=26),
        "type": kind,
        "incident": incident["id"],
        "service": incident["service"],
        "at": times.written_utc(at),
        "agent": {"kind": agent.kind, "id": agent.id},
        "channel": {"type": "website" if agent.kind == "user" else "auto"},
    }
    if kind == "trigger_log_entry":
        entry["channel"] = {"type": "api", "summary": incident["title"]}
    if assignees is not None:
        entry["assignees"] = list(assignees)
    account.log_entries.put(entry)


def add_notice(account: Account, incident: Json, notice: Json, *, at: int) -> None:
    """Write down that somebody was told, by which means."""
    entry_id = account.new_id(prefix="R", length=26)
    account.log_entries.put(
        {
            "id": entry_id,
            "type": "notify_log_entry",
            "incident": incident["id"],
            "service": incident["service"],
            "at": times.written_utc(at),
            "agent": {"kind": "service", "id": incident["service"]},
            "user": notice["user"],
            "channel": {
                "type": "auto",
                "notification": {
                    "id": account.new_id(),
                    "type": f"{notice['means']}_notification",
                    "address": notice["address"],
                    "status": "success",
                },
            },
        }
    )


def of_incident(account: Account, incident_id: str) -> list[Json]:
    """An incident's entries as they are kept, newest first."""
    found = [entry for entry in account.log_entries if entry["incident"] == incident_id]
    return found[::-1]


def list_of_incident(account: Account, call: Call, incident_id: str) -> Reply:
    """GET /incidents/{id}/log_entries: newest first."""
    if incident_id not in account.incidents:
        raise refusals.missing("Incident Not Found")
    return _listed(account, call, of_incident(account, incident_id))


def list_all(account: Account, call: Call) -> Reply:
    """GET /log_entries: of all incidents, newest first."""
    return _listed(account, call, list(account.log_entries)[::-1])


def _listed(account: Account, call: Call, entries: list[Json]) -> Reply:
    zone = call.zone("Etc/UTC")
    chosen = list(_within(call, zone, entries))
    if call.flag("is_overview"):
        chosen = [entry for entry in chosen if entry["type"] not in _OVERVIEW]
    # The same second keeps the order in which things happened.
    chosen.sort(key=_at, reverse=True)
    answer = page(call).of("log_entries", chosen)
    answer["log_entries"] = [shown(account, entry, zone, call) for entry in answer["log_entries"]]
    return Reply(status=200, body=answer)


def _at(entry: Json) -> str:
    written: str = entry["at"]
    return written


def _within(call: Call, zone: dt.tzinfo, entries: Iterable[Json]) -> Iterable[Json]:
    since, until = call.instant("since", zone=zone), call.instant("until", zone=zone)
    if since is not None and until is not None and until < since:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    for entry in entries:
        at = times.instant(entry["at"], zone=dt.UTC)
        if (since is None or since <= at) and (until is None or at < until):
            yield entry


def shown(account: Account, entry: Json, zone: dt.tzinfo, call: Call) -> Json:
    """An entry as the API answers it."""

    def refer(kind: str, object_id: str) -> Json:
        return references.reference(account, kind, object_id, call.base_url)

    incident = refer("incident", entry["incident"])
    answer = {
        **address(entry["id"], entry["incident"], call.base_url),
        "type": entry["type"],
        "summary": _summary(account, entry),
        "created_at": times.written(times.instant(entry["at"], zone=dt.UTC), zone=zone),
        "agent": refer(entry["agent"]["kind"], entry["agent"]["id"]),
        "channel": _channel(entry, refer("user", entry["user"]) if "user" in entry else None),
        "service": refer("service", entry["service"]),
        "incident": incident,
        "teams": [],
        "contexts": [],
    }
    if "user" in entry:
        answer["user"] = refer("user", entry["user"])
    if "assignees" in entry:
        answer["assignees"] = [refer("user", user) for user in entry["assignees"]]
    if entry["type"] == "trigger_log_entry":
        answer["event_details"] = {"description": entry["channel"]["summary"]}
    return answer


def _channel(entry: Json, user: Json | None) -> Json:
    notification = entry["channel"].get("notification")
    if notification is None:
        return dict(entry["channel"])
    return {**entry["channel"], "notification": {**notification, "user": user}}


def address(entry_id: str, incident_id: str, base_url: str) -> Json:
    """An entry's id and where it is found."""
    return {
        "id": entry_id,
        "self": f"{base_url}/log_entries/{entry_id}?incident_id={incident_id}",
        "html_url": f"{base_url}/#{incident_id}",
    }


def _summary(account: Account, entry: Json) -> str:
    words = entry["type"].removesuffix("_log_entry").replace("_", " ")
    people = [entry["user"]] if "user" in entry else entry.get("assignees", [])
    found = [account.users.get(user) for user in people]
    names = ", ".join(user["name"] for user in found if user)
    return f"{words}: {names}" if names else str(words)


def list_notifications(account: Account, call: Call) -> Reply:
    """GET /notifications: each call, message and mail over since and until, oldest first."""
    zone = call.zone("Etc/UTC")
    since, until = call.instant("since", zone=zone), call.instant("until", zone=zone)
    if since is None or until is None:
        raise refusals.invalid("since and until are required", code=refusals.BAD_TIMES)
    if not 0 <= until - since < _LONGEST_NOTIFICATIONS:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    kind = call.text("filter")
    chosen = [
        entry
        for entry in _within(call, zone, account.log_entries)
        if entry["type"] == "notify_log_entry"
        and kind in {None, entry["channel"]["notification"]["type"]}
    ]
    answer = page(call).of("notifications", chosen)
    answer["notifications"] = [
        {
            **entry["channel"]["notification"],
            "started_at": times.written(times.instant(entry["at"], zone=dt.UTC), zone=zone),
            "user": references.reference(account, "user", entry["user"], call.base_url),
        }
        for entry in answer["notifications"]
    ]
    return Reply(status=200, body=answer)
