"""Shifts that had begun by an instant."""

from __future__ import annotations

import datetime as dt

from rotation.models import Shift

# A local day lies within a day of the same date in UTC, whatever the zone.
_MARGIN = dt.timedelta(days=1)
_MIDNIGHT = dt.time(tzinfo=dt.UTC)


def started_shift_ids(*, from_date: dt.date, until_date: dt.date, by: dt.datetime) -> list[int]:
    """Shifts around these local days, both included, that had begun by the instant; by start, id.

    Those of a day before or after may be among them.
    """
    first = dt.datetime.combine(from_date, _MIDNIGHT) - _MARGIN
    last = dt.datetime.combine(until_date, _MIDNIGHT) + 2 * _MARGIN
    rows = Shift.objects.filter(starts_at__lte=by, starts_at__lt=last, ends_at__gt=first)
    return list(rows.order_by("starts_at", "pk").values_list("pk", flat=True))
