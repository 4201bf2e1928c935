"""Offices' calendars: the days off, what was changed, and how they stood at an instant."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Max

from volunteers.models import CalendarVersion, PublicHoliday
from volunteers.queries.people import holidays_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Days = dict[dt.date, str]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DayOff:
    """One holiday of an office; a company day is none of the country's."""

    date: dt.date
    name: str
    is_company: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class VersionLine:
    """One change of an office's calendar; `made_by` is the name of the account or sweep."""

    version_id: int
    office_id: int
    number: int
    added: Days
    removed: Days
    reason: str
    made_by: str
    made_at: dt.datetime

    @property
    def dates(self) -> list[dt.date]:
        """Every day that it adds or removes, in order."""
        return sorted({*self.added, *self.removed})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The calendars of some offices over some days, asked with an instant."""

    now: Mapping[int, Days]
    later: Mapping[int, list[VersionLine]]

    def at(self, office_id: int, instant: dt.datetime, *, also: Collection[int] = ()) -> Days:
        """The days as they stood just before the instant, and what the versions `also` did since.

        Days outside of what was asked for may be among them.
        """
        days = dict(self.now.get(office_id, {}))
        since = [one for one in self.later.get(office_id, []) if one.made_at >= instant]
        for version in reversed(since):
            days = _without(days, version.added) | version.removed
        for version in since:
            if version.version_id in also:
                days = _without(days, version.removed) | version.added
        return days


def days_off(*, office_id: int, from_date: dt.date, until_date: dt.date) -> list[DayOff]:
    """The office's days, `until_date` excluded, in order of date."""
    rows = PublicHoliday.objects.filter(
        office_id=office_id, date__gte=from_date, date__lt=until_date
    )
    return [
        DayOff(date=row.date, name=row.name, is_company=row.is_company)
        for row in rows.order_by("date", "pk")
    ]


def years_on_record(*, office_id: int) -> list[int]:
    """The years in which the office has any holiday, in order."""
    years = PublicHoliday.objects.filter(office_id=office_id).values_list("date__year", flat=True)
    return sorted(set(years))


def last_days() -> dict[int, dt.date]:
    """The last holiday on record of each office, by id; one query."""
    rows = PublicHoliday.objects.values("office_id").annotate(last=Max("date"))
    return {row["office_id"]: row["last"] for row in rows}


def standing(
    *,
    office_ids: Iterable[int],
    from_date: dt.date,
    until_date: dt.date,
    since: dt.datetime,
) -> Standing:
    """The offices' days, `until_date` excluded, with their changes from an instant on; two queries.

    It can be asked about any instant that is not earlier.
    """
    wanted = set(office_ids)
    later: dict[int, list[VersionLine]] = collections.defaultdict(list)
    rows = CalendarVersion.objects.filter(office_id__in=wanted, made_at__gte=since)
    for row in rows.order_by("office_id", "number"):
        later[row.office_id].append(_line(row))
    now = holidays_of(office_ids=wanted, from_date=from_date, until_date=until_date)
    return Standing(now=now, later=later)


def names_ever(
    *, office_ids: Iterable[int], from_date: dt.date, until_date: dt.date
) -> dict[int, Days]:
    """Names by date of each office, those of days that were removed since included; two queries."""
    wanted = set(office_ids)
    found = holidays_of(office_ids=wanted, from_date=from_date, until_date=until_date)
    rows = CalendarVersion.objects.filter(office_id__in=wanted).exclude(removed={})
    for row in rows.order_by("number"):
        for day, name in _days(row.removed).items():
            if from_date <= day < until_date:
                found[row.office_id].setdefault(day, name)
    return found


def versions(*, office_id: int) -> list[VersionLine]:
    """Every change of the office's calendar, the newest first."""
    rows = CalendarVersion.objects.filter(office_id=office_id)
    return [_line(row) for row in rows.order_by("-number")]


def versions_of(*, version_ids: Iterable[int]) -> dict[int, VersionLine]:
    """These changes by id; one query."""
    rows = CalendarVersion.objects.filter(pk__in=set(version_ids))
    return {row.pk: _line(row) for row in rows}


def unsettled_ids() -> list[int]:
    """Changes that published weeks do not follow yet, the oldest first."""
    waiting = CalendarVersion.objects.filter(settled_at__isnull=True)
    return list(waiting.order_by("made_at", "pk").values_list("pk", flat=True))


def _without(days: Days, gone: Collection[dt.date]) -> Days:
    return {day: name for day, name in days.items() if day not in gone}


def _days(stored: Mapping[str, str]) -> Days:
    return {dt.date.fromisoformat(day): name for day, name in stored.items()}


def _line(row: CalendarVersion) -> VersionLine:
    return VersionLine(
        version_id=row.pk,
        office_id=row.office_id,
        number=row.number,
        added=_days(row.added),
        removed=_days(row.removed),
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
    )
