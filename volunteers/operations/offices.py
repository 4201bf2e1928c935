"""Offices: where people work, in which currency they are paid, and by whom."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import Office, Posting
from volunteers.operations.currencies import ISO_CURRENCIES
from volunteers.operations.holiday_library import subdivisions_by_country
from volunteers.operations.slugs import free_slug

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor

NAME_LENGTH = 100
LEGAL_ENTITY_LENGTH = 200


class OfficeInvalidError(RefusedError):
    """An office's name, zone, country or currency is not one."""

    code = "OFFICE_INVALID"


class OfficeNameTakenError(RefusedError):
    """Another office has that name."""

    code = "OFFICE_NAME_TAKEN"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeDetails:
    """What an office is: name, zone, country and part of it (ISO 3166), currency (ISO 4217).

    `legal_entity` is the employer there as payroll knows it, if anybody has entered it.
    """

    name: str
    time_zone: str
    country: str
    currency: str
    subdivision: str = ""
    legal_entity: str = ""


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
    """Give an office another name, zone, country, employer or, while nobody works there, currency.

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
        legal_entity=cleaner.line(
            "legal_entity", details.legal_entity, longest=LEGAL_ENTITY_LENGTH, required=False
        ),
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
        legal_entity=office.legal_entity,
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
