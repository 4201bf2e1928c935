"""Public holidays of offices."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from volunteers.models import Office, PublicHoliday

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeHolidays:
    """An office with the names of its public holidays by date, in order."""

    office_id: int
    slug: str
    name: str
    days: dict[dt.date, str]


def holidays_between(
    *, office_id: int, from_date: dt.date, until_date: dt.date
) -> dict[dt.date, str]:
    """Names by date for one office, `until_date` excluded, in order of date."""
    rows = PublicHoliday.objects.filter(
        office_id=office_id, date__gte=from_date, date__lt=until_date
    )
    return dict(rows.order_by("date", "pk").values_list("date", "name"))


def offices_holidays(
    *, slugs: Iterable[str], from_date: dt.date, until_date: dt.date
) -> list[OfficeHolidays]:
    """Those offices' holidays, `until_date` excluded, in order of name; one query.

    An office without a holiday in this time is left out.
    """
    rows = PublicHoliday.objects.filter(
        office__slug__in=list(slugs), date__gte=from_date, date__lt=until_date
    ).select_related("office")
    found: dict[int, OfficeHolidays] = {}
    for row in rows.order_by("office__name", "office_id", "date"):
        office = found.setdefault(
            row.office_id,
            OfficeHolidays(
                office_id=row.office_id, slug=row.office.slug, name=row.office.name, days={}
            ),
        )
        office.days[row.date] = row.name
    return list(found.values())


def years_of_offices(
    *, office_ids: Iterable[int | None], slugs: Iterable[str]
) -> dict[str, set[int]]:
    """The years for which each of these offices has any holiday on record, by name; one query."""
    wanted = Q(pk__in=[pk for pk in office_ids if pk is not None]) | Q(slug__in=list(slugs))
    rows = (
        Office.objects.filter(wanted).order_by("name").values_list("name", "holidays__date__year")
    )
    found: dict[str, set[int]] = {}
    for name, year in rows.distinct():
        years = found.setdefault(name, set())
        if year is not None:
            years.add(year)
    return found
