"""What people choose to be told, and messages that were given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from outbox import operations as outbox
from outbox.domain import kinds
from outbox.models import TurnedOff
from volunteers.models import Engineer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from audit.operations import Actor


class UnknownMailError(RefusedError):
    """There is no such kind."""

    code = "UNKNOWN_MAIL"


def choose_mails(
    *,
    wanted: Collection[str],
    actor: Actor,
    now: dt.datetime,
    among: Collection[str] | None = None,
) -> None:
    """Get the named kinds and no other; what is always sent need not be named.

    Of kinds that were not `among` those to choose from, the earlier choice stays.

    Raises:
        UnknownMailError: there is no such kind.
    """
    known = {kind.name for kind in kinds.ALL if kind.by_mail}
    if not known.issuperset(wanted):
        said = "Choose from the kinds that Rota names."
        raise UnknownMailError(said, fields={"wanted": said})
    offered = known if among is None else known & set(among)
    off = {name for name in offered - set(wanted) if not kinds.kind_of(name).always}
    with transaction.atomic():
        me = Engineer.objects.select_for_update().get(pk=actor.person_id)
        own = TurnedOff.objects.filter(engineer=me)
        before = set(own.values_list("kind", flat=True))
        off |= before - offered
        if before == off:
            return
        own.exclude(kind__in=off).delete()
        TurnedOff.objects.bulk_create(
            [TurnedOff(engineer=me, kind=kind) for kind in sorted(off - before)]
        )
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="chose",
            subject="mails",
            concerned=[me.email],
            before={"turned_off": sorted(before)},
            after={"turned_off": sorted(off)},
        )


def send_again(*, message_id: int, actor: Actor, now: dt.datetime) -> None:
    """Let a message that was given up wait again.

    Raises:
        outbox.NotGivenUpError: it is sent, waits, or was dropped.
    """
    with transaction.atomic():
        message = outbox.send_again(message_id=message_id)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="sent again",
            subject=f"{message.kind} to {message.to}",
            concerned=[] if message.chat_id else [message.to],
        )
