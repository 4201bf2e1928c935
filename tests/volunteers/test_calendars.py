"""Offices' calendars: loaded, changed in versions, and as they stood at an instant."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers.models import CalendarVersion, Office, PublicHoliday
from volunteers.operations import calendars
from volunteers.queries import calendars as queries

pytestmark = pytest.mark.django_db
NOW = builders.NOW
FINN = Actor(name="finn@example.com")
SHELL = Actor.shell()
EVE = dt.date(2026, 12, 24)
THANKSGIVING = dt.date(2026, 11, 26)
HOUR = dt.timedelta(hours=1)


def california() -> Office:
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    office.subdivision = "CA"
    office.save(update_fields=["subdivision"])
    return office


def change(
    office: Office,
    *,
    added: dict[dt.date, str] | None = None,
    removed: frozenset[dt.date] = frozenset(),
    reason: str = "The company decided so.",
    now: dt.datetime = NOW,
) -> int:
    days = calendars.DaysChanged(added=added or {}, removed=removed)
    return calendars.change_days(office_id=office.pk, days=days, reason=reason, actor=FINN, now=now)


def load(office: Office, *years: int) -> list[dt.date]:
    return calendars.load_holidays(office_id=office.pk, years=years, actor=SHELL, now=NOW)


# ------------------------------------------------------------------ from the library
def test_holidays_of_the_country_and_its_part_are_loaded_once() -> None:
    office = california()

    added = load(office, 2026)
    again = load(office, 2026)

    assert THANKSGIVING in added
    assert dt.date(2026, 3, 31) in added  # only in California
    assert again == []
    assert AuditEvent.objects.filter(verb="loaded holidays").count() == 1
    version = queries.versions(office_id=office.pk)[0]
    assert version.reason == "Public holidays of 2026 from the library."
    assert sorted(version.added) == added


def test_loading_never_renames_or_removes_a_day() -> None:
    office = california()
    builders.make_holiday(office=office, date=THANKSGIVING, name="Turkey")
    builders.make_holiday(office=office, date=dt.date(2026, 5, 5), name="Our own")

    load(office, 2026)

    names = dict(PublicHoliday.objects.values_list("date", "name"))
    assert names[THANKSGIVING] == "Turkey"
    assert names[dt.date(2026, 5, 5)] == "Our own"


def test_a_day_that_somebody_removed_stays_away_when_its_year_is_loaded_again() -> None:
    office = california()
    load(office, 2026)
    change(office, removed=frozenset({THANKSGIVING}))

    load(office, 2026)
    assert not office.holidays.filter(date=THANKSGIVING).exists()

    change(office, added={THANKSGIVING: "Thanksgiving after all"})
    assert office.holidays.get(date=THANKSGIVING).is_company


@pytest.mark.parametrize("years", [[], [1999], [2101], list(range(2000, 2011))])
def test_years_are_bounded(years: list[int]) -> None:
    office = california()

    with pytest.raises(calendars.HolidayInvalidError):
        load(office, *years)


# ------------------------------------------------------------------ days of one's own
def test_a_company_day_is_added_with_who_when_and_why() -> None:
    office = california()

    change(office, added={EVE: "Early"}, reason="  Everybody goes home.  ")

    day = queries.days_off(office_id=office.pk, from_date=EVE, until_date=dt.date(2027, 1, 1))[0]
    version = queries.versions(office_id=office.pk)[0]
    assert (day.name, day.is_company) == ("Early", True)
    assert (version.number, version.reason) == (1, "Everybody goes home.")
    assert (version.made_by, version.made_at) == ("finn@example.com", NOW)
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.subject) == ("changed holidays", "office San Francisco")
    assert event.after == {"2026-12-24": "Early"}


def test_a_day_moves_in_one_change() -> None:
    office = california()
    builders.make_holiday(office=office, date=EVE, name="Early")

    change(office, added={dt.date(2026, 12, 23): "Earlier"}, removed=frozenset({EVE}))

    assert list(office.holidays.values_list("name", flat=True)) == ["Earlier"]
    version = queries.versions(office_id=office.pk)[0]
    assert version.removed == {EVE: "Early"}
    assert version.dates == [dt.date(2026, 12, 23), EVE]


def test_a_day_is_added_once_and_removed_once() -> None:
    office = california()
    change(office, added={EVE: "Early"})

    with pytest.raises(calendars.HolidayAlreadyThereError, match="Thu 24 Dec 2026"):
        change(office, added={EVE: "Again"})
    change(office, removed=frozenset({EVE}))
    with pytest.raises(calendars.HolidayNotThereError, match="Thu 24 Dec 2026"):
        change(office, removed=frozenset({EVE}))

    assert CalendarVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("added", "reason", "field"),
    [
        ({}, "Why not.", "date"),
        ({EVE: " "}, "Why not.", "name"),
        ({EVE: "x" * 201}, "Why not.", "name"),
        ({EVE: "Early"}, " ", "reason"),
        ({EVE: "Early"}, "x" * 501, "reason"),
        ({dt.date(1999, 12, 31): "Early"}, "Why not.", "date"),
        ({dt.date(2101, 1, 1): "Late"}, "Why not.", "date"),
        ({EVE + dt.timedelta(days=n): "Off" for n in range(101)}, "Why not.", "date"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(
    added: dict[dt.date, str], reason: str, field: str
) -> None:
    office = california()

    with pytest.raises(calendars.HolidayInvalidError) as refusal:
        change(office, added=added, reason=reason)

    assert list(refusal.value.fields) == [field]
    assert not PublicHoliday.objects.exists()
    assert not CalendarVersion.objects.exists()


# ------------------------------------------------------------------ as it stood
def standing(office: Office) -> queries.Standing:
    return queries.standing(
        office_ids=[office.pk],
        from_date=dt.date(2026, 12, 1),
        until_date=dt.date(2027, 1, 1),
        since=NOW - 100 * HOUR,
    )


def test_undoing_the_changes_since_an_instant_gives_the_calendar_of_then() -> None:
    office = california()
    builders.make_holiday(office=office, date=EVE, name="Always")
    change(office, removed=frozenset({EVE}), now=NOW)
    change(office, added={EVE: "Back"}, now=NOW + 2 * HOUR)

    found = standing(office)

    assert found.at(office.pk, NOW) == {EVE: "Always"}
    assert found.at(office.pk, NOW + HOUR) == {}
    assert found.at(office.pk, NOW + 3 * HOUR) == {EVE: "Back"}


def test_a_single_later_change_can_be_counted_and_those_beside_it_not() -> None:
    office = california()
    first = change(office, added={EVE: "Early"}, now=NOW)
    second = change(office, added={dt.date(2026, 12, 31): "Late"}, now=NOW + HOUR)

    found = standing(office)

    assert found.at(office.pk, NOW, also=[second]) == {dt.date(2026, 12, 31): "Late"}
    assert len(found.at(office.pk, NOW, also=[first, second])) == 2


def test_the_name_of_a_day_is_known_after_its_removal() -> None:
    office = california()
    builders.make_holiday(office=office, date=EVE, name="Early")
    change(office, removed=frozenset({EVE}))

    found = queries.names_ever(
        office_ids=[office.pk], from_date=EVE, until_date=EVE + dt.timedelta(days=1)
    )

    assert found == {office.pk: {EVE: "Early"}}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE volunteers_calendarversion SET made_at = '2020-01-01 00:00:00'",
        "UPDATE volunteers_calendarversion SET added = '{}'",
        "DELETE FROM volunteers_calendarversion",
    ],
)
def test_the_database_keeps_every_version(statement: str) -> None:
    change(california(), added={EVE: "Early"})

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert CalendarVersion.objects.get().added == {"2026-12-24": "Early"}
