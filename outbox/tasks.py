"""Celery's doorway to the outbox."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from celery import shared_task

from common import clock
from outbox import operations, queries
from outbox.transports import chat, mail
from outbox.transports.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from outbox.models import Message

BATCH = 100
CHAT_BATCH = 20


@shared_task(name="outbox.sweep_messages")
def sweep_messages() -> int:
    """Send what waits, one after the other; returns how many were sent.

    A server that is away is tried with one mail a sweep: the others wait untouched, and after an
    outage they leave by the batch.
    """
    operations.drop_late(now=clock.now())
    return _send_mails() + _send_lines()


def _send_mails() -> int:
    sent = 0
    ids = queries.waiting_message_ids(real_now=clock.real_now(), limit=BATCH)
    with mail.mail_server() as connection:
        for message_id in ids:
            try:
                sent += _send(message_id, lambda one: mail.send_mail(one, connection=connection))
            except TransportError as error:
                if error.is_away:
                    break
    return sent


def _send_lines() -> int:
    """Lines for chats; one that is away keeps the others from nothing."""
    sent, away = 0, set()
    found = queries.waiting_lines(real_now=clock.real_now(), limit=CHAT_BATCH)
    for message_id, hook_id in found:
        if hook_id in away:
            continue
        try:
            sent += _send(message_id, _post)
        except TransportError as error:
            if error.is_away:
                away.add(hook_id)
    return sent


def _post(message: Message) -> None:
    if message.chat is not None:
        chat.post(hook=message.chat, text=message.body)


def _send(message_id: int, hand_over: Callable[[Message], None]) -> int:
    """Hand over one waiting message; 1 when it was taken, 0 when another worker has it.

    Raises:
        TransportError: it was not taken, which is recorded.
    """
    holder = uuid.uuid4().hex
    message = operations.claim_message(
        message_id=message_id, real_now=clock.real_now(), holder=holder
    )
    if message is None:
        return 0
    try:
        hand_over(message)
    except TransportError as error:
        operations.record_failure(
            message=message,
            failure=str(error),
            permanent=error.permanent,
            real_now=clock.real_now(),
            wait=error.wait,
        )
        raise
    operations.record_sent(message_id=message.pk, now=clock.now(), holder=holder)
    return 1
