"""What becomes of a request for cover by an answer: taken, declined, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from common.periods import Period
from rotation.domain import cover_requests as domain
from rotation.models import Cover, CoverAsk, SwapOffer
from rotation.operations import (
    cover_closing,
    cover_request_mails,
    cover_requests,
    cover_settling,
    cover_trail,
    covers,
    take_over_mails,
)
from rotation.operations.covers import CoverInvalidError, CoverMovedOnError, Seen
from rotation.queries import cover_people, duty, worked
from volunteers.operations import people
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.models import Shift
    from rotation.queries.cover_people import Given
    from rotation.queries.worked import WorkedShift


class NotAskedError(CoverInvalidError):
    """Somebody answers who was not asked."""

    code = "NOT_ASKED"


class GiveBackTooLateError(CoverMovedOnError):
    """The cut-off before the start has passed."""

    code = "GIVE_BACK_TOO_LATE"


def take_cover(*, cover_id: int, engineer_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Take an open request for somebody: at once and without anybody's approval.

    Of a part that runs, what is to come is taken. Queues a sync run and tells who takes it, who is
    relieved, and the others who were asked. Who said no before may still take it.

    Raises:
        CoverMovedOnError: somebody took it before, it was withdrawn, or it ended.
        CoverTakenError: whoever asks does not carry all of that time any more.
        CoverInvalidError: the one to take it cannot, with why.
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
    """
    with transaction.atomic():
        cover, line = cover_requests.hold_request(cover_id=cover_id, now=now)
        people.hold_engineer(engineer_id=engineer_id)
        agree(cover, line=line, engineer_id=engineer_id, now=now)
        covers.note(cover, "took", for_id=engineer_id, actor=actor, now=now)
        others = cover_closing.waiting_ids(cover)
        cover_request_mails.tell_taken(cover=cover, shift=line, actor=actor, others=others, now=now)
        if cover.is_urgent and cover.starts_at <= now:
            beside_id = duty.beside(line, now)
            take_over_mails.tell_taken(cover=cover, shift=line, beside_id=beside_id, now=now)
        cover_settling.settle_shift(shift=cover.shift, why=cover_settling.COVERED, now=now)
    return cover


def agree(
    cover: Cover,
    *,
    line: WorkedShift,
    engineer_id: int,
    now: dt.datetime,
    given: Given | None = None,
) -> None:
    """Make the open request of a locked shift a cover by that person, who is locked too.

    `given` is what they give away in return.

    Raises:
        CoverTakenError: whoever asks does not carry all of that time any more.
        CoverInvalidError: the one to take it cannot, with why.
    """
    starts_at = max(cover.starts_at, now.replace(microsecond=0))
    period = Period(starts_at=starts_at, ends_at=cover.ends_at)
    covers.relieved(
        line, period, to_engineer_id=engineer_id, seen=Seen(engineer_id=cover.from_engineer_id)
    )
    rotation = cover.shift.level.rotation
    part = cover_people.part_of(shift=line, rotation=rotation, period=period, now=now)
    covers.ask_rules(line, rotation, part, engineer_id, now, given)
    cover.to_engineer_id = engineer_id
    cover.starts_at = starts_at
    cover.state = Cover.State.ACCEPTED
    cover.accepted_at = now
    cover.acceptance_number = covers.next_number(cover.shift)
    cover.save(
        update_fields=["to_engineer", "starts_at", "state", "accepted_at", "acceptance_number"]
    )
    cover_closing.lapse_offers(cover, now=now)


