"""A published shift's end of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.models import Shift

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


def hold_shift(*, shift_id: int) -> bool:
    """Let nobody else change a shift that is not completed until the transaction ends.

    Returns False when it is completed, when another run holds it, or when there is none.
    """
    waiting = Shift.objects.filter(pk=shift_id, completed_at__isnull=True)
    return waiting.select_for_update(skip_locked=True).first() is not None


def hold_shifts(*, shift_ids: Iterable[int]) -> list[int]:
    """Let nobody else change those that are not completed until the transaction ends; their ids.

    What another run holds is left out, so that nobody waits here.
    """
    waiting = Shift.objects.filter(pk__in=set(shift_ids), completed_at__isnull=True)
    held = waiting.select_for_update(skip_locked=True).order_by("pk")
    return list(held.values_list("pk", flat=True))


def complete_shift(*, shift_id: int, now: dt.datetime) -> bool:
    """Mark the shift as paid for, inside the transaction that writes its entries.

    Returns False when it was completed before: then nothing may be written for it again.
    """
    waiting = Shift.objects.filter(pk=shift_id, completed_at__isnull=True)
    return bool(waiting.update(completed_at=now))


def complete_shifts(*, shift_ids: Iterable[int], now: dt.datetime) -> int:
    """Mark several shifts as paid for, as `complete_shift` does; how many were not before."""
    waiting = Shift.objects.filter(pk__in=set(shift_ids), completed_at__isnull=True)
    return waiting.update(completed_at=now)


def hold_completed_shift(*, shift_id: int) -> bool:
    """Let nobody else deal with a completed shift until the transaction ends; waits its turn.

    Returns False when it is not completed; it is held all the same.
    """
    shift = Shift.objects.select_for_update().filter(pk=shift_id).first()
    return shift is not None and shift.completed_at is not None


def hold_completed_shifts(*, shift_ids: Iterable[int]) -> list[int]:
    """Let nobody else deal with these until the transaction ends; those that are completed, by id.

    Taken in order of id, so that two who hold some of the same wait for each other only once.
    """
    rows = Shift.objects.select_for_update().filter(pk__in=set(shift_ids)).order_by("pk")
    return [shift.pk for shift in rows.only("pk", "completed_at") if shift.completed_at is not None]
