from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    many_shifts,
    mark_published,
    page_of,
    queries_of,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    many_shifts(team.primary, team.ben, first=THIS_WEEK, count=20)
    many_shifts(team.escalation, team.anna, first=THIS_WEEK, count=20)
    mark_published(team.rotation, team.anna)
    return team


def test_a_manager_reads_what_needs_them_in_order_of_date(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation)
    builders.make_application(team=team.rotation.team, engineer=team.carla)

    page = page_of(team.anna, "/")

    assert heading(page) == "2 things need you"
    assert page.index("1 application waits") < page.index("Draft 1 waits for a decision")
    assert "The next four weeks" in page


def test_a_manager_whom_nothing_needs_reads_when_the_next_handover_is(team: TeamAtWork) -> None:
    page = page_of(team.anna, "/")

    assert heading(page) == "Nothing needs you"
    assert "Next handover: <time" in page


def test_somebody_away_in_their_published_week_needs_the_manager(team: TeamAtWork) -> None:
    shift = team.primary.shifts.get(week_date=NEXT_WEEK)
    shift.day_windows = [[shift.starts_at.isoformat(), shift.ends_at.isoformat()]]
    shift.save(update_fields=["day_windows"])
    builders.make_absence(engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK)

    page = page_of(team.anna, "/")

    assert "Ben is away in their published week of Mon 30 Nov 2026" in page


def test_the_home_takes_as_many_queries_for_a_thousand_weeks_as_for_ten(team: TeamAtWork) -> None:
    few = queries_of(team.max, "/")

    many_shifts(team.primary, team.ben, first=THIS_WEEK - 500 * WEEK, count=500)
    many_shifts(team.escalation, team.anna, first=THIS_WEEK - 500 * WEEK, count=500)

    assert queries_of(team.max, "/") == few
