"""Celery's doorway to the outbox."""

from __future__ import annotations

import uuid

from celery import shared_task

from common import clock
from outbox import operations, queries, transports

BATCH = 100


@shared_task(name="outbox.sweep_messages")
def sweep_messages() -> int:
    """Send the mails that wait, one after the other; returns how many were sent."""
    sent = 0
    for message_id in queries.waiting_message_ids(real_now=clock.real_now(), limit=BATCH):
        sent += send_message(message_id=message_id)
    return sent


@shared_task(name="outbox.send_message")
def send_message(*, message_id: int) -> int:
    """Send one waiting mail; returns 1 when the server took it, else 0."""
    holder = uuid.uuid4().hex
    message = operations.claim_message(
        message_id=message_id, real_now=clock.real_now(), holder=holder
    )
    if message is None:
        return 0
    try:
        transports.send_mail(to=message.to, subject=message.subject, body=message.body)
    except transports.TransportError as error:
        operations.record_failure(
            message=message,
            failure=str(error),
            permanent=error.permanent,
            real_now=clock.real_now(),
        )
        return 0
    operations.record_sent(message_id=message.pk, now=clock.now(), holder=holder)
    return 1
