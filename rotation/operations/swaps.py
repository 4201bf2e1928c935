"""Swaps: a cover for time of one's own in return, agreed as a whole or not at all.

Both weeks are of one rotation. They are locked in order of id after it, and the two people after
them, in order of id too: whatever else changes one of the weeks is before a swap or after it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from common.periods import Period
from rotation.models import Cover, CoverAsk, SwapOffer
from rotation.operations import (
    cover_answers,
    cover_closing,
    cover_requests,
    cover_settling,
    cover_trail,
    covers,
    swap_mails,
)
from rotation.operations.covers import CoverInvalidError, CoverMovedOnError, Seen
from rotation.queries import cover_people
from rotation.queries.cover_people import Given
from volunteers.operations import people

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.models import Shift
    from rotation.operations.cover_requests import Asking
    from rotation.queries.worked import WorkedShift

State = SwapOffer.State
BECAME = {
    State.AGREED: "was agreed",
    State.DECLINED: "was declined",
    State.WITHDRAWN: "was withdrawn",
    State.LAPSED: "lapsed, as one of the weeks changed",
}


class SwapInvalidError(CoverInvalidError):
    """The two weeks cannot be swapped; the message says why and what to do."""

    code = "SWAP_INVALID"


class SwapMovedOnError(CoverMovedOnError):
    """The offer is not open any more, or the swap has begun."""

    code = "SWAP_MOVED_ON"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """The time that is given in return: a shift and, None for its own bounds, from when to when."""

    shift_id: int
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


def offer_swap(
    *, cover_id: int, engineer_id: int, returned: Returned, actor: Actor, now: dt.datetime
) -> SwapOffer:
    """Offer to take an open cover for time of one's own; whoever asks is to agree.

    One offer of a person stands at a time: a new one takes the place of the last.

    Raises:
        CoverMovedOnError: the request is not open any more.
        CoverTakenError: one of the two does not carry all of their time.
        CoverInvalidError: one of the two cannot take the other's time, with why.
    """
    with transaction.atomic():
        cover, line, other, other_line = _hold_both(cover_id, returned.shift_id, now)
        if cover.from_engineer_id is None:
            raise SwapInvalidError("It is a gap: nobody is there to take a week in return.")
        period = _returned_period(other_line, returned, engineer_id, now)
        _check_both(cover, line, engineer_id, other_line, period, now)
        _replace(cover, engineer_id, now)
        offer = _create(cover, engineer_id, other, period, actor, now)
        _note(offer, "offered a swap for", for_id=engineer_id, actor=actor, now=now)
        swap_mails.tell_offered(offer=offer, actor=actor, now=now)
    return offer


def propose_swap(
    *, asking: Asking, engineer_id: int, returned: Returned, actor: Actor, now: dt.datetime
) -> SwapOffer:
    """Ask somebody for cover and name their time that one takes in return; they are to agree.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        CoverTakenError: one of the two does not carry all of their time.
        CoverInvalidError: one of the two cannot take the other's time, with why; or cover of that
            time is asked for already.
    """
    asking = dataclasses.replace(asking, asked_ids=(engineer_id,))
    with transaction.atomic():
        shifts = covers.hold_shifts({asking.shift_id, returned.shift_id})
        shift, other = shifts[asking.shift_id], shifts[returned.shift_id]
        line = covers.open_shift(shift=shift, now=now)
        other_line = covers.open_shift(shift=other, now=now)
        _refuse_other_rotation(line, other_line)
        period = _returned_period(other_line, returned, engineer_id, now)
        given = Given(engineer_id=engineer_id, shift=other_line, period=period)
        cover = cover_requests.open_request(
            shift=shift, line=line, asking=asking, actor=actor, now=now, given=given
        )
        cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover.pk)
        cover.shift = shift
        if cover.from_engineer_id is None:
            raise SwapInvalidError("It is a gap: nobody is there to take a week in return.")
        _check_both(cover, line, engineer_id, other_line, period, now)
        offer = _create(cover, engineer_id, other, period, actor, now, by_asker=True)
        _note(offer, "proposed a swap for", for_id=cover.from_engineer_id, actor=actor, now=now)
        swap_mails.tell_offered(offer=offer, actor=actor, now=now)
    return offer


def agree_swap(*, offer_id: int, actor: Actor, now: dt.datetime) -> SwapOffer:
    """Agree: both covers hold at once, or neither does.

    Raises:
        SwapMovedOnError: the offer is not open any more, or its week has begun.
        CoverMovedOnError: the request is not open any more.
        CoverTakenError: one of the two does not carry all of their time.
        CoverInvalidError: one of the two cannot take the other's time by now, with why.
    """
    with transaction.atomic():
        offer, line, other_line = _hold_offer(offer_id, now)
        cover, asker_id = offer.cover, offer.cover.from_engineer_id or 0
        for engineer_id in sorted({offer.engineer_id, asker_id}):
            people.hold_engineer(engineer_id=engineer_id)
        period = Period(starts_at=offer.return_starts_at, ends_at=offer.return_ends_at)
        if period.starts_at <= now:
            raise SwapMovedOnError("The week that was offered in return has begun meanwhile.")
        _check_both(cover, line, offer.engineer_id, other_line, period, now)
        deal = swap_mails.deal_of(offer)
        _close(offer, State.AGREED, now)
        given = Given(engineer_id=offer.engineer_id, shift=other_line, period=period)
        cover_answers.agree(cover, line=line, engineer_id=offer.engineer_id, now=now, given=given)
        second = _accept_return(offer, cover, now)
        decider = swap_mails.decider_of(offer)
        for half in (cover, second):
            covers.note(half, "swapped", for_id=decider, actor=actor, now=now)
        others = cover_closing.waiting_ids(cover)
        swap_mails.tell_agreed(offer=offer, deal=deal, actor=actor, others=others, now=now)
        cover_settling.settle_each(
            shifts=[cover.shift, offer.return_shift], why=cover_settling.COVERED, now=now
        )
    return offer


def decline_swap(*, offer_id: int, actor: Actor, now: dt.datetime) -> SwapOffer:
    """Say no to a swap; nothing changes, and the request stays as it was.

    Raises:
        SwapMovedOnError: the offer is not open any more.
        CoverMovedOnError: the request is not open any more.
    """
    with transaction.atomic():
        offer, _line, _other = _hold_offer(offer_id, now)
        _close(offer, State.DECLINED, now)
        if offer.by_asker:
            CoverAsk.objects.filter(
                cover=offer.cover, engineer_id=offer.engineer_id, state=CoverAsk.State.WAITING
            ).update(state=CoverAsk.State.DECLINED, answered_at=now)
        decider = swap_mails.decider_of(offer)
        _note(offer, "declined a swap for", for_id=decider, actor=actor, now=now)
        both = {offer.engineer_id, offer.cover.from_engineer_id}
        swap_mails.tell_closed(
            offer=offer, what="The swap was declined", to=both - {actor.engineer_id}, now=now
        )
    return offer


def withdraw_swap(*, offer_id: int, actor: Actor, now: dt.datetime) -> SwapOffer:
    """Take the offer back while it is open; a request that was made for it stays open.

    Raises:
        SwapMovedOnError: the offer is not open any more.
        CoverMovedOnError: the request is not open any more.
    """
    with transaction.atomic():
        offer, _line, _other = _hold_offer(offer_id, now)
        _close(offer, State.WITHDRAWN, now)
        mine = offer.cover.from_engineer_id if offer.by_asker else offer.engineer_id
        _note(offer, "withdrew a swap for", for_id=mine, actor=actor, now=now)
        both = {offer.engineer_id, offer.cover.from_engineer_id}
        swap_mails.tell_closed(
            offer=offer, what="The swap was withdrawn", to=both - {actor.engineer_id}, now=now
        )
    return offer


def _hold_both(
    cover_id: int, return_shift_id: int, now: dt.datetime
) -> tuple[Cover, WorkedShift, Shift, WorkedShift]:
    """An open request and the shift given in return, both locked, with their stints."""
    shift_id = Cover.objects.values_list("shift_id", flat=True).get(pk=cover_id)
    shifts = covers.hold_shifts({shift_id, return_shift_id})
    cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover_id)
    cover.shift = shifts[shift_id]
    cover_requests.refuse_closed(cover, now=now)
    line = covers.open_shift(shift=shifts[shift_id], now=now)
    other_line = covers.open_shift(shift=shifts[return_shift_id], now=now)
    _refuse_other_rotation(line, other_line)
    return cover, line, shifts[return_shift_id], other_line


def _hold_offer(offer_id: int, now: dt.datetime) -> tuple[SwapOffer, WorkedShift, WorkedShift]:
    """An open offer with its request and both shifts, all locked."""
    named = SwapOffer.objects.values_list("cover_id", "return_shift_id").get(pk=offer_id)
    shift_id = Cover.objects.values_list("shift_id", flat=True).get(pk=named[0])
    shifts = covers.hold_shifts({shift_id, named[1]})
    offer = SwapOffer.objects.select_related("engineer").get(pk=offer_id)
    cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=named[0])
    cover.shift, offer.cover, offer.return_shift = shifts[shift_id], cover, shifts[named[1]]
    if offer.state != State.OPEN:
        at = f" {wording.moment(offer.closed_at, cover.shift.time_zone)}" if offer.closed_at else ""
        raise SwapMovedOnError(f"The swap {BECAME[State(offer.state)]}{at}. Nothing changed.")
    cover_requests.refuse_closed(cover, now=now)
    line = covers.open_shift(shift=cover.shift, now=now)
    return offer, line, covers.open_shift(shift=offer.return_shift, now=now)


def _refuse_other_rotation(line: WorkedShift, other: WorkedShift) -> None:
    if line.rotation_id != other.rotation_id:
        message = "A swap is of two weeks of one rotation. Choose one of this rotation’s weeks."
        raise SwapInvalidError(message, fields={"shift": message})


def _returned_period(
    line: WorkedShift, returned: Returned, engineer_id: int, now: dt.datetime
) -> Period:
    """What is given in return, all of it that person's and none of it begun."""
    period = covers.part_period(
        shift=line, starts_at=returned.starts_at, ends_at=returned.ends_at, now=now
    )
    if period.starts_at <= now:
        message = "That week has begun. Choose one that is to come."
        raise SwapInvalidError(message, fields={"shift": message})
    covers.relieved(line, period, to_engineer_id=None, seen=Seen(engineer_id=engineer_id))
    return period


