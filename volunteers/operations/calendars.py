"""The public holidays of offices: each change is a version that says who, when and why."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import CalendarVersion, Office, PublicHoliday
from volunteers.operations.holiday_library import public_holidays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.operations import Actor

HOLIDAY_NAME_LENGTH = 200
REASON_LENGTH = 500
FIRST_YEAR = 2000
LAST_YEAR = 2100
MOST_YEARS = 10
MOST_DAYS = 100


class HolidayInvalidError(RefusedError):
    """A day, its name, the reason or the years asked for cannot be used."""

    code = "HOLIDAY_INVALID"


class HolidayAlreadyThereError(RefusedError):
    """The office already has a holiday on that day; it stays as it is."""

    code = "HOLIDAY_ALREADY_THERE"
    status = 409


class HolidayNotThereError(RefusedError):
    """The office has no holiday on that day: somebody removed it before."""

    code = "HOLIDAY_NOT_THERE"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DaysChanged:
    """Days off of its own that an office gets, with their names, and days that it loses."""

    added: Mapping[dt.date, str] = dataclasses.field(default_factory=dict)
    removed: frozenset[dt.date] = frozenset()


def change_days(
    *, office_id: int, days: DaysChanged, reason: str, actor: Actor, now: dt.datetime
) -> int:
    """Add company days and remove days of any kind; returns the id of the version.

    Raises:
        HolidayInvalidError: nothing to change, no reason, a name or a day that cannot be kept.
        HolidayAlreadyThereError: the office has a holiday on one of the days.
        HolidayNotThereError: it has none on one that is to go.
    """
    clean, why = _clean(days, reason)
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=office_id)
        _refuse_standing(office, clean)
        gone = office.holidays.filter(date__in=clean.removed)
        removed = dict(gone.order_by("date").values_list("date", "name"))
        gone.delete()
        _write_days(office, clean.added, is_company=True)
        version = _version(office, added=clean.added, removed=removed, reason=why, at=(actor, now))
        _record(version, verb="changed holidays", actor=actor, now=now)
    return version.pk


def load_holidays(
    *, office_id: int, years: Iterable[int], actor: Actor, now: dt.datetime
) -> list[dt.date]:
    """Add the public holidays that the library knows for those years; gives the days added.

    Days that are there already keep their name, and none is taken away, so that a new version of
    the library moves no day that people have worked by. A day that somebody removed stays away.

    Raises:
        HolidayInvalidError: no year, more than ten, or one outside 2000 to 2100.
    """
    wanted = sorted(set(years))
    if not 0 < len(wanted) <= MOST_YEARS or wanted[0] < FIRST_YEAR or wanted[-1] > LAST_YEAR:
        message = f"Name one to {MOST_YEARS} years between {FIRST_YEAR} and {LAST_YEAR}."
        raise HolidayInvalidError(message, fields={"years": message})
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=office_id)
        kept = set(office.holidays.values_list("date", flat=True)) | _removed(office)
        added = {day: name for day, name in _known(office, wanted).items() if day not in kept}
        if added:
            _write_days(office, added, is_company=False)
            span = str(wanted[0]) if len(wanted) == 1 else f"{wanted[0]} to {wanted[-1]}"
            why = f"Public holidays of {span} from the library."
            version = _version(office, added=added, removed={}, reason=why, at=(actor, now))
            _record(version, verb="loaded holidays", actor=actor, now=now)
    return list(added)


def settle_version(*, version_id: int, now: dt.datetime) -> CalendarVersion | None:
    """Mark that published weeks follow the version, in the transaction that lets them.

    None when they do already, or when another run holds the version.
    """
    waiting = CalendarVersion.objects.filter(pk=version_id, settled_at__isnull=True)
    version = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if version is None:
        return None
    version.settled_at = now
    version.save(update_fields=["settled_at"])
    return version


def _clean(days: DaysChanged, reason: str) -> tuple[DaysChanged, str]:
    cleaner = Cleaner()
    why = cleaner.line("reason", reason, longest=REASON_LENGTH)
    added = {
        day: cleaner.line("name", name, longest=HOLIDAY_NAME_LENGTH)
        for day, name in days.added.items()
    }
    touched = [*added, *days.removed]
    if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in touched):
        cleaner.refuse("date", f"Choose a day between {FIRST_YEAR} and {LAST_YEAR}.")
    if not touched:
        cleaner.refuse("date", "Name a day to add or to remove.")
    if len(touched) > MOST_DAYS:
        cleaner.refuse("date", f"Change at most {MOST_DAYS} days at once.")
    cleaner.raise_problems(HolidayInvalidError)
    return DaysChanged(added=added, removed=days.removed), why


def _refuse_standing(office: Office, days: DaysChanged) -> None:
    standing = set(office.holidays.values_list("date", flat=True))
    for day in sorted(days.added):
        if day in standing - days.removed:
            message = f"{office.name} already has a holiday on {wording.day(day)}."
            raise HolidayAlreadyThereError(message, fields={"date": message})
    for day in sorted(days.removed - standing):
        message = f"{office.name} has no holiday on {wording.day(day)}."
        raise HolidayNotThereError(message, fields={"date": message})


def _write_days(office: Office, days: Mapping[dt.date, str], *, is_company: bool) -> None:
    PublicHoliday.objects.bulk_create(
        PublicHoliday(
            office=office, date=day, name=name[:HOLIDAY_NAME_LENGTH], is_company=is_company
        )
        for day, name in days.items()
    )


def _version(
    office: Office,
    *,
    added: Mapping[dt.date, str],
    removed: Mapping[dt.date, str],
    reason: str,
    at: tuple[Actor, dt.datetime],
) -> CalendarVersion:
    """The next version of the office, which the caller holds."""
    actor, now = at
    return CalendarVersion.objects.create(
        office=office,
        number=office.calendar_versions.count() + 1,
        added={day.isoformat(): name for day, name in sorted(added.items())},
        removed={day.isoformat(): name for day, name in sorted(removed.items())},
        reason=reason,
        made_by=actor.name,
        made_at=now,
    )


def _removed(office: Office) -> set[dt.date]:
    """Days whose last change was their removal."""
    gone: set[str] = set()
    for added, removed in office.calendar_versions.order_by("number").values_list(
        "added", "removed"
    ):
        gone = (gone | set(removed)) - set(added)
    return {dt.date.fromisoformat(day) for day in gone}


def _known(office: Office, years: Iterable[int]) -> dict[dt.date, str]:
    return {
        day: name
        for year in years
        for day, name in public_holidays(
            country=office.country, subdivision=office.subdivision, year=year
        ).items()
    }


def _record(version: CalendarVersion, *, verb: str, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"office {version.office.name}",
        about=[version],
        before=version.removed or None,
        after=version.added,
    )
