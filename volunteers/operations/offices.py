"""Offices and their public holidays."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import Office, Posting, PublicHoliday
from volunteers.operations.currencies import ISO_CURRENCIES
from volunteers.operations.holiday_library import public_holidays, subdivisions_by_country
from volunteers.operations.slugs import free_slug

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor

NAME_LENGTH = 100
HOLIDAY_NAME_LENGTH = 200
FIRST_YEAR = 2000
LAST_YEAR = 2100
MOST_YEARS = 10


class OfficeInvalidError(RefusedError):
    """An office's name, zone, country or currency is not one."""

    code = "OFFICE_INVALID"


class OfficeNameTakenError(RefusedError):
    """Another office has that name."""

    code = "OFFICE_NAME_TAKEN"
    status = 409


class HolidayInvalidError(RefusedError):
    """The day, its name or the years asked for cannot be used."""

    code = "HOLIDAY_INVALID"


class HolidayAlreadyThereError(RefusedError):
    """The office already has a holiday on that day; it stays as it is."""

    code = "HOLIDAY_ALREADY_THERE"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeDetails:
    """What an office is: name, zone, country and part of it (ISO 3166), currency (ISO 4217)."""

    name: str
    time_zone: str
    country: str
    currency: str
    subdivision: str = ""


def create_office(*, details: OfficeDetails, actor: Actor, now: dt.datetime) -> Office:
    """Add an office. Its public holidays are loaded apart.

    Raises:
        OfficeInvalidError: with a message for each field.
        OfficeNameTakenError: another office has the name.
    """
    clean = _clean(details)
    office = Office(slug=free_slug(Office.objects, clean.name), **_columns(clean))
    with transaction.atomic():
        _save(office)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="created",
            subject=f"office {office.name}",
            after=_columns(clean),
        )
    return office


def change_office(
    *, office_id: int, details: OfficeDetails, actor: Actor, now: dt.datetime
) -> Office:
    """Give an office another name, zone, country or, while nobody works there, currency.

    Holidays that are there stay. Nothing is recorded when nothing changes.

    Raises:
        OfficeInvalidError: with a message for each field.
        OfficeNameTakenError: another office has the name.
    """
    clean = _clean(details)
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=office_id)
        before = _columns(_details_of(office))
        if clean.currency != office.currency and Posting.objects.filter(office=office).exists():
            message = "People work there and are paid in its currency; it stays."
            raise OfficeInvalidError(message, fields={"currency": message})
        if before == _columns(clean):
            return office
        for column, value in _columns(clean).items():
            setattr(office, column, value)
        _save(office)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="changed",
            subject=f"office {office.name}",
            before=before,
            after=_columns(clean),
        )
    return office


def load_holidays(
    *, office_id: int, years: Iterable[int], actor: Actor, now: dt.datetime
) -> list[dt.date]:
    """Add the public holidays that the library knows for those years; gives the days added.

    Days that are there already keep their name, and none is taken away, so that a new version of
    the library moves no day that people have worked by.

    Raises:
        HolidayInvalidError: no year, more than ten, or one outside 2000 to 2100.
    """
    wanted = sorted(set(years))
    if not 0 < len(wanted) <= MOST_YEARS or wanted[0] < FIRST_YEAR or wanted[-1] > LAST_YEAR:
        message = f"Name one to {MOST_YEARS} years between {FIRST_YEAR} and {LAST_YEAR}."
        raise HolidayInvalidError(message, fields={"years": message})
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=office_id)
        there = set(office.holidays.values_list("date", flat=True))
        added = {day: name for day, name in _known(office, wanted).items() if day not in there}
        PublicHoliday.objects.bulk_create(
            PublicHoliday(office=office, date=day, name=name[:HOLIDAY_NAME_LENGTH])
            for day, name in added.items()
        )
        if added:
            record(
                actor=actor,
                now=now,
                area=Area.SCHEDULE,
                verb="loaded holidays",
                subject=f"office {office.name}",
                after={str(day): name for day, name in added.items()},
            )
    return list(added)


def add_holiday(
    *, office_id: int, date: dt.date, name: str, actor: Actor, now: dt.datetime
) -> PublicHoliday:
    """Add one day off that the library does not know.

    Raises:
        HolidayInvalidError: no name, too long a name, or a day outside 2000 to 2100.
        HolidayAlreadyThereError: the office has a holiday on that day.
    """
    cleaner = Cleaner()
    title = cleaner.line("name", name, longest=HOLIDAY_NAME_LENGTH)
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        cleaner.refuse("date", f"Choose a day between {FIRST_YEAR} and {LAST_YEAR}.")
    cleaner.raise_problems(HolidayInvalidError)
    with transaction.atomic():
        office = Office.objects.get(pk=office_id)
        holiday = PublicHoliday(office=office, date=date, name=title)
        try:
            with transaction.atomic():
                holiday.save(force_insert=True)
        except IntegrityError as error:
            message = f"{office.name} already has a holiday on {date}."
            raise HolidayAlreadyThereError(message, fields={"date": message}) from error
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="added holiday",
            subject=f"office {office.name}",
            after={str(date): title},
        )
    return holiday


def _known(office: Office, years: Iterable[int]) -> dict[dt.date, str]:
    return {
        day: name
        for year in years
        for day, name in public_holidays(
            country=office.country, subdivision=office.subdivision, year=year
        ).items()
    }


def _clean(details: OfficeDetails) -> OfficeDetails:
    cleaner = Cleaner()
    country = details.country.strip().upper()
    subdivision = details.subdivision.strip().upper()
    currency = details.currency.strip().upper()
    clean = OfficeDetails(
        name=cleaner.line("name", details.name, longest=NAME_LENGTH),
        time_zone=cleaner.zone("time_zone", details.time_zone),
        country=country,
        subdivision=subdivision,
        currency=currency,
    )
    parts = subdivisions_by_country().get(country)
    if parts is None:
        cleaner.refuse("country", "No holidays are known for it; write two letters, as in IE.")
    elif subdivision and subdivision not in parts:
        cleaner.refuse("subdivision", _unknown_part(country, parts))
    if currency not in ISO_CURRENCIES:
        cleaner.refuse("currency", "That is not a currency; write three letters, as in EUR.")
    cleaner.raise_problems(OfficeInvalidError)
    return clean


def _unknown_part(country: str, parts: frozenset[str]) -> str:
    if not parts:
        return f"{country} has no parts with holidays of their own; leave it empty."
    return f"{country} has no such part. Known: {', '.join(sorted(parts))}."


def _details_of(office: Office) -> OfficeDetails:
    return OfficeDetails(
        name=office.name,
        time_zone=office.time_zone,
        country=office.country,
        subdivision=office.subdivision,
        currency=office.currency,
    )


def _columns(details: OfficeDetails) -> dict[str, str]:
    return dataclasses.asdict(details)


def _save(office: Office) -> None:
    try:
        with transaction.atomic():
            office.save()
    except IntegrityError as error:
        message = f"There is already an office called {office.name}."
        raise OfficeNameTakenError(message, fields={"name": message}) from error
