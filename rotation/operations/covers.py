"""Covers: somebody else takes a shift or part of it, and gives it back.

A cover is agreed under the locks of its rotation, its shift and the one who takes it, in this
order, so that publication, another cover and days away are before it or after it, never beside it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from common import wording
from common.periods import Period
from common.refusals import RefusedError
from rotation.models import Cover, Level, Rotation, Shift
from rotation.operations import cover_mails, cover_settling, cover_trail, syncing
from rotation.queries import cover_people, worked
from volunteers.operations import people
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from audit.operations import Actor
    from rotation.domain.cover_candidates import Part
    from rotation.queries.cover_people import Given
    from rotation.queries.worked import WorkedShift


class CoverInvalidError(RefusedError):
    """The part or the person cannot be; `fields` says which."""

    code = "COVER_INVALID"


class ShiftCompletedError(RefusedError):
    """The week is over: a correction by finance is the way then."""

    code = "SHIFT_COMPLETED"
    status = 409


class ShiftCancelledError(RefusedError):
    """The week was cancelled, so nobody carries it."""

    code = "SHIFT_CANCELLED"
    status = 409


class CoverTakenError(RefusedError):
    """Somebody else holds some of that time by now."""

    code = "COVER_TAKEN"
    status = 409


class CoverMovedOnError(RefusedError):
    """The cover is over, undone, or another one rests on it."""

    code = "COVER_MOVED_ON"
    status = 409


class SwapAgreedError(CoverMovedOnError):
    """The cover is half of a swap, which is undone as a whole or not at all."""

    code = "SWAP_AGREED"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Whom the one who asks saw as on call for that time; None is a gap."""

    engineer_id: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedCover:
    """Who is to take which time of a shift; None for a bound is the shift's own.

    With `seen`, it is refused when somebody else is on call for that time by now.
    """

    shift_id: int
    to_engineer_id: int
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    seen: Seen | None = None


def enter_cover(*, wanted: WantedCover, actor: Actor, now: dt.datetime) -> Cover:
    """Agree a cover at once for somebody; whom it relieves follows from the stints.

    Of a running shift only what is to come can be covered: an earlier start becomes now. Queues a
    sync run, and a mail to the one who takes it and the one who is relieved.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
        CoverInvalidError: the time is not in the shift or has passed; the one to take it cannot
            (no term then, away, on call elsewhere) or carries it already.
        CoverTakenError: not one person, or another than was seen, is on call for all that time.
    """
    with transaction.atomic():
        shift = hold_shift(wanted.shift_id)
        people.hold_engineer(engineer_id=wanted.to_engineer_id)
        line = open_shift(shift=shift, now=now)
        period = part_period(
            shift=line, starts_at=wanted.starts_at, ends_at=wanted.ends_at, now=now
        )
        from_id = relieved(line, period, to_engineer_id=wanted.to_engineer_id, seen=wanted.seen)
        part = cover_people.part_of(
            shift=line, rotation=shift.level.rotation, period=period, now=now
        )
        ask_rules(line, shift.level.rotation, part, wanted.to_engineer_id, now)
        cover = _accept(shift, period, from_id, wanted.to_engineer_id, actor, now)
        note(cover, "entered", for_id=cover.to_engineer_id, actor=actor, now=now)
        cover_mails.tell_entered(cover=cover, shift=line, actor=actor, now=now)
        cover_settling.settle_shift(shift=shift, why=cover_settling.COVERED, now=now)
    return cover