def decline_cover(*, cover_id: int, engineer_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Say no for somebody who was asked; saying it twice changes nothing.

    Who asks sees it, and gets a mail once everybody who was asked has said no.

    Raises:
        CoverMovedOnError: it is not open any more.
        NotAskedError: that person was not asked.
    """
    with transaction.atomic():
        cover, line = cover_requests.hold_request(cover_id=cover_id, now=now)
        ask = _ask_of(cover, engineer_id, now)
        if ask.state == CoverAsk.State.DECLINED:
            return cover
        ask.state, ask.answered_at = CoverAsk.State.DECLINED, now
        ask.save(update_fields=["state", "answered_at"])
        _decline_proposal(cover, engineer_id, now)
        cover_trail.note(
            cover, "declined", for_id=engineer_id, actor=actor, now=now, concerned=[engineer_id]
        )
        if not cover_closing.waiting_ids(cover):
            cover_request_mails.tell_nobody_left(cover=cover, shift=line, now=now)
    return cover


def give_back(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Give an agreed cover back before the cut-off; returns the request, which is open again.

    The time falls to whom it relieved. The others are asked again, the managers are told.

    Raises:
        CoverMovedOnError: it is undone or over, or a later cover rests on it.
        GiveBackTooLateError: it starts within a day.
        SwapAgreedError: it is half of a swap.
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
    """
    with transaction.atomic():
        cover, line = _hold_agreed(cover_id, now)
        _refuse_too_late(cover, line, now)
        covers.refuse_rested_on(cover, line.zone, now)
        cover.state, cover.closed_at = Cover.State.UNDONE, now
        cover.save(update_fields=["state", "closed_at"])
        covers.note(cover, "gave back", for_id=cover.to_engineer_id, actor=actor, now=now)
        cover_settling.settle_shift(shift=cover.shift, why=cover_settling.UNDONE, now=now)
        after = worked.worked_shift(shift_id=cover.shift_id)
        again = ask_again(cover, after, actor, now)
        cover_request_mails.tell_given_back(
            cover=cover, again=again, shift=after, actor=actor, now=now
        )
        cover_request_mails.tell_asked(cover=again, shift=after, now=now)
    return again


def _ask_of(cover: Cover, engineer_id: int, now: dt.datetime) -> CoverAsk:
    found = CoverAsk.objects.filter(cover=cover, engineer_id=engineer_id).first()
    if found is not None:
        return found
    if cover.asks_everyone and engineer_id != cover.from_engineer_id:
        return CoverAsk.objects.create(cover=cover, engineer_id=engineer_id, asked_at=now)
    name = contacts.contacts(engineer_ids=[engineer_id])
    who = name[engineer_id].name if engineer_id in name else "That person"
    message = f"{who} was not asked for this cover, so there is nothing to decline."
    raise NotAskedError(message, fields={"engineer": message})


def _decline_proposal(cover: Cover, engineer_id: int, now: dt.datetime) -> None:
    """Whoever says no to the cover says no to the swap that was proposed for it."""
    SwapOffer.objects.filter(
        cover=cover, engineer_id=engineer_id, by_asker=True, state=SwapOffer.State.OPEN
    ).update(state=SwapOffer.State.DECLINED, closed_at=now)


def _hold_agreed(cover_id: int, now: dt.datetime) -> tuple[Cover, WorkedShift]:
    shift: Shift = covers.hold_shift(
        Cover.objects.values_list("shift_id", flat=True).get(pk=cover_id)
    )
    line = covers.open_shift(shift=shift, now=now)
    cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover_id)
    cover.shift = shift
    if cover.state != Cover.State.ACCEPTED:
        raise CoverMovedOnError(f"This cover is {cover.state} by now.")
    covers.refuse_half(cover)
    return cover, line


def _refuse_too_late(cover: Cover, line: WorkedShift, now: dt.datetime) -> None:
    until = domain.given_back_until(cover.starts_at)
    if now > until:
        raise GiveBackTooLateError(
            f"It could be given back until {wording.moment(until, line.zone)}, a day before it "
            "starts. Ask somebody to cover you, or ask a manager of the team."
        )


def ask_again(cover: Cover, line: WorkedShift, actor: Actor, now: dt.datetime) -> Cover:
    """The request as it was, without the one who gave it back."""
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    again = Cover.objects.create(
        shift=cover.shift,
        from_engineer_id=covers.relieved(line, period, to_engineer_id=None, seen=None),
        starts_at=cover.starts_at,
        ends_at=cover.ends_at,
        asked_by=actor.name,
        asked_at=now,
        asks_everyone=cover.asks_everyone or not cover.asks.exists(),
        message=cover.message,
    )
    rotation = cover.shift.level.rotation
    found = cover_people.candidates(
        shift=line,
        rotation=rotation,
        part=cover_people.part_of(shift=line, rotation=rotation, period=period, now=now),
        without={who for who in (again.from_engineer_id, cover.to_engineer_id) if who is not None},
        now=now,
    )
    asked = {ask.engineer_id for ask in cover.asks.filter(state=CoverAsk.State.WAITING)}
    able = [each for each in found if each.can]
    named = [each for each in able if each.engineer_id in asked]
    again_asked = cover_requests.everyone_of(able) if again.asks_everyone else named
    cover_requests.leave_asks(again, [each.engineer_id for each in again_asked], now)
    return again
