"""Which weeks run at an instant, whenever it is or was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.models import Shift

if TYPE_CHECKING:
    import datetime as dt


def running_shift_ids(*, at: dt.datetime, rotation: str = "") -> list[int]:
    """Shifts of every level, or of the rotation with that slug, that had begun and were not over.

    One that was cancelled was over from then on, and never began if that was before its start.
    """
    running = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at)
    running = running.filter(Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=at))
    if rotation:
        running = running.filter(level__rotation__slug=rotation)
    return list(running.order_by("starts_at", "pk").values_list("pk", flat=True))