def undo_cover(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Take an accepted cover back: wholly before its start, from now on while it runs.

    The time falls to whoever would be on call without it.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        CoverMovedOnError: it is over or undone, or a later cover rests on it.
        SwapAgreedError: it is half of a swap, which is undone as a whole.
    """
    with transaction.atomic():
        shift = hold_shift(Cover.objects.values_list("shift_id", flat=True).get(pk=cover_id))
        line = open_shift(shift=shift, now=now)
        cover = Cover.objects.select_related("from_engineer", "to_engineer").get(pk=cover_id)
        refuse_half(cover)
        at = now.replace(microsecond=0)
        refuse_closed(cover, at)
        refuse_rested_on(cover, line.zone, at)
        undone = Period(starts_at=max(at, cover.starts_at), ends_at=cover.ends_at)
        if cover.starts_at < at:
            cover.ends_at = at
        else:
            cover.state = Cover.State.UNDONE
        cover.closed_at = now
        cover.save(update_fields=["state", "ends_at", "closed_at"])
        cover.shift = shift
        note(cover, "undid", for_id=cover.from_engineer_id, actor=actor, now=now)
        cover_mails.tell_undone(
            cover=cover, shift=line, undone=undone, back_to=carriers_at(shift, undone), now=now
        )
        cover_settling.settle_shift(shift=shift, why=cover_settling.UNDONE, now=now)
    return cover


def part_period(
    *,
    shift: WorkedShift,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    now: dt.datetime,
) -> Period:
    """The time of the shift that is meant: None is the shift's own bound, the past becomes now.

    Raises:
        CoverInvalidError: it ends before it starts, lies outside the shift, or has passed.
    """
    earliest = max(shift.period.starts_at, now.replace(microsecond=0))
    first, last = starts_at or earliest, ends_at or shift.period.ends_at
    zone, problems = shift.zone, {}
    if first < shift.period.starts_at:
        problems["starts_at"] = (
            f"The shift starts {wording.moment(shift.period.starts_at, zone)}: begin then or later."
        )
    if last > shift.period.ends_at:
        problems["ends_at"] = (
            f"The shift ends {wording.moment(shift.period.ends_at, zone)}: end then or earlier."
        )
    elif last <= first:
        problems["ends_at"] = "The end comes after the start."
    elif last <= earliest:
        problems["ends_at"] = f"That time has passed: it is {wording.moment(now, zone)}."
    if problems:
        raise CoverInvalidError(" ".join(problems.values()), fields=problems)
    return Period(starts_at=max(first, earliest), ends_at=last)


def hold_shift(shift_id: int) -> Shift:
    """The shift, locked after its rotation: a publication is over or has not begun."""
    return hold_shifts([shift_id])[shift_id]


def hold_shifts(shift_ids: Collection[int]) -> dict[int, Shift]:
    """Those shifts by id, locked in order of id after their rotations, in order of id too."""
    of = Level.objects.filter(shifts__in=shift_ids).values("rotation_id")
    rows = Rotation.objects.select_for_update(no_key=True).filter(pk__in=of).order_by("pk")
    list(rows.values_list("pk", flat=True))
    shifts = Shift.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    found = shifts.select_related("level__rotation__team").filter(pk__in=shift_ids)
    return {shift.pk: shift for shift in found}


def open_shift(*, shift: Shift, now: dt.datetime) -> WorkedShift:
    """The shift with its stints, while covers of it can change.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        ShiftCancelledError: the week was cancelled.
    """
    if shift.cancelled_at is not None:
        raise ShiftCancelledError("This week was cancelled; nobody carries it. Nothing changed.")
    if shift.completed_at is not None or shift.ends_at <= now:
        raise ShiftCompletedError(
            f"This week ended {wording.moment(shift.ends_at, shift.time_zone)}. "
            "Its covers stay as they are; finance can correct what it pays."
        )
    return worked.worked_shift(shift_id=shift.pk)


def relieved(
    line: WorkedShift, period: Period, *, to_engineer_id: int | None, seen: Seen | None
) -> int | None:
    """The one person (None: nobody) who is on call for all that time.

    Raises:
        CoverInvalidError: it is the one who is to take it.
        CoverTakenError: it is not one person, or another than was seen.
    """
    pieces = line.within(period)
    on_call = {piece.person for piece in pieces}
    expected = None if seen is None else seen.engineer_id
    if to_engineer_id is not None and on_call == {to_engineer_id}:
        message = f"{names_of([to_engineer_id])[to_engineer_id]} carries that time already."
        if seen is not None and expected != to_engineer_id:
            raise CoverTakenError(f"{message} Nothing changed.")
        raise CoverInvalidError(message, fields={"to_engineer": message})
    if len(on_call) == 1 and (seen is None or on_call == {expected}):
        return pieces[0].person
    names = names_of(piece.person for piece in pieces if piece.person is not None)
    told = [
        f"{names[piece.person] if piece.person is not None else 'nobody'} "
        f"{wording.span(piece.period.starts_at, piece.period.ends_at, line.zone)}"
        for piece in pieces
    ]
    opening = "That time is not one person’s" if len(on_call) > 1 else "That time has changed hands"
    raise CoverTakenError(f"{opening}: {'; '.join(told)}. Nothing changed.")


def names_of(engineer_ids: Iterable[int]) -> dict[int, str]:
    """What those people are called, by id."""
    found = contacts.contacts(engineer_ids=engineer_ids)
    return {pk: contact.name for pk, contact in found.items()}


def ask_rules(
    line: WorkedShift,
    rotation: Rotation,
    part: Part,
    to_engineer_id: int,
    now: dt.datetime,
    given: Given | None = None,
) -> None:
    """Refuse somebody who cannot take the part, with why; `given` they give away in return.

    Raises:
        CoverInvalidError: they cannot.
    """
    judged = cover_people.candidates(shift=line, rotation=rotation, part=part, given=given, now=now)
    taker = next((each for each in judged if each.engineer_id == to_engineer_id), None)
    if taker is not None and taker.can:
        return
    if taker is None:
        name = names_of([to_engineer_id]).get(to_engineer_id)
        message = (
            f"{name} has no term in {rotation.name} then, at either level."
            if name
            else "There is nobody with this number."
        )
    else:
        message = f"{taker.name} {taker.why}."
    raise CoverInvalidError(message, fields={"to_engineer": message})


def _accept(
    shift: Shift,
    period: Period,
    from_id: int | None,
    to_id: int,
    actor: Actor,
    now: dt.datetime,
) -> Cover:
    return Cover.objects.create(
        shift=shift,
        from_engineer_id=from_id,
        to_engineer_id=to_id,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        state=Cover.State.ACCEPTED,
        asked_by=actor.name,
        asked_at=now,
        accepted_at=now,
        acceptance_number=next_number(shift),
    )


def next_number(shift: Shift) -> int:
    """The place in the order of acceptance that the next cover of the locked shift gets."""
    newest: int | None = shift.covers.aggregate(number=Max("acceptance_number"))["number"]
    return (newest or 0) + 1


def refuse_half(cover: Cover) -> None:
    """Refuse to undo one of the two weeks of a swap alone.

    Raises:
        SwapAgreedError: it is one.
    """
    if cover.swap_with_id is not None or Cover.objects.filter(swap_with=cover).exists():
        raise SwapAgreedError(
            "This cover is half of a swap: it is undone together with the other week, not alone."
        )


def refuse_closed(cover: Cover, at: dt.datetime) -> None:
    """Refuse what was undone or is over.

    Raises:
        CoverMovedOnError: it is.
    """
    if cover.state != Cover.State.ACCEPTED:
        raise CoverMovedOnError(f"This cover is {cover.state} by now.")
    if cover.ends_at <= at:
        raise CoverMovedOnError("This cover is over; what was carried stays as it was.")


def refuse_rested_on(cover: Cover, zone: str, at: dt.datetime) -> None:
    """Refuse to undo what a later cover took over.

    Raises:
        CoverMovedOnError: one did.
    """
    later = (
        Cover.objects.filter(
            shift_id=cover.shift_id,
            state=Cover.State.ACCEPTED,
            acceptance_number__gt=cover.acceptance_number or 0,
            starts_at__lt=cover.ends_at,
            ends_at__gt=max(at, cover.starts_at),
        )
        .select_related("to_engineer")
        .order_by("-acceptance_number")
        .first()
    )
    if later is not None:
        who = later.to_engineer.name if later.to_engineer else "somebody"
        raise CoverMovedOnError(
            f"A later cover rests on it: {who}, "
            f"{wording.span(later.starts_at, later.ends_at, zone)}. Undo that one first."
        )


def carriers_at(shift: Shift, period: Period) -> set[int]:
    """Who is on call in that time now that the cover is gone."""
    pieces = worked.worked_shift(shift_id=shift.pk).within(period)
    return {piece.person for piece in pieces if piece.person is not None}


def note(cover: Cover, verb: str, *, for_id: int | None, actor: Actor, now: dt.datetime) -> None:
    """One audit event, and a sync run that brings the stints to PagerDuty.

    `for_id` is whose act it is; somebody else does it on their behalf.
    """
    shift = cover.shift
    week = wording.day(shift.week_date)
    syncing.queue_sync(
        rotation_id=shift.level.rotation_id,
        cause=f"cover {cover.pk} in the week of {week} {verb}",
        now=now,
        starts_at=cover.starts_at,
    )
    cover_trail.note(cover, verb, for_id=for_id, actor=actor, now=now)
