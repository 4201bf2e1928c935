from __future__ import annotations

import datetime as dt

import pytest

from tests import builders
from tests.builders import NOW, TODAY
from volunteers.queries import marks, profiles

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_a_profile_shows_the_posting_in_force() -> None:
    ben = builders.make_engineer(name="Ben", employee_id="00412")
    dublin, london = builders.make_office(), builders.make_office(name="London")
    builders.make_posting(engineer=ben, office=dublin, starts_on=TODAY - 40 * DAY)
    builders.make_posting(
        engineer=ben,
        office=london,
        team=builders.make_home_team(),
        cost_centre="ENG-210",
        starts_on=TODAY - 3 * DAY,
    )
    builders.make_posting(engineer=ben, office=dublin, starts_on=TODAY + 3 * DAY)

    profile = profiles.profile(engineer_id=ben.pk, now=NOW)

    assert profile.employee_number == "00412"
    assert (profile.place.office, profile.place.team) == ("London", "Payments")
    assert profile.place.cost_centre == "ENG-210"


def test_a_posting_starts_on_the_calendar_of_its_own_office() -> None:
    ben = builders.make_ben()
    dublin = builders.make_office()
    tokyo = builders.make_office(name="Tokyo", time_zone="Asia/Tokyo", country="JP", currency="JPY")
    builders.make_posting(engineer=ben, office=dublin, starts_on=TODAY - 40 * DAY)
    builders.make_posting(engineer=ben, office=tokyo, starts_on=TODAY + DAY)
    evening = NOW.replace(hour=16)

    place = profiles.place(engineer_id=ben.pk, now=evening)

    assert place.office == "Tokyo"


def test_somebody_without_a_posting_reads_utc() -> None:
    place = profiles.place(engineer_id=builders.make_ben().pk, now=NOW)

    assert (place.office, place.zone) == ("", "UTC")


def test_a_term_that_was_left_is_not_served_any_more() -> None:
    team, ben = builders.make_team(), builders.make_ben()
    term = builders.make_term(team=team, engineer=ben, starts_on=TODAY - 70 * DAY)
    term.left_on = TODAY
    term.save(update_fields=["left_on"])

    serving = profiles.serving(engineer_id=ben.pk, today=TODAY)

    assert (serving.is_serving, serving.has_term) == (False, True)
    assert serving.mark == marks.team_marks(team_id=team.pk)[ben.pk]
