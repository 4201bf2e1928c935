"""Taking covers back, the two weeks of a swap together or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from rotation.models import Cover, SwapOffer
from rotation.operations import cover_settling, covers, swap_mails
from rotation.operations.swaps import SwapMovedOnError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor


def is_half(cover: Cover) -> bool:
    """Whether it is one of the two weeks of a swap."""
    return cover.swap_with_id is not None or Cover.objects.filter(swap_with=cover).exists()


def undo(*, cover_id: int, actor: Actor, now: dt.datetime) -> Cover:
    """Take an accepted cover back; with half of a swap the other week goes back too.

    Raises:
        ShiftCompletedError: the week has ended or is paid for.
        CoverMovedOnError: it is over or undone, a later cover rests on it or on the other week of
            the swap, or the swap has begun.
    """
    if not is_half(Cover.objects.get(pk=cover_id)):
        return covers.undo_cover(cover_id=cover_id, actor=actor, now=now)
    with transaction.atomic():
        first = Cover.objects.filter(pk=cover_id).values_list("swap_with_id", flat=True).get()
        ids = Cover.objects.filter(swap_with=first or cover_id).values_list("pk", flat=True)
        return _undo_both(sorted({cover_id, first or cover_id, *ids}), actor, now)


def _undo_both(cover_ids: list[int], actor: Actor, now: dt.datetime) -> Cover:
    shift_ids = Cover.objects.filter(pk__in=cover_ids).values_list("shift_id", flat=True)
    shifts = covers.hold_shifts(set(shift_ids))
    rows = Cover.objects.select_related("from_engineer", "to_engineer").order_by("pk")
    halves = list(rows.filter(pk__in=cover_ids))
    at = now.replace(microsecond=0)
    for half in halves:
        half.shift = shifts[half.shift_id]
        line = covers.open_shift(shift=half.shift, now=now)
        covers.refuse_closed(half, at)
        _refuse_begun(half, line.zone, at)
        covers.refuse_rested_on(half, line.zone, at)
    offer = _agreed_offer(halves)
    deal = swap_mails.deal_of(offer)
    for half in halves:
        half.state, half.closed_at = Cover.State.UNDONE, now
        half.save(update_fields=["state", "closed_at"])
        covers.note(half, "undid", for_id=half.from_engineer_id, actor=actor, now=now)
    swap_mails.tell_undone(deal=deal, actor=actor, now=now)
    cover_settling.settle_each(shifts=shifts.values(), why=cover_settling.UNDONE, now=now)
    return halves[0]


def _refuse_begun(half: Cover, zone: str, at: dt.datetime) -> None:
    if half.starts_at <= at:
        when = wording.span(half.starts_at, half.ends_at, zone)
        raise SwapMovedOnError(
            f"The swap has begun: {when}. It is not undone any more; ask somebody to cover the "
            "time that is left."
        )


def _agreed_offer(halves: Iterable[Cover]) -> SwapOffer:
    first = next(half for half in halves if half.swap_with_id is None)
    rows = SwapOffer.objects.select_related("cover", "return_shift")
    return rows.get(cover=first, state=SwapOffer.State.AGREED)
