"""Queueing mail and recording what became of it."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q

from outbox.models import Message

LEASE = dt.timedelta(seconds=60)
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)
MOST_TRIES = 20


def queue_message(*, to: str, kind: str, subject: str, body: str, now: dt.datetime) -> None:
    """Leave a mail in the caller's transaction for the sweep to send."""
    one_line = " ".join(subject.split())
    Message.objects.create(to=to, kind=kind, subject=one_line[:200], body=body, created_at=now)


def claim_message(*, message_id: int, real_now: dt.datetime, holder: str) -> Message | None:
    """Take the waiting mail for a minute; None when another worker has it or it is done.

    A worker that dies between the mail server's answer and `record_sent` leads to a second mail
    a minute later: e-mail knows no idempotency, and a mail twice is better than none.
    """
    free = Message.objects.filter(pk=message_id, state=Message.State.QUEUED).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if not free.update(leased_until=real_now + LEASE, lease_holder=holder, tries=F("tries") + 1):
        return None
    return Message.objects.get(pk=message_id)


def record_sent(*, message_id: int, now: dt.datetime, holder: str) -> None:
    """Note that the mail server took it."""
    Message.objects.filter(pk=message_id, lease_holder=holder, state=Message.State.QUEUED).update(
        state=Message.State.SENT, sent_at=now, leased_until=None, lease_holder="", failure=""
    )


def record_failure(
    *, message: Message, failure: str, permanent: bool, real_now: dt.datetime
) -> None:
    """Note why it was not taken; it is tried again later unless refused for good."""
    final = permanent or message.tries >= MOST_TRIES
    wait = min(FIRST_WAIT * 2 ** min(message.tries - 1, 10), LONGEST_WAIT)
    Message.objects.filter(pk=message.pk, lease_holder=message.lease_holder).update(
        state=Message.State.FAILED if final else Message.State.QUEUED,
        failure=failure[:300],
        next_try_at=None if final else real_now + wait,
        leased_until=None,
        lease_holder="",
    )
