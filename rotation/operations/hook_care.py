"""The subscription's rows: who looks after them, what was ordered, what was found."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from audit.operations import Actor, Area, record
from common import sealing
from common.nudge import nudge
from common.refusals import RefusedError
from outbox.operations import queue_message
from rotation.models import WebhookCare, WebhookSubscription
from rotation.queries import hook_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

LEASE = dt.timedelta(seconds=60)
# As long as pages are counted unless a longer time is asked for; PagerDuty tells six months.
READ_BACK = dt.timedelta(days=92)
CARE = Actor.sweep("look_after_web_hooks")
LOOK = "rotation.look_after_web_hooks"
KIND = "web-hooks disabled"
Order = WebhookCare.Order


class NoSubscriptionError(RefusedError):
    """There is no subscription that the order could be about."""

    code = "NO_SUBSCRIPTION"
    status = 409


def order(*, what: WebhookCare.Order, actor: Actor, now: dt.datetime) -> None:
    """Ask for events to be sent again, or for another secret; a worker does it within a minute.

    Raises:
        NoSubscriptionError: Rota has not subscribed yet.
    """
    with transaction.atomic():
        if not WebhookSubscription.objects.filter(retired_at__isnull=True).exists():
            raise NoSubscriptionError("Rota has no subscription yet. It makes one by itself.")
        _row().update(asked=what, asked_by=actor.name, asked_at=now, next_look_at=None)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="ordered",
            subject=f"of PagerDuty's web-hooks: {what.label.lower()}",
        )
        nudge(LOOK)


def claim(*, holder: str, real_now: dt.datetime) -> WebhookCare | None:
    """Take the care for a minute; None while another worker has it."""
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    taken = (
        _row()
        .filter(idle)
        .update(leased_until=real_now + LEASE, lease_holder=holder, tries=F("tries") + 1)
    )
    return WebhookCare.objects.get() if taken else None


def renew(*, holder: str, real_now: dt.datetime) -> bool:
    """Keep it for another minute; False when somebody else took it over."""
    return bool(_held(holder).update(leased_until=real_now + LEASE))


def finish(*, holder: str, order_done: str, now: dt.datetime) -> None:
    """All is as it must be; an order that came meanwhile waits."""
    held = _held(holder)
    held.filter(asked=order_done).update(asked="", asked_by="", asked_at=None)
    held.update(
        looked_at=now,
        failure="",
        failing_since=None,
        tries=0,
        next_look_at=None,
        leased_until=None,
        lease_holder="",
    )


def fail(*, holder: str, failure: str, next_look_at: dt.datetime, now: dt.datetime) -> None:
    """Note what stands in the way, in an admin's words."""
    held = _held(holder)
    held.filter(failing_since__isnull=True).update(failing_since=now)
    held.update(
        failure=failure[:500],
        looked_at=now,
        next_look_at=next_look_at,
        leased_until=None,
        lease_holder="",
    )


def put_back(*, holder: str, next_look_at: dt.datetime) -> None:
    """PagerDuty is not to be asked now: look again later, as if nobody had tried."""
    _held(holder).update(
        next_look_at=next_look_at, tries=F("tries") - 1, leased_until=None, lease_holder=""
    )


def subscribed(*, ref: str, url: str, secret: str, now: dt.datetime) -> WebhookSubscription:
    """Keep a new subscription with its secret sealed; those before it are retired.

    What they signed is still taken for a while, since PagerDuty tries for two days to deliver.

    Raises:
        SealingError: no key is set.
    """
    with transaction.atomic():
        before = WebhookSubscription.objects.filter(retired_at__isnull=True)
        since = before.values_list("filled_until", flat=True).order_by("-pk").first()
        before.update(retired_at=now)
        row = WebhookSubscription.objects.create(
            ref=ref,
            url=url,
            secret=sealing.seal(secret, settings.ROTA_WEBHOOK_KEYS),
            created_at=now,
            checked_at=now,
            filled_until=since or now,
        )
        record(
            actor=CARE,
            now=now,
            area=Area.SCHEDULE,
            verb="subscribed",
            subject=f"to PagerDuty's events as {ref}",
        )
    return row


def sends(*, ref: str, now: dt.datetime) -> None:
    """PagerDuty sends events."""
    WebhookSubscription.objects.filter(ref=ref).update(
        checked_at=now, disabled_at=None, told_at=None
    )


def sends_nothing(*, ref: str, now: dt.datetime) -> None:
    """PagerDuty has stopped sending; admins and managers are told once."""
    with transaction.atomic():
        same = WebhookSubscription.objects.filter(ref=ref)
        same.update(checked_at=now)
        same.filter(disabled_at__isnull=True).update(disabled_at=now)
        if same.filter(told_at__isnull=True).update(told_at=now):
            for email in hook_state.addresses(now=now):
                queue_message(to=email, kind=KIND, subject=SUBJECT, body=LETTER, now=now)


def filled(*, ref: str, until: dt.datetime) -> None:
    """What PagerDuty's log says is read until then."""
    WebhookSubscription.objects.filter(ref=ref).update(filled_until=until)


SUBJECT = "PagerDuty sends Rota no events"
LETTER = (
    "PagerDuty has stopped sending web-hooks to Rota, as it does for a day after several were "
    "refused. People are paged as ever; only the counting of pages stands still.\n\n"
    "On the page of web-hooks an admin or a manager can ask PagerDuty to send again. What was "
    "missed is read from PagerDuty's log afterwards.\n"
)


def begin_reading_back(*, policies: Sequence[str], now: dt.datetime) -> None:
    """Have what was before now read, once, and again for a policy that was adopted since."""
    with transaction.atomic():
        care = _row().select_for_update().get()
        if care.read_back_from is not None and set(policies) <= set(care.read_back_for):
            return
        _row().update(
            read_back_from=now,
            read_back_to=now,
            read_back_until=now - READ_BACK,
            read_back_for=sorted({*care.read_back_for, *policies}),
        )


def has_read_back(*, holder: str, to: dt.datetime) -> None:
    """All is read from there on."""
    _held(holder).update(read_back_to=to)


def _row() -> QuerySet[WebhookCare]:
    if not WebhookCare.objects.exists():
        try:
            with transaction.atomic():
                WebhookCare.objects.create()
        except IntegrityError:
            pass  # somebody else did
    return WebhookCare.objects.all()


def _held(holder: str) -> QuerySet[WebhookCare]:
    return WebhookCare.objects.filter(lease_holder=holder).exclude(lease_holder="")
