"""What waits to be read of what PagerDuty told, and what was not understood when it came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from common.periods import Period
from rotation.models import (
    Incident,
    Page,
    PagerDutyPerson,
    Rotation,
    WebhookCare,
    WebhookEvent,
    WebhookSubscription,
)
from rotation.queries import syncing

MOST_EVENTS = 500
MOST_INCIDENTS = 100
SETTLED = dt.timedelta(minutes=15)
STRETCH = dt.timedelta(days=7)


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


def adopted_policies() -> list[str]:
    """PagerDuty's ids of policies that were there before Rota used them, and had incidents."""
    found = Rotation.objects.filter(pagerduty_policy_is_adopted=True)
    refs = found.exclude(pagerduty_policy_ref="").order_by("pagerduty_policy_ref")
    return list(refs.values_list("pagerduty_policy_ref", flat=True))


def reading_back() -> WebhookCare | None:
    """The row that says how far back incidents were read; None when nothing is left to read."""
    return WebhookCare.objects.filter(read_back_to__gt=F("read_back_until")).first()


def past_to_read() -> Period | None:
    """The latest week of the past that is not read; None when nothing is left to read."""
    care = reading_back()
    if care is None or care.read_back_to is None or care.read_back_until is None:
        return None
    starts_at = max(care.read_back_to - STRETCH, care.read_back_until)
    return Period(starts_at=starts_at, ends_at=care.read_back_to)


def is_past_to_read(ref: str, *, policy: Any) -> bool:
    """Whether an incident of the past is ours, and its log neither whole nor just read."""
    if not is_ours(ref, policy=policy):
        return False
    began = WebhookCare.objects.values("read_back_from")[:1]
    read = Q(filled_at__gte=Subquery(began)) | Q(
        resolved_at__isnull=False, filled_at__gte=F("resolved_at")
    )
    return not Incident.objects.filter(read, ref=ref).exists()


def is_to_read_back(*, now: dt.datetime, real_now: dt.datetime) -> bool:
    """Whether the past is to be read and nothing that people wait for comes first."""
    if not _is_open():
        return False
    return is_quiet(now=now, real_now=real_now)


def is_quiet(*, now: dt.datetime, real_now: dt.datetime) -> bool:
    """Whether no sync run waits for its turn with PagerDuty."""
    return not syncing.waiting_run_ids(now=now, real_now=real_now)


def _is_open() -> bool:
    """Whether something of the past is to be read, or nobody has begun."""
    if not WebhookSubscription.objects.filter(retired_at__isnull=True).exists():
        return False
    care = WebhookCare.objects.first()
    if care is None or care.read_back_from is None or reading_back() is not None:
        return True
    return not set(adopted_policies()) <= set(care.read_back_for)


def is_ours(ref: str, *, policy: Any) -> bool:
    """Whether an incident of that escalation policy, as PagerDuty answers it, is counted."""
    policy_ref = str(policy.get("id") or "") if isinstance(policy, dict) else ""
    if policy_ref and Rotation.objects.filter(pagerduty_policy_ref=policy_ref).exists():
        return True
    return Incident.objects.filter(ref=ref, rotation__isnull=False).exists()
