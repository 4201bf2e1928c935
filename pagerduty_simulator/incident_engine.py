"""What happens to an incident: whom it is given to, who is told when, and when it climbs.

Instants are texts in UTC of one form, so that they are compared as they stand.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from pagerduty_simulator import events, log_entries, policies, timeline, times, users

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pagerduty_simulator.state import Account, Json

TRIGGERED, ACKNOWLEDGED, RESOLVED = "triggered", "acknowledged", "resolved"

_LONGEST_TITLE = 255


class Agent(NamedTuple):
    """What made something happen: `user` or `service`, and its id."""

    kind: str
    id: str


class NotPossibleError(ValueError):
    """The incident cannot be made, or cannot be changed that way."""


def trigger(
    account: Account, *, service_id: str, title: str, at: int, urgency: str = "high"
) -> Json:
    """Make an incident of a service and give it to whoever is on call first.

    Raises:
        NotPossibleError: no such service, a blank title, or nobody is on call at any level:
            PagerDuty makes no incident then.
    """
    if not title.strip() or len(title) > _LONGEST_TITLE:
        raise NotPossibleError(f"a title has 1 to {_LONGEST_TITLE} characters")
    if urgency not in {"high", "low"}:
        raise NotPossibleError("the urgency is high or low")
    incident = _new(account, service_id, at)
    incident |= {"title": title.strip(), "urgency": urgency}
    first = _next_level(account, incident, after=0, at=at)
    if first is None:
        raise NotPossibleError("nobody is on call at any level: no incident is made")
    agent = Agent("service", service_id)
    log_entries.add(account, incident, "trigger_log_entry", at=at, agent=agent)
    _give(account, incident, level=first, assignees=_on_call(account, incident, first, at), at=at)
    account.incidents.put(incident)
    events.emit(account, "incident.triggered", incident, at=at, agent=agent)
    advance(account, at)
    return account.incidents.get(incident["id"]) or incident


def _new(account: Account, service_id: str, at: int) -> Json:
    service = account.services.get(service_id)
    if service is None:
        raise NotPossibleError(f"there is no service {service_id!r}")
    policy_id = (service.get("escalation_policy") or {}).get("id")
    policy = account.escalation_policies.get(policy_id)
    if policy is None:
        raise NotPossibleError(f"the service {service['name']!r} has no escalation policy")
    incident_id = account.new_id(prefix="Q", length=14)
    written = times.written_utc(at)
    return {
        "id": incident_id,
        "number": 1 + max((item["number"] for item in account.incidents), default=0),
        "service": service["id"],
        "policy": policy["id"],
        # As it was when the incident began: later changes of the policy do not move it.
        "rules": policy["escalation_rules"],
        "num_loops": policy["num_loops"],
        "key": incident_id.lower(),
        "status": TRIGGERED,
        "created_at": written,
        "updated_at": written,
        "changed_at": written,
        "changed_by": {"kind": "service", "id": service["id"]},
        "resolved_at": None,
        "level": 0,
        "loop": 0,
        "assignees": [],
        "acknowledgements": [],
        "notices": [],
        "escalate_at": None,
    }


def advance(account: Account, now: int) -> bool:
    """Carry out what is due until now, each thing at its own instant; whether there was any."""
    until = times.written_utc(now)
    moved = False
    for incident in [item for item in account.incidents if item["status"] == TRIGGERED]:
        while (due := _next_due(account, incident)) is not None and due <= until:
            _step(account, dict(incident), due)
            incident = account.incidents.get(incident["id"]) or incident  # noqa: PLW2901 - as kept
            moved = True
    return moved


def _next_due(account: Account, incident: Json) -> str | None:
    current = account.incidents.get(incident["id"]) or incident
    if current["status"] != TRIGGERED:
        return None
    instants = [notice["at"] for notice in current["notices"]]
    if current["escalate_at"] is not None:
        instants.append(current["escalate_at"])
    return min(instants, default=None)


def _step(account: Account, incident: Json, due: str) -> None:
    """The escalation of this instant, or else its notices: a rule as late as that never fires."""
    at = times.instant(due, zone=dt.UTC)
    if incident["escalate_at"] == due:
        _escalate(account, incident, at)
        return
    notices = [item for item in incident["notices"] if item["at"] == due]
    incident["notices"] = [item for item in incident["notices"] if item["at"] != due]
    for notice in notices:
        log_entries.add_notice(account, incident, notice, at=at)
    account.incidents.put(incident)


def _escalate(account: Account, incident: Json, at: int) -> None:
    """To the next level with somebody on call, round again as often as the policy says."""
    service = Agent("service", incident["service"])
    level = _next_level(account, incident, after=incident["level"], at=at)
    if level is None and incident["loop"] < incident["num_loops"]:
        incident["loop"] += 1
        log_entries.add(account, incident, "repeat_escalation_path_log_entry", at=at, agent=service)
        level = _next_level(account, incident, after=0, at=at)
    if level is None:
        incident["escalate_at"] = None
        log_entries.add(
            account, incident, "exhaust_escalation_path_log_entry", at=at, agent=service
        )
        account.incidents.put(incident)
        return
    people = _on_call(account, incident, level, at)
    log_entries.add(account, incident, "escalate_log_entry", at=at, agent=service, assignees=people)
    _give(account, incident, level=level, assignees=people, at=at, logged=False)
    account.incidents.put(incident)
    events.emit(account, "incident.escalated", incident, at=at, agent=service)


def _next_level(account: Account, incident: Json, *, after: int, at: int) -> int | None:
    """The first level behind this one with somebody on call at the instant; levels from 1."""
    levels = range(after + 1, len(incident["rules"]) + 1)
    return next((level for level in levels if _on_call(account, incident, level, at)), None)


def _on_call(account: Account, incident: Json, level: int, at: int) -> list[str]:
    how = timeline.manner(account.switches)
    found = []
    for target in incident["rules"][level - 1]["targets"]:
        if policies.KINDS[target["type"]] == "user":
            found.append(target["id"])
            continue
        schedule = account.schedules.get(target["id"])
        entry = timeline.on_call_at(schedule, now=at, how=how) if schedule else None
        if entry:
            found.append(entry.user)
    return [user for user in dict.fromkeys(found) if user in account.users]


def _give(
    account: Account,
    incident: Json,
    *,
    level: int,
    assignees: Sequence[str],
    at: int,
    logged: bool = True,
) -> None:
    """Assign the incident at a level; the people before are told no more."""
    written = times.written_utc(at)
    incident["level"] = level
    incident["assignees"] = [{"user": user, "at": written} for user in assignees]
    incident["updated_at"] = written
    incident["notices"] = [
        notice for user in assignees for notice in _notices(account, incident, user, at)
    ]
    incident["escalate_at"] = None
    if incident["urgency"] == "high":
        minutes = incident["rules"][level - 1]["escalation_delay_in_minutes"]
        incident["escalate_at"] = times.written_utc(at + 60 * minutes)
    if logged:
        agent = Agent("service", incident["service"])
        log_entries.add(
            account, incident, "assign_log_entry", at=at, agent=agent, assignees=assignees
        )


def _notices(account: Account, incident: Json, user_id: str, at: int) -> list[Json]:
    """When and how the user's rules tell of the incident; a blocked contact is never told."""
    user = account.users.get(user_id)
    if user is None:
        return []
    methods = {method["id"]: method for method in users.contact_methods(user, "")}
    found = []
    for rule in users.notification_rules(user, ""):
        method = methods.get(str((rule["contact_method"] or {}).get("id")))
        if method is None or rule["urgency"] != incident["urgency"]:
            continue
        if method.get("blacklisted") or method.get("enabled") is False:
            continue
        found.append(
            {
                "at": times.written_utc(at + 60 * rule["start_delay_in_minutes"]),
                "user": user_id,
                "means": method["type"].removesuffix("_contact_method"),
                "address": method["address"],
            }
        )
    return found


