"""Telling a worker at once what its next sweep would find anyway."""

from __future__ import annotations

import functools
import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)


def nudge(task: str, **arguments: int) -> None:
    """Send the task once the transaction is committed; without a broker the row simply waits."""
    transaction.on_commit(functools.partial(_send, task, arguments))


def _send(task: str, arguments: dict[str, int]) -> None:
    try:
        current_app.send_task(task, kwargs=arguments, retry=False)
    except (KombuError, OSError) as error:
        log.warning("no broker for %s, its sweep will find the row: %s", task, error)
