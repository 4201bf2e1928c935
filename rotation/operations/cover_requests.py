"""Asking for cover: who is on call asks others to take a shift or part of it, or takes that back.

Nobody's time moves by asking. A request stays with its week: what a publication or another cover
does to it is in `cover_settling`, what becomes of it by an answer in `cover_answers`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from common.cleaning import Cleaner
from rotation.domain import cover_requests as domain
from rotation.models import Cover, CoverAsk
from rotation.operations import cover_closing, cover_request_mails, cover_trail, covers
from rotation.operations.covers import CoverInvalidError, CoverMovedOnError, Seen
from rotation.queries import cover_people

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from audit.operations import Actor
    from common.periods import Period
    from rotation.domain.cover_candidates import Candidate
    from rotation.models import Shift
    from rotation.queries.cover_people import Given
    from rotation.queries.worked import WorkedShift

LONGEST_MESSAGE = 280
A_MOMENT = 15 * 60


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Which time of a shift is to be taken, and who is asked; nobody named asks everyone who can.

    None for a bound is the shift's own, the past becomes now. `seen` is whose time it is as the
    one who asks saw it: somebody who asks for themselves gives themselves. An urgent request
    stands while its part runs, until its end.
    """

    shift_id: int
    asked_ids: tuple[int, ...] = ()
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    seen: Seen | None = None
    message: str = ""
    is_urgent: bool = False


def request_cover(*, asking: Asking, actor: Actor, now: dt.datetime) -> Cover:
    """Ask for cover; a mail goes to each who is asked, with a link that takes or declines it.

    A part that has begun is urgent: what is left of it can be taken until its end.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
        CoverInvalidError: the time is not in the shift or has passed, is asked for already, or
            somebody who is asked cannot take it, or nobody can.
        CoverTakenError: not one person, or another than was seen, is on call for all that time.
    """
    with transaction.atomic():
        shift = covers.hold_shift(asking.shift_id)
        line = covers.open_shift(shift=shift, now=now)
        cover = open_request(shift=shift, line=line, asking=asking, actor=actor, now=now)
        cover_request_mails.tell_asked(cover=cover, shift=line, now=now)
        if cover.from_engineer_id is not None and actor.engineer_id != cover.from_engineer_id:
            cover_request_mails.tell_asked_for(cover=cover, shift=line, actor=actor, now=now)
    return cover


def open_request(
    *,
    shift: Shift,
    line: WorkedShift,
    asking: Asking,
    actor: Actor,
    now: dt.datetime,
    given: Given | None = None,
) -> Cover:
    """The request, of a locked shift that covers can change; nobody is told yet.

    `given` is what the one who is asked would give in return.

    Raises:
        CoverInvalidError: the time is not in the shift or has passed, is asked for already, or
            somebody who is asked cannot take it, or nobody can.
        CoverTakenError: not one person, or another than was seen, is on call for all that time.
    """
    period = covers.part_period(
        shift=line, starts_at=asking.starts_at, ends_at=asking.ends_at, now=now
    )
    from_id = covers.relieved(line, period, to_engineer_id=None, seen=asking.seen)
    _refuse_asked_already(shift, period, from_id)
    asked = _asked(line, shift, period, asking, from_id, given, now=now)
    cover = Cover.objects.create(
        shift=shift,
        from_engineer_id=from_id,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        asked_by=actor.name,
        asked_at=now,
        asks_everyone=not asking.asked_ids,
        is_urgent=asking.is_urgent or period.starts_at <= now,
        message=_message(asking.message),
    )
    leave_asks(cover, [each.engineer_id for each in asked], now)
    cover_trail.note(
        cover,
        "asked for",
        for_id=from_id,
        actor=actor,
        now=now,
        concerned=[each.engineer_id for each in asked],
    )
    return cover


