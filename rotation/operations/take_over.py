"""Taking over now: the one on call cannot go on, or a colleague offers to carry on for them.

Nobody is relieved without a word of theirs or of a manager: who asks hands over to the first who
accepts; who offers waits until the one on call agrees. Until then PagerDuty pages as before.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from rotation.models import Cover
from rotation.operations import (
    cover_answers,
    cover_closing,
    cover_request_mails,
    cover_requests,
    cover_settling,
    cover_trail,
    covers,
    take_over_mails,
)
from rotation.operations.cover_requests import Asking
from rotation.operations.covers import CoverInvalidError, CoverMovedOnError
from rotation.queries import cover_people, duty
from volunteers.operations import people

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.models import Shift
    from rotation.operations.covers import Seen
    from rotation.queries.worked import WorkedShift


class ShiftNotRunningError(CoverInvalidError):
    """The week has not begun: cover is asked for then."""

    code = "SHIFT_NOT_RUNNING"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Remainder:
    """What is left of a running shift, until its end or an earlier time.

    `seen` is whom the one who acts saw as on call.
    """

    shift_id: int
    ends_at: dt.datetime | None = None
    seen: Seen | None = None
    message: str = ""


def ask_now(*, remainder: Remainder, actor: Actor, now: dt.datetime) -> Cover:
    """Ask everyone who can to take over; the first who accepts is on call from that second.

    Whoever is on call on the other level and the team's managers are told. A request or an offer
    that stands for some of that time gives way to this one.

    Raises:
        ShiftNotRunningError: the week has not begun.
        ShiftCompletedError: the week has ended or is paid for.
        CoverTakenError: not one person, or another than was seen, is on call for all that time.
        CoverInvalidError: they ask the team to take over already.
    """
    with transaction.atomic():
        shift, line = _hold_running(remainder.shift_id, now)
        asking = Asking(
            shift_id=shift.pk,
            ends_at=remainder.ends_at,
            seen=remainder.seen,
            message=remainder.message,
            is_urgent=True,
        )
        _give_way(shift, line, asking, now)
        cover = cover_requests.open_request(
            shift=shift, line=line, asking=asking, actor=actor, now=now
        )
        Cover.objects.filter(pk=cover.pk).update(managers_told_at=now)
        cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover.pk)
        cover.shift = shift
        take_over_mails.tell_asked(
            cover=cover, shift=line, beside_id=duty.beside(line, now), actor=actor, now=now
        )
    return cover


def offer_now(*, remainder: Remainder, engineer_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Offer to take over from whoever is on call; they are to agree. Offered twice it is once.

    Raises:
        ShiftNotRunningError: the week has not begun.
        ShiftCompletedError: the week has ended or is paid for.
        CoverTakenError: not one person, or another than was seen, is on call for all that time.
        CoverInvalidError: they cannot take over, with why; or nobody is there to agree.
    """
    with transaction.atomic():
        shift, line = _hold_running(remainder.shift_id, now)
        period = covers.part_period(shift=line, starts_at=None, ends_at=remainder.ends_at, now=now)
        from_id = covers.relieved(line, period, to_engineer_id=engineer_id, seen=remainder.seen)
        if from_id is None:
            raise CoverInvalidError("Nobody is on call now. A manager can enter a cover at once.")
        part = cover_people.part_of(
            shift=line, rotation=shift.level.rotation, period=period, now=now
        )
        covers.ask_rules(line, shift.level.rotation, part, engineer_id, now)
        standing = Cover.objects.filter(
            shift=shift, state=Cover.State.OPEN, to_engineer_id=engineer_id
        )
        if (found := standing.first()) is not None:
            return found
        cover = Cover.objects.create(
            shift=shift,
            from_engineer_id=from_id,
            to_engineer_id=engineer_id,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            asked_by=actor.name,
            asked_at=now,
            is_urgent=True,
        )
        cover.shift = shift
        cover_trail.note(cover, "offered to take over", for_id=engineer_id, actor=actor, now=now)
        take_over_mails.tell_offered(cover=cover, shift=line, actor=actor, now=now)
    return cover


def accept_offer(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Let whoever offered take over, from now on.

    Raises:
        CoverMovedOnError: the offer is not open any more.
        CoverTakenError: whoever agrees does not carry all of that time any more.
        CoverInvalidError: they cannot take over by now, with why.
    """
    with transaction.atomic():
        cover, line = _hold_offer(cover_id, now)
        engineer_id = cover.to_engineer_id or 0
        people.hold_engineer(engineer_id=engineer_id)
        cover_answers.agree(cover, line=line, engineer_id=engineer_id, now=now)
        covers.note(cover, "agreed to", for_id=cover.from_engineer_id, actor=actor, now=now)
        cover_request_mails.tell_taken(cover=cover, shift=line, actor=actor, others=(), now=now)
        take_over_mails.tell_taken(
            cover=cover, shift=line, beside_id=duty.beside(line, now), now=now
        )
        cover_settling.settle_shift(shift=cover.shift, why=cover_settling.COVERED, now=now)
    return cover


def close_offer(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Go on oneself, or take the offer back; the other side is told.

    Raises:
        CoverMovedOnError: the offer is not open any more.
    """
    with transaction.atomic():
        cover, line = _hold_offer(cover_id, now)
        cover_closing.close(cover, state=Cover.State.WITHDRAWN, now=now)
        is_taker = actor.engineer_id == cover.to_engineer_id
        for_id = cover.to_engineer_id if is_taker else cover.from_engineer_id
        verb = "withdrew an offer to take over" if is_taker else "declined an offer to take over"
        cover_trail.note(cover, verb, for_id=for_id, actor=actor, now=now, before=Cover.State.OPEN)
        take_over_mails.tell_offer_closed(cover=cover, shift=line, actor=actor, now=now)
    return cover


def _hold_running(shift_id: int, now: dt.datetime) -> tuple[Shift, WorkedShift]:
    shift = covers.hold_shift(shift_id)
    line = covers.open_shift(shift=shift, now=now)
    if now < line.period.starts_at:
        raise ShiftNotRunningError("This week has not begun. Ask for cover of it instead.")
    return shift, line


def _hold_offer(cover_id: int, now: dt.datetime) -> tuple[Cover, WorkedShift]:
    cover, line = cover_requests.hold_request(cover_id=cover_id, now=now)
    if cover.to_engineer_id is None:
        raise CoverMovedOnError("Nobody offers to take over here; cover is asked for.")
    return cover, line


def _give_way(shift: Shift, line: WorkedShift, asking: Asking, now: dt.datetime) -> None:
    """Close what is asked or offered for that time, unless the team is asked already."""
    period = covers.part_period(shift=line, starts_at=None, ends_at=asking.ends_at, now=now)
    from_id = covers.relieved(line, period, to_engineer_id=None, seen=asking.seen)
    standing = Cover.objects.filter(
        shift=shift,
        state=Cover.State.OPEN,
        from_engineer_id=from_id,
        starts_at__lt=period.ends_at,
        ends_at__gt=period.starts_at,
    )
    for cover in standing.select_related("from_engineer", "to_engineer").order_by("pk"):
        if cover.is_urgent and cover.to_engineer_id is None:
            return  # the request says so itself
        cover.shift = shift
        cover_closing.close(cover, state=Cover.State.WITHDRAWN, now=now)
        cover_trail.note(
            cover,
            "closed",
            for_id=from_id,
            actor=cover_settling.SETTLING,
            now=now,
            before=Cover.State.OPEN,
        )