def _check_both(
    cover: Cover,
    line: WorkedShift,
    engineer_id: int,
    other_line: WorkedShift,
    returned: Period,
    now: dt.datetime,
) -> None:
    """Each of the two can take the other's time, with their own given away."""
    rotation, asker_id = cover.shift.level.rotation, cover.from_engineer_id or 0
    if asker_id == engineer_id:
        raise SwapInvalidError("A swap is between two people.")
    asked = Period(
        starts_at=max(cover.starts_at, now.replace(microsecond=0)), ends_at=cover.ends_at
    )
    covers.relieved(line, asked, to_engineer_id=engineer_id, seen=Seen(engineer_id=asker_id))
    facts = cover_people.part_of(shift=line, rotation=rotation, period=asked, now=now)
    given = Given(engineer_id=engineer_id, shift=other_line, period=returned)
    covers.ask_rules(line, rotation, facts, engineer_id, now, given)
    facts = cover_people.part_of(shift=other_line, rotation=rotation, period=returned, now=now)
    given = Given(engineer_id=asker_id, shift=line, period=asked)
    covers.relieved(
        other_line, returned, to_engineer_id=asker_id, seen=Seen(engineer_id=engineer_id)
    )
    covers.ask_rules(other_line, rotation, facts, asker_id, now, given)


