"""Queueing messages and recording what became of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F, Q

from common.refusals import RefusedError
from outbox.domain import kinds
from outbox.models import ChatHook, Message, Notice, TurnedOff

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LEASE = dt.timedelta(seconds=60)
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)
# With these waits a server may be away for three days before its mails are given up.
MOST_TRIES = 80
# What concerns a shift that begins by the end of tomorrow is sent to everybody.
TOMORROW = dt.timedelta(hours=48)


class NotGivenUpError(RefusedError):
    """Only a message that was given up is sent again."""

    code = "MESSAGE_NOT_GIVEN_UP"
    status = 409


def queue_message(  # noqa: PLR0913 - what a mail is made of
    *,
    to: str,
    kind: str,
    subject: str,
    body: str,
    now: dt.datetime,
    good_until: dt.datetime | None = None,
    shift_at: dt.datetime | None = None,
) -> Message | None:
    """Leave a mail in the caller's transaction for the sweep to send.

    None when the reader has turned this kind off, unless it concerns a shift of theirs that begins
    at `shift_at`, by the end of tomorrow. After `good_until` it is not sent any more.

    Raises:
        kinds.UnknownKindError: the reader could not turn it off.
    """
    is_near = shift_at is not None and shift_at < now + TOMORROW
    if not (kinds.kind_of(kind).always or is_near) and is_turned_off(to=to, kind=kind):
        return None
    return Message.objects.create(
        to=to,
        kind=kind,
        subject=_one_line(subject)[:200],
        body=body,
        created_at=now,
        good_until=good_until,
    )


def queue_chat(
    *,
    team_id: int,
    kind: str,
    text: str,
    now: dt.datetime,
    good_until: dt.datetime | None = None,
) -> Message | None:
    """Leave a line for the team's chat; None for a team without one.

    The text may name people and times, nothing that is theirs alone: the channel is read by all.

    Raises:
        kinds.UnknownKindError: messages of this kind do not go to a chat.
    """
    if not kinds.kind_of(kind).in_chat:
        raise kinds.UnknownKindError(f"{kind} does not go to a chat")
    hook = ChatHook.objects.filter(team_id=team_id).exclude(address="").first()
    if hook is None:
        return None
    return Message.objects.create(
        to=f"chat of team {team_id}",
        chat=hook,
        kind=kind,
        subject="",
        body=text,
        created_at=now,
        good_until=good_until,
    )


def is_turned_off(*, to: str, kind: str) -> bool:
    """Whether the reader at that address does not want it."""
    return TurnedOff.objects.filter(engineer__email=to, kind=kind).exists()


def first_time(*, key: str, now: dt.datetime) -> Notice | None:
    """The notice when nobody was told this before, to be written in the message's transaction.

    Of two who ask at once, one gets it. What was dropped before it was sent may be told again.
    """
    notice, is_new = Notice.objects.get_or_create(key=key, defaults={"at": now})
    if is_new:
        return notice
    dropped = Notice.objects.filter(pk=notice.pk, message__state=Message.State.DROPPED)
    if not dropped.update(at=now, message=None):
        return None
    return notice


def told_by(*, notices: Iterable[Notice], message: Message | None) -> None:
    """Keep which message told it."""
    if message is not None:
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(message=message)


def drop_untrue(*, prefix: str, still_true: Collection[str]) -> int:
    """Drop what waits and is not so any more; `still_true` are keys below the prefix."""
    waiting = Notice.objects.filter(key__startswith=prefix, message__state=Message.State.QUEUED)
    gone = [one.message_id for one in waiting if one.key not in still_true]
    idle = Message.objects.filter(pk__in=gone, state=Message.State.QUEUED)
    return idle.update(state=Message.State.DROPPED, next_try_at=None)


def drop_late(*, now: dt.datetime) -> int:
    """Drop what waited for so long that it tells nothing any more."""
    late = Message.objects.filter(state=Message.State.QUEUED, good_until__lte=now)
    return late.update(state=Message.State.DROPPED, next_try_at=None)


def claim_message(*, message_id: int, real_now: dt.datetime, holder: str) -> Message | None:
    """Take the waiting message for a minute; None when another worker has it or it is done.

    A worker that dies between the server's answer and `record_sent` leads to a second mail a minute
    later: e-mail knows no idempotency, and a mail twice is better than none. It has the same
    Message-ID, by which mail programs know it.
    """
    free = Message.objects.filter(pk=message_id, state=Message.State.QUEUED).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if not free.update(leased_until=real_now + LEASE, lease_holder=holder, tries=F("tries") + 1):
        return None
    return Message.objects.select_related("chat").get(pk=message_id)


def record_sent(*, message_id: int, now: dt.datetime, holder: str) -> None:
    """Note that the server took it."""
    Message.objects.filter(pk=message_id, lease_holder=holder, state=Message.State.QUEUED).update(
        state=Message.State.SENT, sent_at=now, leased_until=None, lease_holder="", failure=""
    )


def record_failure(
    *, message: Message, failure: str, permanent: bool, real_now: dt.datetime, wait: int = 0
) -> None:
    """Note why it was not taken; it is tried again later unless refused for good.

    The wait doubles from try to try, and is at least the `wait` in seconds that was asked for.
    """
    final = permanent or message.tries >= MOST_TRIES
    longer = min(FIRST_WAIT * 2 ** min(message.tries - 1, 10), LONGEST_WAIT)
    next_try_at = real_now + max(longer, dt.timedelta(seconds=wait))
    Message.objects.filter(
        pk=message.pk, lease_holder=message.lease_holder, state=Message.State.QUEUED
    ).update(
        state=Message.State.FAILED if final else Message.State.QUEUED,
        failure=failure[:300],
        next_try_at=None if final else next_try_at,
        leased_until=None,
        lease_holder="",
    )


def send_again(*, message_id: int) -> Message:
    """Let a message that was given up wait again, with all its tries; who asks is recorded above.

    Raises:
        NotGivenUpError: it is sent, waits, or was dropped.
    """
    given_up = Message.objects.filter(pk=message_id, state=Message.State.FAILED)
    if not given_up.update(state=Message.State.QUEUED, tries=0, next_try_at=None):
        raise NotGivenUpError("Only a message that was given up can be sent again.")
    return Message.objects.get(pk=message_id)


def _one_line(text: str) -> str:
    return " ".join(text.split())
