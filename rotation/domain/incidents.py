"""What became of an incident, folded from all that PagerDuty told of it.

Events may come twice and in any order, and the log that PagerDuty keeps may be read at any time:
the fold looks at the whole, so that the same things told always give the same story.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from rotation.domain import hook_bodies

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence


class BadEventError(ValueError):
    """An event of an incident lacks what every one has."""


class Kind(enum.StrEnum):
    """What happened."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    REASSIGNED = "reassigned"
    DELEGATED = "delegated"
    RESOLVED = "resolved"
    NOTIFIED = "notified"
    SEEN = "seen"


ASSIGNING = {Kind.TRIGGERED, Kind.ESCALATED, Kind.REASSIGNED, Kind.DELEGATED}

# Beyond them there is no arithmetic with zones and weeks left.
YEARS = range(2000, 2200)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class User:
    """PagerDuty's user: id and name."""

    ref: str
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """The incident as it was when something was told of it; empty texts where nothing was."""

    number: int | None
    title: str
    urgency: str
    html_url: str
    service_ref: str
    service_name: str
    policy_ref: str
    teams: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One thing that happened, to the second.

    `people` are those whom it was given to, who was notified, or who acknowledged. `is_record` is
    true for what stands in PagerDuty's log.
    """

    kind: Kind
    at: dt.datetime
    people: tuple[User, ...] = ()
    about: About | None = None
    is_record: bool = False
    ref: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Paged:
    """A person notified: since when, and when they acknowledged, if they did."""

    user: User
    paged_at: dt.datetime
    acknowledged_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """The incident; `policy_refs` are its escalation policies, the latest first."""

    about: About
    policy_refs: tuple[str, ...]
    triggered_at: dt.datetime
    acknowledged_at: dt.datetime | None
    resolved_at: dt.datetime | None
    escalations: int
    pages: tuple[Paged, ...]
    told_at: dt.datetime


def told_by_event(body: Any) -> Told:
    """One stored event as what it tells.

    Raises:
        BadEventError: it is none of an incident, or lacks its instant.
    """
    try:
        event = body["event"]
        kind = Kind(event["event_type"].removeprefix("incident."))
        data = event["data"]
        at = hook_bodies.instant_or_none(event.get("occurred_at"))
        if at is None:
            at = hook_bodies.instant_or_none(data["created_at"])
        if at is None:
            raise BadEventError("The event does not say when it happened.")
        if at.year not in YEARS:
            raise BadEventError(f"The event says that it happened in the year {at.year}.")
        if not (isinstance(data["id"], str) and data["id"]):
            raise BadEventError("The event does not name its incident.")
        people = data.get("assignees") or []
        if kind is Kind.ACKNOWLEDGED:
            people = [event.get("agent")]
        return Told(kind=kind, at=at, people=users(people), about=about(data), ref=str(event["id"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadEventError(f"The event lacks what one of an incident has: {error}.") from error


def about(data: Mapping[str, Any]) -> About:
    """The incident of an event, or of an answer: they name its number differently."""
    number = data.get("number", data.get("incident_number"))
    service, policy = data.get("service") or {}, data.get("escalation_policy") or {}
    return About(
        number=number if isinstance(number, int) and 0 <= number < 2**31 else None,
        title=str(data.get("title") or "")[:500],
        urgency=str(data.get("urgency") or "")[:16],
        html_url=str(data.get("html_url") or "")[:300],
        service_ref=str(service.get("id") or "")[:64],
        service_name=str(service.get("summary") or "")[:255],
        policy_ref=str(policy.get("id") or "")[:64],
        teams=tuple(str(team.get("summary") or "") for team in data.get("teams") or []),
    )


def users(found: Iterable[Mapping[str, Any] | None]) -> tuple[User, ...]:
    """Those of the references that are users."""
    return tuple(
        User(ref=str(each["id"])[:64], name=str(each.get("summary") or "")[:200])
        for each in found
        if each and str(each.get("type", "")).startswith("user")
    )


def story(told: Iterable[Told]) -> Story:
    """The whole of it; at least one thing was told.

    Once PagerDuty's log holds the end, it alone says who was notified. Until then whoever was
    given the incident counts as notified too.
    """
    things = sorted(set(told), key=lambda each: (each.at, each.is_record, each.ref, each.kind))
    record = [each for each in things if each.is_record]
    is_final = any(each.kind is Kind.RESOLVED for each in record)
    known = record if is_final else things
    abouts = [each.about for each in reversed(things) if each.about is not None]
    return Story(
        about=abouts[0] if abouts else about({}),
        policy_refs=tuple(dict.fromkeys(each.policy_ref for each in abouts if each.policy_ref)),
        triggered_at=_first(things, Kind.TRIGGERED) or things[0].at,
        acknowledged_at=_first(known, Kind.ACKNOWLEDGED),
        resolved_at=_last(known, Kind.RESOLVED),
        escalations=max(_count(record), 0 if is_final else _count(things, is_record=False)),
        pages=_pages(known, is_final=is_final),
        told_at=things[-1].at,
    )


def _pages(things: Sequence[Told], *, is_final: bool) -> tuple[Paged, ...]:
    first: dict[str, tuple[dt.datetime, User]] = {}
    notified = [each for each in things if each.kind is Kind.NOTIFIED]
    given = [] if is_final else [each for each in things if each.kind in ASSIGNING]
    for each in (*notified, *given):
        for user in each.people:
            first.setdefault(user.ref, (each.at, user))
    acknowledged = [each for each in things if each.kind is Kind.ACKNOWLEDGED]
    return tuple(
        Paged(user=user, paged_at=at, acknowledged_at=_by(acknowledged, user, at))
        for at, user in sorted(first.values())
    )


def _by(acknowledged: Iterable[Told], user: User, since: dt.datetime) -> dt.datetime | None:
    found = [
        each.at
        for each in acknowledged
        if each.at >= since and any(one.ref == user.ref for one in each.people)
    ]
    return min(found, default=None)


def _first(things: Iterable[Told], kind: Kind) -> dt.datetime | None:
    return min((each.at for each in things if each.kind is kind), default=None)


def _last(things: Iterable[Told], kind: Kind) -> dt.datetime | None:
    return max((each.at for each in things if each.kind is kind), default=None)


def _count(things: Iterable[Told], *, is_record: bool = True) -> int:
    """Escalations told by the log, or by events."""
    return sum(each.kind is Kind.ESCALATED and each.is_record is is_record for each in things)
