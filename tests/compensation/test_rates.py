from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from audit.models import AuditEvent
from compensation.models import Rate
from compensation.operations import rates
from compensation.queries.rates import coming_rates, rate_history, rates_in_force
from tests import builders
from tests.compensation.rows import FINN

pytestmark = pytest.mark.django_db
NOW = builders.NOW
TODAY = builders.TODAY


def new_rate(office_id: int, **changes: Any) -> rates.NewRate:
    rate = rates.NewRate(
        office_id=office_id,
        level="primary",
        effective_from=TODAY,
        weekly_minor=60000,
        holiday_minor=9000,
    )
    return dataclasses.replace(rate, **changes)


def add(office_id: int, now: dt.datetime = NOW, **changes: Any) -> str:
    return rates.add_rate(rate=new_rate(office_id, **changes), actor=FINN, now=now)


def test_a_rate_gets_the_next_version_and_its_offices_currency() -> None:
    office = builders.make_office()

    names = [add(office.pk), add(office.pk, level="escalation"), add(office.pk, weekly_minor=65000)]

    assert names == ["dublin-primary-v1", "dublin-escalation-v1", "dublin-primary-v2"]
    assert {rate.currency for rate in Rate.objects.all()} == {"EUR"}
    event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.subject) == ("finn@example.com", "rate dublin-primary-v2")
    assert event.after == {"version": "dublin-primary-v2", "effective_from": "2026-11-25"}


def test_a_rate_before_today_in_its_office_is_refused() -> None:
    office = builders.make_office(name="San Francisco", time_zone="America/Los_Angeles")
    late_evening_there = dt.datetime(2026, 11, 26, 7, tzinfo=dt.UTC)

    add(office.pk, now=late_evening_there)
    with pytest.raises(rates.PastRateError) as caught:
        add(office.pk, now=late_evening_there, effective_from=TODAY - dt.timedelta(days=1))

    assert "Wed 25 Nov 2026" in caught.value.fields["effective_from"]
    assert Rate.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": "third"}, "level"),
        ({"weekly_minor": -1}, "weekly"),
        ({"holiday_minor": 10**15}, "holiday"),
        ({"office_id": 0}, "office"),
        ({"effective_from": dt.date(9999, 12, 31)}, "effective_from"),
    ],
)
def test_a_rate_that_is_not_right_is_refused_beside_its_field(
    changes: dict[str, Any], field: str
) -> None:
    office = builders.make_office()

    with pytest.raises(rates.RateInvalidError) as caught:
        rates.add_rate(
            rate=dataclasses.replace(new_rate(office.pk), **changes), actor=FINN, now=NOW
        )

    assert list(caught.value.fields) == [field]
    assert not Rate.objects.exists()


def test_an_office_with_an_unknown_currency_has_no_rate() -> None:
    office = builders.make_office(currency="XYZ")

    with pytest.raises(rates.RateInvalidError, match="XYZ"):
        add(office.pk)


def test_the_rate_in_force_is_the_latest_start_and_of_two_the_later_insert() -> None:
    dublin = builders.make_office()
    tokyo = builders.make_office(name="Tokyo", time_zone="Asia/Tokyo", currency="JPY")
    add(dublin.pk)
    add(dublin.pk, weekly_minor=65000)
    add(dublin.pk, effective_from=dt.date(2027, 1, 1))
    add(tokyo.pk, effective_from=dt.date(2026, 12, 1), weekly_minor=40001, holiday_minor=0)

    in_force = rates_in_force(on=TODAY)

    assert [(line.office, line.version, line.weekly) for line in in_force] == [
        ("Dublin", "dublin-primary-v2", "650.00")
    ]
    assert [line.version for line in coming_rates(after=TODAY)] == [
        "tokyo-primary-v1",
        "dublin-primary-v3",
    ]
    assert [line.weekly for line in rate_history(office_id=tokyo.pk)] == ["40001"]
