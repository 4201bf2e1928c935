"""What is kept of an incident: the log that PagerDuty has of it, and what its events told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from rotation.domain import hook_bodies, incidents
from rotation.domain.incidents import Kind, Told, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.domain.incidents import About

# Both names of an acknowledgement stand in PagerDuty's description.
KINDS = {
    "trigger_log_entry": Kind.TRIGGERED,
    "acknowledge_log_entry": Kind.ACKNOWLEDGED,
    "acknowledgement_log_entry": Kind.ACKNOWLEDGED,
    "escalate_log_entry": Kind.ESCALATED,
    "assign_log_entry": Kind.REASSIGNED,
    "delegate_log_entry": Kind.DELEGATED,
    "resolve_log_entry": Kind.RESOLVED,
    "notify_log_entry": Kind.NOTIFIED,
}


def kept(
    incident: Mapping[str, Any] | None,
    entries: Iterable[Mapping[str, Any]],
    *,
    read_at: dt.datetime,
) -> list[dict[str, Any]]:
    """What is kept of an incident, where it was read too, and of its log entries, oldest first.

    Entries of other kinds, and those without an instant, are left out.
    """
    lines: list[dict[str, Any]] = []
    if incident is not None:
        lines.append(_line(Kind.SEEN, read_at.replace(microsecond=0)))
        lines[0]["incident"] = _about_line(incidents.about(incident))
        began_at = hook_bodies.instant_or_none(incident.get("created_at"))
        if began_at is not None:
            lines.append(_line(Kind.TRIGGERED, began_at))
    for entry in entries:
        kind = KINDS.get(str(entry.get("type")))
        at = hook_bodies.instant_or_none(entry.get("created_at"))
        if kind is not None and at is not None:
            lines.append(_line(kind, at, _people(kind, entry)))
    return sorted(lines, key=lambda line: (str(line["at"]), str(line["kind"])))


def told(record: Sequence[Mapping[str, Any]]) -> list[Told]:
    """What a kept record tells."""
    return [dataclasses.replace(_told(line), is_record=True) for line in record]


def with_told(lines: Sequence[dict[str, Any]], news: Iterable[Told]) -> list[dict[str, Any]]:
    """The lines with what events told, each event once."""
    found = {str(line["ref"]): line for line in lines}
    for one in news:
        line = _line(one.kind, one.at, one.people) | {"ref": one.ref}
        if one.about is not None:
            line["incident"] = _about_line(one.about)
        found[one.ref] = line
    return sorted(found.values(), key=lambda line: (str(line["at"]), str(line["ref"])))


def told_by_events(lines: Sequence[Mapping[str, Any]]) -> list[Told]:
    """What lines tell that were made of events, as those events told it."""
    return [dataclasses.replace(_told(line), ref=str(line["ref"])) for line in lines]


def _told(line: Mapping[str, Any]) -> Told:
    return Told(
        kind=Kind(line["kind"]),
        at=dt.datetime.fromisoformat(line["at"]),
        people=tuple(User(ref=ref, name=name) for ref, name in line["people"]),
        about=incidents.about(line["incident"]) if "incident" in line else None,
    )


def _line(kind: Kind, at: dt.datetime, people: Iterable[User] = ()) -> dict[str, Any]:
    refs = [[user.ref, user.name] for user in people]
    return {"kind": str(kind), "at": at.isoformat(), "people": refs}


def _people(kind: Kind, entry: Mapping[str, Any]) -> tuple[User, ...]:
    if kind is Kind.NOTIFIED:
        return incidents.users([entry.get("user")])
    if kind is Kind.ACKNOWLEDGED:
        return incidents.users([entry.get("agent")])
    return incidents.users(entry.get("assignees") or [])


def _about_line(about: About) -> dict[str, Any]:
    """The part of an incident that is kept, in PagerDuty's words."""
    return {
        "number": about.number,
        "title": about.title,
        "urgency": about.urgency,
        "html_url": about.html_url,
        "service": {"id": about.service_ref, "summary": about.service_name},
        "escalation_policy": {"id": about.policy_ref},
        "teams": [{"summary": name} for name in about.teams],
    }