def acknowledge(account: Account, incident_id: str, *, by: str, at: int) -> None:
    """Somebody has seen it: nobody else is told, and it climbs no further.

    Raises:
        NotPossibleError: there is no such incident, or it is resolved.
    """
    incident = _open(account, incident_id)
    written, agent = times.written_utc(at), Agent("user", by)
    incident["acknowledgements"] = [*incident["acknowledgements"], {"user": by, "at": written}]
    log_entries.add(account, incident, "acknowledge_log_entry", at=at, agent=agent)
    _changed(account, incident, "incident.acknowledged", status=ACKNOWLEDGED, at=at, agent=agent)


def resolve(account: Account, incident_id: str, *, by: str, at: int) -> None:
    """It is over: nobody holds it any more.

    Raises:
        NotPossibleError: there is no such incident, or it is resolved already.
    """
    incident = _open(account, incident_id)
    agent = Agent("user", by)
    incident |= {"assignees": [], "acknowledgements": [], "resolved_at": times.written_utc(at)}
    log_entries.add(account, incident, "resolve_log_entry", at=at, agent=agent)
    _changed(account, incident, "incident.resolved", status=RESOLVED, at=at, agent=agent)


def escalate(account: Account, incident_id: str, *, by: str, at: int) -> None:
    """Hand it to the next level at once, as the button of the same name does.

    Raises:
        NotPossibleError: it is not open, or nobody is on call behind its level.
    """
    incident = _open(account, incident_id)
    level = _next_level(account, incident, after=incident["level"], at=at)
    if level is None:
        raise NotPossibleError("there is no level behind this one with somebody on call")
    people, agent = _on_call(account, incident, level, at), Agent("user", by)
    log_entries.add(account, incident, "escalate_log_entry", at=at, agent=agent, assignees=people)
    _give(account, incident, level=level, assignees=people, at=at, logged=False)
    incident |= {"status": TRIGGERED, "acknowledgements": []}
    account.incidents.put(incident)
    events.emit(account, "incident.escalated", incident, at=at, agent=agent)
    advance(account, at)


