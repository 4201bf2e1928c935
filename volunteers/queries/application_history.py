"""What became of an application, step by step, from the audit trail."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from audit.models import AuditEvent
from common import wording
from volunteers.models import Engineer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volunteers.models import Application

WORDS = {
    "applied": "Sent",
    "changed": "Changed",
    "withdrew": "Withdrawn",
    "accepted": "Accepted",
    "declined": "Declined",
    "put on the waiting list": "Put on the waiting list",
    "took off the waiting list": "Taken off the waiting list, waits for an answer",
    "moved up the waiting list": "Moved up the waiting list",
    "moved down the waiting list": "Moved down the waiting list",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that happened to it: when, by whom, what in words."""

    at: dt.datetime
    by: str
    what: str
    more: str


def history_of(*, application: Application) -> list[Step]:
    """All that happened to the application, the newest first; two queries."""
    events = list(
        AuditEvent.objects.filter(
            area=AuditEvent.Area.PEOPLE,
            subject__startswith=f"application {application.pk} to ",
        ).order_by("-at", "-pk")
    )
    names = dict(
        Engineer.objects.filter(email__in={event.actor for event in events}).values_list(
            "email", "name"
        )
    )
    return [
        Step(
            at=event.at,
            by=names.get(event.actor, event.actor),
            what=WORDS.get(event.verb, event.verb),
            more=_more(event.after or {}),
        )
        for event in events
    ]


def _more(after: Mapping[str, object]) -> str:
    if "place" in after:
        return f"number {after['place']}"
    if "ends_on" in after:
        return f"{_day(after['starts_on'])} to {_day(after['ends_on'])}"
    return ""


def _day(text: object) -> str:
    return wording.day(dt.date.fromisoformat(str(text)))
