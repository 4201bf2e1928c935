"""How long stored events are kept: whole, then only what tells a replay, then not at all.

Incidents and pages stay. No time is signed, so that a replay is known by the event's id alone:
PagerDuty tries for two days to deliver, ids are kept for three months, and what comes again even
later tells nothing that the incident does not have already.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from rotation.models import WebhookEvent
from rotation.operations import incidents

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = dt.timedelta(days=14)
KNOWN = dt.timedelta(days=90)
MOST = 500
State = WebhookEvent.State


def forget_old_events(*, now: dt.datetime, most: int = MOST) -> int:
    """Cut the bodies of events read two weeks ago, drop those read 90 days ago; how many.

    A bounded number of each, the oldest first; the next sweep goes on. What waits to be read, and
    what could not be read and so waits for a person, stays whole.
    """
    return _cut(now=now, most=most) + _drop(now=now, most=most)


def _cut(*, now: dt.datetime, most: int) -> int:
    old = WebhookEvent.objects.filter(
        cut_at__isnull=True, state__in=[State.DONE, State.IGNORED], handled_at__lte=now - WHOLE
    )
    rows = list(old.order_by("handled_at", "pk").values_list("pk", "incident_ref", "state")[:most])
    ignored = [pk for pk, _ref, state in rows if state == State.IGNORED]
    cut = old.filter(pk__in=ignored, state=State.IGNORED).update(body={}, cut_at=now)
    by_incident = _by_incident((ref, pk) for pk, ref, state in rows if state == State.DONE)
    for ref, event_ids in by_incident.items():
        cut += incidents.keep_told(ref=ref, event_ids=event_ids, now=now)
    return cut


def _by_incident(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for ref, pk in pairs:
        found.setdefault(ref, []).append(pk)
    return found


def _drop(*, now: dt.datetime, most: int) -> int:
    old = WebhookEvent.objects.filter(cut_at__isnull=False, handled_at__lte=now - KNOWN)
    with transaction.atomic():
        ids = list(old.order_by("handled_at", "pk").values_list("pk", flat=True)[:most])
        return old.filter(pk__in=ids).delete()[0]
