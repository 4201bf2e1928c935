from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from rotation.domain.calendars import Calendar, Holiday, counted_holidays
from rotation.operations import policies
from rotation.queries import patterns, planning
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from rotation.domain.planning import PlanWeek
    from rotation.models import Rotation

CHRISTMAS, THANKSGIVING = dt.date(2026, 12, 25), dt.date(2026, 12, 3)
SHELL = Actor.shell()


def test_a_day_off_in_several_offices_counts_once_with_the_highest_weight() -> None:
    dublin = Calendar(office="", weight=50, days={CHRISTMAS: "Christmas Day"})
    coast = Calendar(office="San Francisco", weight=75, days={CHRISTMAS: "Christmas Day"})

    assert counted_holidays([coast, dublin]) == {
        CHRISTMAS: Holiday(names=("Christmas Day",), load=75)
    }


def test_a_day_off_elsewhere_says_where() -> None:
    days = {THANKSGIVING: "Thanksgiving"}
    dublin = Calendar(office="", weight=50, days={THANKSGIVING: "Market day"})
    others = [Calendar(office=name, weight=25, days=days) for name in ("Austin", "San Francisco")]

    found = counted_holidays([*others, dublin])[THANKSGIVING]

    assert found.names == ("Market day", "Thanksgiving (Austin, San Francisco)")
    assert found.load == 50


@pytest.fixture
def rotation() -> Rotation:
    """Dublin's calendar is the rotation's own; San Francisco has a day more."""
    dublin = builders.make_office()
    coast = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    for office in (dublin, coast):
        builders.make_holiday(office=office, date=CHRISTMAS, name="Christmas Day")
    builders.make_holiday(office=coast, date=THANKSGIVING, name="Thanksgiving")
    return builders.make_rotation(holiday_office=dublin)


def weeks(rotation: Rotation) -> dict[dt.date, PlanWeek]:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    plan = planning.plan_for(rotation=rotation, policy=policy, first_week_date=NEXT_WEEK, weeks=6)
    return {week.week_date: week for week in plan.weeks}


def weigh(rotation: Rotation, **weights: int) -> None:
    named = {slug.replace("_", "-"): weight for slug, weight in weights.items()}
    policies.change_policy(
        rotation_id=rotation.pk,
        figures=policies.Figures(holiday_weights=named),
        reason="Both coasts carry this.",
        actor=SHELL,
        now=NOW,
    )


@pytest.mark.django_db
def test_without_weights_the_rotations_own_calendar_counts(rotation: Rotation) -> None:
    found = weeks(rotation)

    assert (found[NEXT_WEEK].load, found[NEXT_WEEK].holidays) == (100, ())
    assert found[NEXT_WEEK + 3 * WEEK].load == 150


@pytest.mark.django_db
def test_weights_by_office_count_each_calendar(rotation: Rotation) -> None:
    weigh(rotation, dublin=60, san_francisco=25)

    found = weeks(rotation)

    assert found[NEXT_WEEK].load == 125
    assert found[NEXT_WEEK].holidays == ("Thanksgiving (San Francisco)",)
    assert found[NEXT_WEEK + 3 * WEEK].load == 160
    assert found[NEXT_WEEK + 3 * WEEK].holidays == ("Christmas Day",)


@pytest.mark.django_db
def test_an_office_without_a_weight_counts_for_nothing(rotation: Rotation) -> None:
    weigh(rotation, san_francisco=25)

    assert weeks(rotation)[NEXT_WEEK + 3 * WEEK].load == 125


@pytest.mark.django_db
def test_more_offices_ask_no_more_queries(rotation: Rotation) -> None:
    weigh(rotation, san_francisco=25)
    with CaptureQueriesContext(connection) as few:
        weeks(rotation)
    weigh(rotation, dublin=50, san_francisco=25)

    with CaptureQueriesContext(connection) as more:
        weeks(rotation)

    assert len(more) == len(few)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"atlantis": 25}, "There is no office called atlantis."),
        ({"dublin": 1001}, "Dublin: a number from 0 to 10.0."),
        ({"dublin": -1}, "Dublin: a number from 0 to 10.0."),
    ],
)
def test_weights_name_offices_that_are_there_and_stay_within_bounds(
    rotation: Rotation, weights: dict[str, int], message: str
) -> None:
    with pytest.raises(policies.PolicyInvalidError) as refusal:
        weigh(rotation, **weights)

    assert refusal.value.fields == {"holiday_weights": message}
