from __future__ import annotations

import datetime as dt
import smtplib
import socket
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from outbox import operations, queries, tasks
from outbox.models import Message
from tests.builders import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


class ServerAway(BaseEmailBackend):
    """A mail server that nobody can reach."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        del email_messages
        raise socket.gaierror


class RefusesBen(BaseEmailBackend):
    """A mail server that knows no Ben."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        refused: dict[str, Any] = {
            address: (550, b"no such user")
            for message in email_messages
            for address in message.to
            if address.startswith("ben")
        }
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)
        return len(email_messages)


def _queue(to: str = "ben@example.com", subject: str = "Welcome") -> Message:
    operations.queue_message(to=to, kind="weeks_published", subject=subject, body="Hello.", now=NOW)
    return Message.objects.latest("pk")


def _backend(settings: Settings, backend: type[BaseEmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__qualname__}"


def test_the_sweep_sends_what_waits_once() -> None:
    _queue()

    first, second = tasks.sweep_messages(), tasks.sweep_messages()

    assert (first, second) == (1, 0)
    assert [message.to for message in mail.outbox] == [["ben@example.com"]]
    assert Message.objects.get().state == Message.State.SENT


def test_a_subject_of_several_lines_becomes_one() -> None:
    _queue(subject="Welcome\r\nBcc: eve@example.com")

    tasks.sweep_messages()

    assert mail.outbox[0].subject == "Welcome Bcc: eve@example.com"
    assert mail.outbox[0].recipients() == ["ben@example.com"]


def test_a_server_that_is_away_is_tried_again_later(settings: Settings) -> None:
    message = _queue()
    _backend(settings, ServerAway)

    sent = tasks.sweep_messages()
    message.refresh_from_db()

    assert sent == 0
    assert (message.state, message.tries) == (Message.State.QUEUED, 1)
    assert "Mail server" in message.failure
    assert message.next_try_at is not None
    at_once, later = message.next_try_at - MINUTE, message.next_try_at
    assert queries.waiting_message_ids(real_now=at_once, limit=10) == []
    assert queries.waiting_message_ids(real_now=later, limit=10) == [message.pk]


def test_an_address_that_is_refused_is_given_up_and_the_others_get_theirs(
    settings: Settings,
) -> None:
    ben, anna = _queue(), _queue(to="anna@example.com")
    _backend(settings, RefusesBen)

    sent = tasks.sweep_messages()
    ben.refresh_from_db()
    anna.refresh_from_db()

    assert sent == 1
    assert (ben.state, anna.state) == (Message.State.FAILED, Message.State.SENT)
    assert "refuses ben@example.com" in ben.failure


def test_a_server_that_stays_away_is_given_up_in_the_end() -> None:
    message = _queue()
    Message.objects.update(tries=operations.MOST_TRIES - 1)
    claimed = operations.claim_message(message_id=message.pk, real_now=NOW, holder="a")
    assert claimed is not None

    operations.record_failure(message=claimed, failure="away", permanent=False, real_now=NOW)

    assert Message.objects.get().state == Message.State.FAILED


def test_one_worker_at_a_time_has_a_mail_and_a_dead_ones_is_taken_over() -> None:
    message = _queue()

    first = operations.claim_message(message_id=message.pk, real_now=NOW, holder="dead")
    too_early = operations.claim_message(message_id=message.pk, real_now=NOW, holder="b")
    later = NOW + operations.LEASE
    taken = operations.claim_message(message_id=message.pk, real_now=later, holder="b")
    operations.record_sent(message_id=message.pk, now=NOW, holder="dead")

    assert first is not None
    assert too_early is None
    assert taken is not None
    assert Message.objects.get().state == Message.State.QUEUED