def _replace(cover: Cover, engineer_id: int, now: dt.datetime) -> None:
    """An offer of that person's before this one gives way to it."""
    rows = SwapOffer.objects.filter(cover=cover, engineer_id=engineer_id, state=State.OPEN)
    rows.filter(by_asker=True).update(state=State.DECLINED, closed_at=now)
    rows.update(state=State.WITHDRAWN, closed_at=now)


def _create(  # noqa: PLR0913 - what an offer is made of
    cover: Cover,
    engineer_id: int,
    other: Shift,
    period: Period,
    actor: Actor,
    now: dt.datetime,
    *,
    by_asker: bool = False,
) -> SwapOffer:
    offer = SwapOffer.objects.create(
        cover=cover,
        engineer_id=engineer_id,
        return_shift=other,
        return_starts_at=period.starts_at,
        return_ends_at=period.ends_at,
        by_asker=by_asker,
        offered_by=actor.name,
        offered_at=now,
    )
    offer.cover, offer.return_shift = cover, other
    return offer


def _accept_return(offer: SwapOffer, cover: Cover, now: dt.datetime) -> Cover:
    second = Cover.objects.create(
        shift=offer.return_shift,
        from_engineer_id=offer.engineer_id,
        to_engineer_id=cover.from_engineer_id,
        starts_at=offer.return_starts_at,
        ends_at=offer.return_ends_at,
        state=Cover.State.ACCEPTED,
        swap_with=cover,
        asked_by=offer.offered_by,
        asked_at=offer.offered_at,
        accepted_at=now,
        acceptance_number=covers.next_number(offer.return_shift),
    )
    second.shift = offer.return_shift
    return second


def _close(offer: SwapOffer, state: SwapOffer.State, now: dt.datetime) -> None:
    offer.state, offer.closed_at = state, now
    offer.save(update_fields=["state", "closed_at"])


def _note(
    offer: SwapOffer, verb: str, *, for_id: int | None, actor: Actor, now: dt.datetime
) -> None:
    cover_trail.note(
        offer.cover, verb, for_id=for_id, actor=actor, now=now, concerned=[offer.engineer_id]
    )
