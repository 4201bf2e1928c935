"""A team's chat: where its messages are posted besides the mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from audit.operations import Area, record
from common import sealing
from common.refusals import RefusedError
from outbox.domain import chat_addresses
from outbox.models import ChatHook, Message
from outbox.operations import queue_chat
from rotation.operations import cover_mails

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.models import Rotation


class ChatRefusedError(RefusedError):
    """The address is none that Rota posts to, or cannot be kept."""

    code = "CHAT_ADDRESS_REFUSED"


class NoChatError(RefusedError):
    """The team has no chat."""

    code = "NO_CHAT"
    status = 409


def set_chat(*, rotation: Rotation, address: str, actor: Actor, now: dt.datetime) -> None:
    """Post the team's messages to this address from now on.

    The address lets anybody write into the channel, so no record and no page shows it again.

    Raises:
        ChatRefusedError: it is none of `https` to a public host, or no key is set to keep it.
    """
    wanted = address.strip()
    said = (
        chat_addresses.refusal(wanted, anywhere=not settings.IS_PRODUCTION)
        if wanted
        else "Paste the address that the chat gave for its incoming web-hook."
    )
    if said:
        raise ChatRefusedError(said, fields={"address": said})
    try:
        sealed = sealing.seal(wanted, settings.ROTA_WEBHOOK_KEYS)
    except sealing.SealingError as error:
        raise ChatRefusedError(
            "The address cannot be kept: ROTA_WEBHOOK_KEY is not set. Ask whoever runs Rota."
        ) from error
    with transaction.atomic():
        ChatHook.objects.update_or_create(
            team_id=rotation.team_id,
            defaults={"address": sealed, "set_by": actor.name, "set_at": now},
        )
        _record(rotation, "set", actor, now)


def remove_chat(*, rotation: Rotation, actor: Actor, now: dt.datetime) -> None:
    """Post nothing more, and drop what waits. Twice is once."""
    with transaction.atomic():
        hooks = ChatHook.objects.filter(team_id=rotation.team_id).exclude(address="")
        if not hooks.update(address="", set_by=actor.name, set_at=now):
            return
        waiting = Message.objects.filter(chat__team_id=rotation.team_id, state=Message.State.QUEUED)
        waiting.update(state=Message.State.DROPPED, next_try_at=None)
        _record(rotation, "removed", actor, now)


def try_chat(*, rotation: Rotation, actor: Actor, now: dt.datetime) -> None:
    """Post a line that says who asked for it.

    Raises:
        NoChatError: no address is set.
    """
    with transaction.atomic():
        text = (
            f"A test from Rota, asked for by {cover_mails.who(actor)}. What concerns the whole "
            f"team of {rotation.name} is said here."
        )
        line = queue_chat(team_id=rotation.team_id, kind="chat_test", text=text, now=now)
        if line is None:
            raise NoChatError("No chat is set for this team. Enter its address first.")
        _record(rotation, "tested", actor, now)


def _record(rotation: Rotation, verb: str, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"chat of {rotation.name}",
        team=rotation.slug,
    )
