"""Public holidays of offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from volunteers.models import PublicHoliday

if TYPE_CHECKING:
    import datetime as dt


def holidays_between(
    *, office_id: int, from_date: dt.date, until_date: dt.date
) -> dict[dt.date, str]:
    """Names by date for one office, `until_date` excluded, in order of date."""
    rows = PublicHoliday.objects.filter(
        office_id=office_id, date__gte=from_date, date__lt=until_date
    )
    return dict(rows.order_by("date", "pk").values_list("date", "name"))
