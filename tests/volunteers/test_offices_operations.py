from __future__ import annotations

import dataclasses

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.domain import money
from tests import builders
from volunteers.models import Office
from volunteers.operations import offices
from volunteers.operations.currencies import ISO_CURRENCIES

SHELL = Actor.shell()
NOW = builders.NOW


def details(
    *,
    name: str = "San Francisco",
    time_zone: str = "America/Los_Angeles",
    country: str = "US",
    currency: str = "USD",
    subdivision: str = "CA",
) -> offices.OfficeDetails:
    return offices.OfficeDetails(
        name=name,
        time_zone=time_zone,
        country=country,
        currency=currency,
        subdivision=subdivision,
    )


def create(wanted: offices.OfficeDetails) -> Office:
    return offices.create_office(details=wanted, actor=SHELL, now=NOW)


@pytest.mark.django_db
def test_an_office_gets_a_short_name_and_a_record() -> None:
    office = create(details(country="us", currency=" usd "))

    office.refresh_from_db()
    assert office.slug == "san-francisco"
    assert (office.country, office.subdivision, office.currency) == ("US", "CA", "USD")
    assert AuditEvent.objects.get().subject == "office San Francisco"


@pytest.mark.django_db
def test_offices_whose_names_have_no_plain_letters_get_different_short_names() -> None:
    first = create(details(name="東京"))
    second = create(details(name="大阪"))

    assert first.slug != second.slug


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (details(name=" "), "name"),
        (details(name="x" * 101), "name"),
        (details(time_zone="Dublin"), "time_zone"),
        (details(time_zone="../etc/passwd"), "time_zone"),
        (details(time_zone="localtime"), "time_zone"),
        (details(country="XX", subdivision=""), "country"),
        (details(country="USA"), "country"),
        (details(subdivision="ZZ"), "subdivision"),
        (details(country="IE", subdivision="D"), "subdivision"),
        (details(currency="EURO"), "currency"),
        (details(currency="XYZ"), "currency"),
    ],
)
def test_what_is_no_office_is_refused_beside_the_field(
    wanted: offices.OfficeDetails, field: str
) -> None:
    with pytest.raises(offices.OfficeInvalidError) as refusal:
        create(wanted)

    assert list(refusal.value.fields) == [field]
    assert not Office.objects.exists()


@pytest.mark.django_db
def test_a_name_is_taken_once() -> None:
    create(details())

    with pytest.raises(offices.OfficeNameTakenError):
        create(details())


@pytest.mark.django_db
def test_a_changed_office_keeps_its_short_name() -> None:
    office = create(details())

    offices.change_office(
        office_id=office.pk, details=details(name="Bay Area"), actor=SHELL, now=NOW
    )

    office.refresh_from_db()
    assert (office.slug, office.name) == ("san-francisco", "Bay Area")
    after = AuditEvent.objects.latest("pk").after
    assert after is not None
    assert after["name"] == "Bay Area"


@pytest.mark.django_db
def test_an_office_with_people_keeps_its_currency() -> None:
    office = create(details())
    builders.make_posting(engineer=builders.make_ben(), office=office)

    with pytest.raises(offices.OfficeInvalidError) as refusal:
        offices.change_office(
            office_id=office.pk, details=details(currency="EUR"), actor=SHELL, now=NOW
        )

    assert list(refusal.value.fields) == ["currency"]


@pytest.mark.django_db
def test_an_office_says_which_employer_is_there() -> None:
    office = create(dataclasses.replace(details(), legal_entity=" Rota Inc. "))

    offices.change_office(
        office_id=office.pk,
        details=dataclasses.replace(details(), legal_entity="Rota Holding Inc."),
        actor=SHELL,
        now=NOW,
    )

    office.refresh_from_db()
    assert office.legal_entity == "Rota Holding Inc."
    event = AuditEvent.objects.latest("pk")
    assert event.before is not None
    assert event.before["legal_entity"] == "Rota Inc."


def test_every_currency_of_an_office_can_be_paid_in() -> None:
    assert set(money.currencies()) >= ISO_CURRENCIES
