"""The demo company's past incidents: PagerDuty's log of each, read as the product reads it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from rotation.domain import incident_records
from rotation.models import PagerDutyPerson, Rotation, Shift
from rotation.operations import incidents
from rotation.queries import worked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.seeding.story import Story

POLICY = "PDEMO00"
MINUTE = dt.timedelta(minutes=1)
ESCALATES_AFTER = 15 * MINUTE


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An incident: so many days after a week's handover, answered after so many minutes."""

    week: int
    days: float
    service: str
    title: str
    minutes: int


_ROWS = (
    (-10, 0.61, "Inbox", "Queue of outgoing mail stands still", 4),
    (-10, 4.40, "Payments", "Card payments fail for one bank", 2),
    (-9, 2.55, "Search", "Index is six hours old", 11),
    (-8, 1.58, "Inbox", "Queue of outgoing mail stands still", 3),
    (-8, 1.66, "Inbox", "Mail store answers slowly", 22),
    (-7, 5.20, "Identity", "Sign-in answers slowly", 5),
    (-6, 3.56, "Data", "Disk of the primary is 90 % full", 6),
    (-5, 0.45, "Payments", "Refunds wait for more than an hour", 9),
    (-4, 6.62, "Inbox", "Queue of outgoing mail stands still", 19),
    (-3, 2.35, "Search", "No results for one language", 7),
    (-2, 4.59, "Data", "Replica is ten minutes behind", 3),
    (-2, 5.95, "Inbox", "Mail store answers slowly", 4),
    (-1, 1.60, "Payments", "Card payments fail for one bank", 2),
    (-1, 5.61, "Inbox", "Queue of outgoing mail stands still", 5),
)
PAST = tuple(
    Past(week=week, days=days, service=service, title=title, minutes=minutes)
    for week, days, service, title, minutes in _ROWS
)


def tell(story: Story) -> None:
    """Write the incidents, with names of PagerDuty's that only stand for the time of writing.

    Who is who there, and which escalation policy is theirs, the running product finds by itself.
    """
    with transaction.atomic():
        same = Rotation.objects.filter(pk=story.rotation.pk)
        same.update(pagerduty_policy_ref=POLICY)
        for person in story.people.values():
            PagerDutyPerson.objects.create(engineer=person, user_ref=_ref(person.pk))
        for number, past in enumerate(PAST, start=1):
            _happen(story, number, past)
        PagerDutyPerson.objects.all().delete()
        same.update(pagerduty_policy_ref="")


def _happen(story: Story, number: int, past: Past) -> None:
    at = story.at(past.week, past.days).replace(microsecond=0)
    entries = list(_entries(story, past, at))
    if not entries:
        return  # nobody carried that week
    incident = {
        "incident_number": number,
        "title": past.title,
        "urgency": "high",
        "service": {"id": f"PDEMO{past.service[:2].upper()}", "summary": past.service},
        "escalation_policy": {"id": POLICY},
        "teams": [{"summary": past.service}],
        "created_at": at.isoformat(),
    }
    read_at = at + dt.timedelta(hours=2)
    record = incident_records.kept(incident, entries, read_at=read_at)
    incidents.keep_record(ref=f"QDEMO{number:03}", record=record, now=read_at)


def _entries(story: Story, past: Past, at: dt.datetime) -> Iterator[dict[str, Any]]:
    """Whoever carries is told, level 2 after a quarter of an hour; the last one told answers."""
    answered_at = at + past.minutes * MINUTE
    levels = ("primary", "escalation") if past.minutes * MINUTE > ESCALATES_AFTER else ("primary",)
    told = [user for name in levels if (user := _carrier(story, name, at)) is not None]
    if not told:
        return
    for place, user in enumerate(told):
        yield _entry("notify", at + place * ESCALATES_AFTER, user=user)
    if len(told) > 1:
        yield _entry("escalate", at + ESCALATES_AFTER, assignees=told[1:])
    yield _entry("acknowledge", answered_at, agent=told[-1])
    yield _entry("resolve", at + dt.timedelta(hours=1))


def _entry(kind: str, at: dt.datetime, **fields: Any) -> dict[str, Any]:
    return {"type": f"{kind}_log_entry", "created_at": at.isoformat(), **fields}


def _carrier(story: Story, level: str, at: dt.datetime) -> dict[str, str] | None:
    shifts = Shift.objects.filter(
        level__rotation=story.rotation, level__name=level, starts_at__lte=at, ends_at__gt=at
    )
    for shift in worked.worked_shifts(shifts=shifts):
        stint = shift.stint_at(at)
        if stint is not None and stint.person is not None:
            name = next(each.name for each in story.people.values() if each.pk == stint.person)
            return {"id": _ref(stint.person), "type": "user_reference", "summary": name}
    return None


def _ref(engineer_id: int) -> str:
    return f"PDEMO{engineer_id:03}"
