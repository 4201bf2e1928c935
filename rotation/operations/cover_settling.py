"""Requests for cover stay with their week: what a change of it does to them, never silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from audit.operations import Actor
from common.periods import Period
from rotation.domain import cover_requests as domain
from rotation.models import Cover, CoverAsk, Shift, SwapOffer
from rotation.operations import cover_closing, cover_request_mails, cover_trail
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from rotation.queries.worked import WorkedShift

SETTLING = Actor.sweep("settle_requests")
PUBLISHED = "A new schedule was published."
COVERED = "Somebody else carries some of that time by now."
UNDONE = "A cover was undone."


def settle_shifts(*, shift_ids: Collection[int], why: str, now: dt.datetime) -> None:
    """Settle the open requests of these shifts, all locked by the caller, after a change."""
    asks = Cover.objects.filter(shift__in=shift_ids, state=Cover.State.OPEN)
    offers = SwapOffer.objects.filter(return_shift__in=shift_ids, state=SwapOffer.State.OPEN)
    concerned = Q(pk__in=asks.values("shift_id")) | Q(pk__in=offers.values("return_shift_id"))
    rows = Shift.objects.filter(concerned)
    for shift in rows.select_related("level__rotation__team").order_by("pk"):
        settle_shift(shift=shift, why=why, now=now)


def settle_each(*, shifts: Iterable[Shift], why: str, now: dt.datetime) -> None:
    """Settle these shifts, all locked by the caller, each once."""
    for shift in sorted({shift.pk: shift for shift in shifts}.values(), key=lambda one: one.pk):
        settle_shift(shift=shift, why=why, now=now)


def settle_shift(*, shift: Shift, why: str, now: dt.datetime) -> None:
    """Keep each open request to the time that whoever asks still carries.

    Time that is gone is taken off; where several pieces are left, each is a request of its own;
    where nothing is left the request is closed. Who asks and who is asked get a mail that says so.
    Offers of the week in return lapse where it is not the offerer's any more.
    """
    cover_closing.lapse_returns(shift, now=now)
    rows = Cover.objects.filter(shift=shift, state=Cover.State.OPEN)
    open_rows = list(rows.select_related("from_engineer", "to_engineer").order_by("pk"))
    if not open_rows:
        return
    line = worked.worked_shift(shift_id=shift.pk)
    for cover in open_rows:
        cover.shift = shift
        left = _left(cover, line, now)
        if left == [Period(starts_at=cover.starts_at, ends_at=cover.ends_at)]:
            continue
        if left:
            _narrow(cover, left, now)
            narrowed = [cover, *[_copied(cover, period) for period in left[1:]]]
        else:
            cover_closing.close(cover, state=Cover.State.WITHDRAWN, now=now)
            narrowed = [cover]
        for each in narrowed:
            cover_trail.note(
                each,
                "closed" if not left else "moved",
                for_id=None,
                actor=SETTLING,
                now=now,
                before=Cover.State.OPEN,
            )
            cover_request_mails.tell_moved(cover=each, shift=line, why=why, now=now)


def _left(cover: Cover, line: WorkedShift, now: dt.datetime) -> list[Period]:
    """The pieces of the asked time that whoever asks still carries and that can be asked for."""
    if line.cancelled_at is not None:
        return []
    asked = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    inside = asked.overlap(line.period)
    if inside is None:
        return []
    pieces = [
        piece.period for piece in line.within(inside) if piece.person == cover.from_engineer_id
    ]
    return [
        piece
        for piece in pieces
        if piece == asked
        or now
        < domain.ends_at(
            starts_at=piece.starts_at, part_ends_at=piece.ends_at, is_urgent=cover.is_urgent
        )
    ]


def _narrow(cover: Cover, left: list[Period], now: dt.datetime) -> None:
    cover.starts_at, cover.ends_at = left[0].starts_at, left[0].ends_at
    cover.save(update_fields=["starts_at", "ends_at"])
    cover_closing.lapse_offers(cover, now=now)


def _copied(cover: Cover, period: Period) -> Cover:
    """The same request for another piece, with the answers that were given."""
    other = Cover.objects.create(
        shift=cover.shift,
        from_engineer=cover.from_engineer,
        to_engineer=cover.to_engineer,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        asked_by=cover.asked_by,
        asked_at=cover.asked_at,
        asks_everyone=cover.asks_everyone,
        is_urgent=cover.is_urgent,
        reminded_at=cover.reminded_at,
        message=cover.message,
    )
    CoverAsk.objects.bulk_create(
        CoverAsk(
            cover=other,
            engineer_id=ask.engineer_id,
            state=ask.state,
            asked_at=ask.asked_at,
            answered_at=ask.answered_at,
        )
        for ask in cover.asks.order_by("pk")
    )
    return other
