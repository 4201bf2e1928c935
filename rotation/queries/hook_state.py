"""How things stand with PagerDuty's web-hooks: the subscription, what came, what was refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Q, Sum

from rotation.models import (
    Incident,
    Rotation,
    WebhookCare,
    WebhookEvent,
    WebhookRefusal,
    WebhookSubscription,
)
from rotation.queries import hook_work
from volunteers.access import managers_of
from volunteers.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECK_EVERY = dt.timedelta(days=1)
A_WEEK = dt.timedelta(days=7)
PATH = "/hooks/pagerduty/"
LONG = dt.timedelta(minutes=30)
MOST_FAILED = 20
READERS = "Managers and admins see how PagerDuty’s events come in."
CHANGERS = "Only an admin changes the secret, or has events read again."


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FailedEvent:
    """An event that could not be read, and why."""

    event_ref: str
    event_type: str
    received_at: dt.datetime
    failure: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HookState:
    """The subscription and what came by it; instants are None where nothing happened yet.

    `refused` counts those of the last seven days. `order` is what somebody asked for and no worker
    has done yet. What was before the subscription is read backwards, from `read_back_from` down to
    `read_back_to` so far, until `read_back_until` is reached.
    """

    url: str
    ref: str
    since: dt.datetime | None
    checked_at: dt.datetime | None
    disabled_at: dt.datetime | None
    filled_until: dt.datetime | None
    last_event_at: dt.datetime | None
    waiting: int
    failed: int
    failed_events: Sequence[FailedEvent]
    refused: int
    order: str
    failure: str
    failing_since: dt.datetime | None
    read_back_from: dt.datetime | None
    read_back_to: dt.datetime | None
    read_back_until: dt.datetime | None

    @property
    def days_to_read(self) -> int:
        """How many days before the subscription are read in all."""
        return _days(self.read_back_from, self.read_back_until)

    @property
    def days_read(self) -> int:
        """How many of them are."""
        return _days(self.read_back_from, self.read_back_to)

    @property
    def is_reading_back(self) -> bool:
        """Whether some of them are still to be read."""
        return self.days_read < self.days_to_read

    @property
    def is_on(self) -> bool:
        """Whether events come, as far as is known."""
        return bool(self.ref) and self.disabled_at is None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HookTrouble:
    """What keeps pages from being counted, since when, and what is still true."""

    since: dt.datetime
    what: str
    more: str


def trouble(*, now: dt.datetime) -> HookTrouble | None:
    """The worst of what only a person can mend, None when events come; three queries."""
    live, care = live_subscription(), WebhookCare.objects.first()
    if live is not None and live.disabled_at is not None:
        return HookTrouble(
            since=live.disabled_at,
            what="PagerDuty has stopped sending events",
            more="Pages are not counted until it sends again; people are paged as ever.",
        )
    if care is not None and care.failing_since is not None and care.failing_since <= now - LONG:
        return HookTrouble(
            since=care.failing_since, what="Rota gets no events from PagerDuty", more=care.failure
        )
    refused = WebhookRefusal.objects.filter(last_at__gt=now - CHECK_EVERY).order_by("pk").last()
    if refused is not None:
        return HookTrouble(
            since=refused.last_at,
            what="Events that came in were refused",
            more=f"{refused.count} of them with a signature that Rota does not know.",
        )
    return None


def own_url() -> str:
    """Where PagerDuty sends its events."""
    return f"{settings.ROTA_BASE_URL}{PATH}"


def live_subscription() -> WebhookSubscription | None:
    """The one in use."""
    return WebhookSubscription.objects.filter(retired_at__isnull=True).order_by("-pk").first()


def is_wanted() -> bool:
    """Whether any schedule was published: before that nobody is paged by Rota's word."""
    return Rotation.objects.filter(schedule_version__gt=0).exists()


def is_due(*, now: dt.datetime, real_now: dt.datetime) -> bool:
    """Whether somebody should look: ordered, never or not for a day, or logs are to be read.

    What was before the subscription is read when nothing else waits.
    """
    care = WebhookCare.objects.first()
    if care is not None and care.next_look_at is not None and care.next_look_at > real_now:
        return False
    if not is_wanted():
        return False
    if bool(care and care.asked) or is_check_due(now=now) or bool(_to_fill(now)):
        return True
    return hook_work.is_to_read_back(now=now, real_now=real_now)


def is_check_due(*, now: dt.datetime) -> bool:
    """Whether the subscription is to be made, moved or checked."""
    live = live_subscription()
    if live is None or live.url != own_url() or live.checked_at is None:
        return True
    return not now - CHECK_EVERY < live.checked_at <= now


def _to_fill(now: dt.datetime) -> list[str]:
    return hook_work.incidents_to_fill(now=now)


def addresses(*, now: dt.datetime) -> list[str]:
    """E-mails of the admins and of everybody who manages a rotation, in order."""
    found = set(contacts.admin_addresses(now=now))
    for team_id in Rotation.objects.values_list("team_id", flat=True):
        found |= set(managers_of(team_id=team_id, now=now).values_list("email", flat=True))
    return sorted(found)


def hook_state(*, now: dt.datetime) -> HookState:
    """All of it, in five queries."""
    live = live_subscription() or WebhookSubscription(ref="", url=own_url())
    care = WebhookCare.objects.first() or WebhookCare()
    failed = WebhookEvent.objects.filter(state=WebhookEvent.State.FAILED)
    counts = WebhookEvent.objects.aggregate(
        waiting=Count("pk", filter=Q(state=WebhookEvent.State.WAITING)),
        failed=Count("pk", filter=Q(state=WebhookEvent.State.FAILED)),
    )
    last = WebhookEvent.objects.order_by("-pk").values_list("received_at", flat=True).first()
    refused = WebhookRefusal.objects.filter(day__gt=(now - A_WEEK).date())
    return HookState(
        url=live.url,
        ref=live.ref,
        since=live.created_at,
        checked_at=live.checked_at,
        disabled_at=live.disabled_at,
        filled_until=live.filled_until,
        last_event_at=last,
        waiting=counts["waiting"],
        failed=counts["failed"],
        failed_events=tuple(
            FailedEvent(
                event_ref=row.event_ref,
                event_type=row.event_type,
                received_at=row.received_at,
                failure=row.failure,
            )
            for row in failed.order_by("-pk")[:MOST_FAILED]
        ),
        refused=refused.aggregate(all=Sum("count"))["all"] or 0,
        order=care.get_asked_display() if care.asked else "",
        failure=care.failure,
        failing_since=care.failing_since,
        read_back_from=care.read_back_from,
        read_back_to=care.read_back_to,
        read_back_until=care.read_back_until,
    )


def _days(since: dt.datetime | None, back_to: dt.datetime | None) -> int:
    return 0 if since is None or back_to is None else (since - back_to).days


def read_back_to() -> dt.datetime | None:
    """How far back incidents are read while that goes on; None before it and when it is done."""
    care = hook_work.reading_back()
    return None if care is None else care.read_back_to


def is_known() -> bool:
    """Whether PagerDuty ever told of an incident."""
    return Incident.objects.exists()