def withdraw_request(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Take an open request back; those who were asked and have not said no are told.

    Raises:
        CoverMovedOnError: it is not open any more; the message says what became of it.
    """
    with transaction.atomic():
        cover, line = hold_request(cover_id=cover_id, now=now)
        cover_closing.close(cover, state=Cover.State.WITHDRAWN, now=now)
        cover_trail.note(
            cover,
            "withdrew",
            for_id=cover.from_engineer_id,
            actor=actor,
            now=now,
            before=Cover.State.OPEN,
        )
        cover_request_mails.tell_withdrawn(cover=cover, shift=line, actor=actor, now=now)
    return cover


def hold_request(*, cover_id: int, now: dt.datetime) -> tuple[Cover, WorkedShift]:
    """An open request with its shift, both locked, and the shift with its stints.

    Raises:
        CoverMovedOnError: it is not open any more; the message says what became of it.
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
    """
    shift = covers.hold_shift(Cover.objects.values_list("shift_id", flat=True).get(pk=cover_id))
    cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover_id)
    cover.shift = shift
    refuse_closed(cover, now=now)
    return cover, covers.open_shift(shift=shift, now=now)


def refuse_closed(cover: Cover, *, now: dt.datetime) -> None:
    """Say what became of a request that is not open any more.

    Raises:
        CoverMovedOnError: it is not.
    """
    zone = cover.shift.time_zone
    if cover.state == Cover.State.ACCEPTED and cover.to_engineer and cover.accepted_at:
        raise CoverMovedOnError(
            f"{cover.to_engineer.name} took it {_when(cover.accepted_at, now, zone)}. "
            "You are not on call for it."
        )
    if cover.state == Cover.State.WITHDRAWN and cover.closed_at:
        raise CoverMovedOnError(
            f"The request was withdrawn {_when(cover.closed_at, now, zone)}. Nothing changed."
        )
    ends_at = domain.ends_at(
        starts_at=cover.starts_at, part_ends_at=cover.ends_at, is_urgent=cover.is_urgent
    )
    if cover.state == Cover.State.EXPIRED or (cover.state == Cover.State.OPEN and ends_at <= now):
        raise CoverMovedOnError(
            f"The request ended {wording.moment(ends_at, zone)}; nobody had taken it by then. "
            "Whoever was on call stayed on call."
        )
    if cover.state != Cover.State.OPEN:
        raise CoverMovedOnError("The cover was undone. Nothing changed.")


def everyone_of(able: Sequence[Candidate]) -> list[Candidate]:
    """Whom “everyone” means: those of the level who can, the other level's only without any."""
    return [each for each in able if each.is_of_level] or list(able)


def leave_asks(cover: Cover, engineer_ids: Collection[int], now: dt.datetime) -> None:
    """Note who is asked."""
    CoverAsk.objects.bulk_create(
        CoverAsk(cover=cover, engineer_id=engineer_id, asked_at=now)
        for engineer_id in sorted(engineer_ids)
    )


def _when(at: dt.datetime, now: dt.datetime, zone: str) -> str:
    """`a moment ago (23:03 GMT)`, or the day and time once it is longer ago."""
    if (now - at).total_seconds() < A_MOMENT:
        return f"a moment ago ({wording.clock_time(at, zone)})"
    return f"on {wording.moment(at, zone)}"


def _message(typed: str) -> str:
    cleaner = Cleaner()
    text = cleaner.text("message", typed, longest=LONGEST_MESSAGE, required=False)
    cleaner.raise_problems(CoverInvalidError)
    return text


def _refuse_asked_already(shift: Shift, period: Period, from_id: int | None) -> None:
    other = (
        Cover.objects.filter(
            shift=shift,
            state=Cover.State.OPEN,
            from_engineer_id=from_id,
            starts_at__lt=period.ends_at,
            ends_at__gt=period.starts_at,
        )
        .order_by("starts_at", "pk")
        .first()
    )
    if other is not None:
        when = wording.span(other.starts_at, other.ends_at, shift.time_zone)
        message = f"Cover is asked for already, {when}. Withdraw that request first, or ask for "
        message += "another time."
        raise CoverInvalidError(message, fields={"starts_at": message})


def _asked(  # noqa: PLR0913 - the locked shift, and what is asked
    line: WorkedShift,
    shift: Shift,
    period: Period,
    asking: Asking,
    from_id: int | None,
    given: Given | None,
    *,
    now: dt.datetime,
) -> list[Candidate]:
    """Those who are asked, all of whom can; without ids everyone of the level who can."""
    rotation, asked_ids = shift.level.rotation, asking.asked_ids
    found = cover_people.candidates(
        shift=line,
        rotation=rotation,
        part=cover_people.part_of(shift=line, rotation=rotation, period=period, now=now),
        without=set() if from_id is None else {from_id},
        given=given,
        now=now,
    )
    able = [each for each in found if each.can]
    if asking.is_urgent and not asked_ids:
        return able  # whoever can, on either level; level 2 and the managers know if nobody can
    if not asked_ids:
        if not able:
            raise CoverInvalidError(
                "Nobody can take this part. Shorten it, or ask a manager of the team.",
                fields={"asked": "Nobody can take this part."},
            )
        return everyone_of(able)
    chosen = {each.engineer_id: each for each in able}
    wrong = [engineer_id for engineer_id in asked_ids if engineer_id not in chosen]
    if wrong:
        why = {each.engineer_id: f"{each.name} {each.why}" for each in found}
        message = "; ".join(why.get(pk, "somebody has no term in this team then") for pk in wrong)
        message = f"{message[0].upper()}{message[1:]}. Choose from those who can."
        raise CoverInvalidError(message, fields={"asked": message})
    return [chosen[engineer_id] for engineer_id in dict.fromkeys(asked_ids)]
