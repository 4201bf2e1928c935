"""What waits to be read of what PagerDuty told, and what was not understood when it came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from rotation.models import Incident, Page, PagerDutyPerson, Rotation, WebhookEvent

MOST_EVENTS = 500
MOST_INCIDENTS = 100
SETTLED = dt.timedelta(minutes=15)


def waiting_event_ids(*, real_now: dt.datetime) -> list[int]:
    """Events that nobody reads at the moment, the oldest first, a bounded number."""
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    waiting = WebhookEvent.objects.filter(idle, state=WebhookEvent.State.WAITING)
    return list(waiting.order_by("received_at", "pk").values_list("pk", flat=True)[:MOST_EVENTS])


def incidents_to_join() -> list[str]:
    """Incidents whose rotation or people are known by now, by PagerDuty's id."""
    rotations = Rotation.objects.filter(pagerduty_policy_ref=OuterRef("policy_ref"))
    people = PagerDutyPerson.objects.filter(user_ref=OuterRef("user_ref"))
    pages = Page.objects.filter(Exists(people), incident=OuterRef("pk"), engineer__isnull=True)
    lost = Q(Exists(rotations), rotation__isnull=True) & ~Q(policy_ref="")
    found = Incident.objects.filter(lost | Exists(pages)).order_by("pk")
    return list(found.values_list("ref", flat=True)[:MOST_INCIDENTS])


def incidents_to_fill(*, now: dt.datetime) -> list[str]:
    """Incidents of our rotations whose log is to be read, by PagerDuty's id, the oldest first.

    Once a while after they began, and once when they are over.
    """
    never = Q(filled_at__isnull=True, triggered_at__lte=now - SETTLED)
    over = Q(resolved_at__isnull=False) & (
        Q(filled_at__isnull=True) | Q(filled_at__lt=F("resolved_at"))
    )
    found = Incident.objects.filter(never | over, rotation__isnull=False)
    return list(found.order_by("triggered_at", "pk").values_list("ref", flat=True)[:MOST_INCIDENTS])


def open_incidents(*, before: dt.datetime) -> list[str]:
    """Incidents of our rotations that began before and are not known to be over, oldest first."""
    found = Incident.objects.filter(
        rotation__isnull=False, resolved_at__isnull=True, triggered_at__lt=before
    )
    return list(found.order_by("triggered_at", "pk").values_list("ref", flat=True)[:MOST_INCIDENTS])


def is_ours(ref: str, *, policy: Any) -> bool:
    """Whether an incident of that escalation policy, as PagerDuty answers it, is counted."""
    policy_ref = str(policy.get("id") or "") if isinstance(policy, dict) else ""
    if policy_ref and Rotation.objects.filter(pagerduty_policy_ref=policy_ref).exists():
        return True
    return Incident.objects.filter(ref=ref, rotation__isnull=False).exists()
