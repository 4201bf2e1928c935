"""A write that carries an idempotency key is done once, however often it is sent.

The key's row, the write and the answer are one transaction: a process that dies leaves none of
them, and of two who send at once the second waits for the first and gets its answer.
Source: docs.stripe.com/api/idempotent_requests.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from common.refusals import RefusedError
from compensation.models import KeptAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_KEY = 255
KEPT_FOR = dt.timedelta(days=7)
MOST_FORGOTTEN = 500
CONFLICT = 409
# Other refusals wrote nothing and depend on what was sent or by whom: they are given anew.
KEPT_STATUSES = frozenset({*range(200, 300), CONFLICT})


class KeyInvalidError(RefusedError):
    """The header holds no key that could be kept."""

    code = "IDEMPOTENCY_KEY_INVALID"


class KeyReusedError(RefusedError):
    """The same key came before with another content."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422


class RightsChangedError(RefusedError):
    """The person may do other things than when the answer was given: it is not shown again."""

    code = "RIGHTS_CHANGED"
    status = 403


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Who sent what under which key; `content` and `rights` are SHA-256 in hexadecimal."""

    engineer_id: int
    key: str
    content: str
    rights: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is answered: the status and the body's text."""

    status: int
    body: str
    is_repeated: bool = False


def answer_once(*, asked: Asked, write: Callable[[], Answer], now: dt.datetime) -> Answer:
    """Do the write and keep its answer, or give the answer that was kept.

    `now` is the machine's time. Success and conflicts are kept for seven days; after any other
    refusal, and after a failure, the key is free again.

    Raises:
        KeyInvalidError: the key is empty, longer than 255 characters, or not plain ASCII.
        KeyReusedError: the key came before with another content.
        RightsChangedError: the person's rights are no longer those of the first time.
    """
    check_key(asked.key)
    with transaction.atomic():
        row, is_new = KeptAnswer.objects.get_or_create(
            engineer_id=asked.engineer_id,
            key=asked.key,
            defaults={"content": asked.content, "rights": asked.rights, "kept_at": now},
        )
        if not is_new:
            return _repeated(row, asked)
        answer = write()
        if answer.status in KEPT_STATUSES:
            row.status, row.body = answer.status, answer.body
            row.save(update_fields=["status", "body"])
        else:
            row.delete()
        return answer


def check_key(key: str) -> None:
    """Refuse what is no key.

    Raises:
        KeyInvalidError: it is empty, longer than 255 characters, or not plain ASCII.
    """
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise KeyInvalidError(
            f"Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters, such as a UUID."
        )


def forget_answers(*, now: dt.datetime, most: int = MOST_FORGOTTEN) -> int:
    """Drop answers kept for longer than seven days, a bounded number; how many."""
    old = KeptAnswer.objects.filter(kept_at__lte=now - KEPT_FOR)
    ids = list(old.order_by("kept_at", "pk").values_list("pk", flat=True)[:most])
    return old.filter(pk__in=ids).delete()[0] if ids else 0


def _repeated(row: KeptAnswer, asked: Asked) -> Answer:
    if row.content != asked.content:
        raise KeyReusedError(
            "This Idempotency-Key came before with another content. Nothing was written: "
            "send a new request with a new key."
        )
    if row.rights != asked.rights or row.status is None:
        raise RightsChangedError(
            "Your rights have changed since this Idempotency-Key was used. Nothing was written: "
            "look at what stands, then send with a new key."
        )
    return Answer(status=row.status, body=row.body, is_repeated=True)
