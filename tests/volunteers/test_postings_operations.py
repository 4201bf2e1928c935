from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers.models import Engineer, Office, Posting
from volunteers.operations import postings
from volunteers.queries import people

pytestmark = pytest.mark.django_db

SPRING = dt.date(2026, 3, 1)
SUMMER = dt.date(2026, 7, 1)


def post(
    engineer: Engineer, office: Office, starts_on: dt.date, *, cost_centre: str = "CC-1"
) -> Posting:
    place = postings.Place(
        office_id=office.pk, team_id=None, cost_centre=cost_centre, starts_on=starts_on
    )
    return postings.set_posting(
        engineer_id=engineer.pk, place=place, actor=Actor.shell(), now=builders.NOW
    )


def office_on(engineer: Engineer, date: dt.date) -> str | None:
    line = people.postings_on(engineer_ids=[engineer.pk], date=date).get(engineer.pk)
    return line.office_name if line else None


def test_a_posting_counts_from_its_day_until_the_next_one() -> None:
    ben = builders.make_ben()
    dublin, london = builders.make_office(), builders.make_office(name="London")

    post(ben, dublin, SPRING)
    post(ben, london, SUMMER)

    assert office_on(ben, SPRING - dt.timedelta(days=1)) is None
    assert office_on(ben, SPRING) == "Dublin"
    assert office_on(ben, SUMMER - dt.timedelta(days=1)) == "Dublin"
    assert office_on(ben, SUMMER) == "London"


def test_the_same_place_again_writes_and_records_nothing() -> None:
    ben, dublin = builders.make_ben(), builders.make_office()

    post(ben, dublin, SPRING)
    post(ben, dublin, SUMMER)

    assert Posting.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_a_posting_from_the_same_day_is_put_right_and_says_what_it_was() -> None:
    ben, dublin = builders.make_ben(), builders.make_office()

    post(ben, dublin, SPRING)
    post(ben, dublin, SPRING, cost_centre="CC-2")

    assert Posting.objects.get().cost_centre == "CC-2"
    event = AuditEvent.objects.latest("pk")
    assert event.before == {
        "office": "Dublin",
        "team": None,
        "cost_centre": "CC-1",
        "starts_on": "2026-03-01",
    }


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2029-01-01", "9999-12-31"])
def test_a_day_far_from_now_is_refused(day: str) -> None:
    ben, dublin = builders.make_ben(), builders.make_office()

    with pytest.raises(postings.PostingInvalidError) as refusal:
        post(ben, dublin, dt.date.fromisoformat(day))

    assert list(refusal.value.fields) == ["starts_on"]
    assert not Posting.objects.exists()


def test_an_office_and_a_team_that_are_not_there_are_both_named() -> None:
    ben = builders.make_ben()
    place = postings.Place(office_id=999, team_id=999, cost_centre="x" * 65, starts_on=SPRING)

    with pytest.raises(postings.PostingInvalidError) as refusal:
        postings.set_posting(engineer_id=ben.pk, place=place, actor=Actor.shell(), now=builders.NOW)

    assert sorted(refusal.value.fields) == ["cost_centre", "office", "team"]
