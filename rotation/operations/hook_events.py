"""A stored event's life with its worker: claimed, read once, or failed where people see it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from audit.operations import Area, record
from rotation.domain import incidents as incidents_domain
from rotation.models import WebhookEvent
from rotation.operations import incidents

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from audit.operations import Actor

LEASE = dt.timedelta(seconds=60)
MOST_TRIES = 5
GIVEN_UP = f"Tried {MOST_TRIES} times, and the last worker ended in the middle."
State = WebhookEvent.State


def handle(*, event_id: int, holder: str, now: dt.datetime, real_now: dt.datetime) -> bool:
    """Read one waiting event into the rows of its incident; False if another worker has it.

    A worker that dies lets its lease run out, and the next one does the same again.
    """
    event = _claim(event_id, holder, real_now)
    if event is None:
        return False
    with transaction.atomic():
        failure = ""
        try:
            incidents_domain.told_by_event(event.body)
            incidents.rebuild(ref=event.incident_ref, now=now)
        except incidents_domain.BadEventError as error:
            failure = str(error)
        _held(event_id, holder).update(
            state=State.FAILED if failure else State.DONE,
            failure=failure[:500],
            handled_at=now,
            leased_until=None,
            lease_holder="",
        )
    return True


def try_failed_again(*, actor: Actor, now: dt.datetime) -> int:
    """Let every failed event wait again; returns how many."""
    with transaction.atomic():
        again = WebhookEvent.objects.filter(state=State.FAILED).update(
            state=State.WAITING, tries=0, failure="", handled_at=None
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="asked to read again",
            subject=f"{again} events of PagerDuty that could not be read",
        )
    return again


def _claim(event_id: int, holder: str, real_now: dt.datetime) -> WebhookEvent | None:
    """The event for a minute; one that was claimed too often is given up as failed."""
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    free = WebhookEvent.objects.filter(idle, pk=event_id, state=State.WAITING)
    if free.filter(tries__gte=MOST_TRIES).update(
        state=State.FAILED, failure=GIVEN_UP, leased_until=None, lease_holder=""
    ):
        return None
    taken = free.update(leased_until=real_now + LEASE, lease_holder=holder, tries=F("tries") + 1)
    return WebhookEvent.objects.get(pk=event_id) if taken else None


def _held(event_id: int, holder: str) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(pk=event_id, state=State.WAITING, lease_holder=holder)