def reassign(account: Account, incident_id: str, people: list[str], *, by: str, at: int) -> None:
    """Give it to these people instead, at the level where it is.

    Raises:
        NotPossibleError: it is not open, or one of them is unknown.
    """
    incident = _open(account, incident_id)
    if not people or any(user not in account.users for user in people):
        raise NotPossibleError("an assignee is unknown")
    agent = Agent("user", by)
    log_entries.add(account, incident, "assign_log_entry", at=at, agent=agent, assignees=people)
    _give(account, incident, level=incident["level"], assignees=people, at=at, logged=False)
    incident |= {"status": TRIGGERED, "acknowledgements": []}
    account.incidents.put(incident)
    events.emit(account, "incident.reassigned", incident, at=at, agent=agent)
    advance(account, at)


def _open(account: Account, incident_id: str) -> Json:
    incident = account.incidents.get(incident_id)
    if incident is None:
        raise NotPossibleError(f"there is no incident {incident_id!r}")
    if incident["status"] == RESOLVED:
        raise NotPossibleError("Incident Already Resolved")
    return dict(incident)


def _changed(
    account: Account, incident: Json, event_type: str, *, status: str, at: int, agent: Agent
) -> None:
    written = times.written_utc(at)
    incident |= {
        "status": status,
        "updated_at": written,
        "changed_at": written,
        "changed_by": {"kind": agent.kind, "id": agent.id},
        "notices": [],
        "escalate_at": None,
    }
    account.incidents.put(incident)
    events.emit(account, event_type, incident, at=at, agent=agent)
