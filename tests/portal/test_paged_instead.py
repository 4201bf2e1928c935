from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Drift, Shift
from tests import builders
from tests.builders import NEXT_WEEK, NOW
from tests.guards.world import make_drift
from tests.rotation.pages import TeamAtWork, mark_published, page_of, team_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime.combine(NEXT_WEEK + dt.timedelta(days=1), dt.time(22), tzinfo=dt.UTC)
OFFICE = dt.datetime.combine(NEXT_WEEK + dt.timedelta(days=2), dt.time(11), tzinfo=dt.UTC)
SAYS = "You are on call on primary now, and PagerDuty pages Carla."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NIGHT, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    """Ben carries the week, and PagerDuty shows Carla for a day of it."""
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    make_drift(shift, by=team.carla)
    _drift(starts_at=shift.starts_at, ends_at=shift.starts_at + dt.timedelta(days=4))
    return team


def _drift(**facts: object) -> None:
    Drift.objects.update(**facts)


def test_who_should_be_on_call_reads_at_home_whom_pagerduty_pages_instead(
    team: TeamAtWork,
) -> None:
    page = page_of(team.ben, "/")

    assert SAYS in page
    assert "So as Rota last saw it" in page


def test_nobody_else_reads_it_at_home(team: TeamAtWork) -> None:
    assert SAYS not in page_of(team.volunteers[1], "/")
    assert SAYS not in page_of(team.carla, "/")


def test_a_schedule_that_is_gone_pages_nobody_instead(team: TeamAtWork) -> None:
    _drift(cause=Drift.Cause.DELETED, shown_ref="", shown_name="", engineer=None)

    assert "You are on call on primary now, and PagerDuty pages nobody." in page_of(team.ben, "/")


@pytest.mark.parametrize(
    "facts", [{"gone_at": NOW}, {"starts_at": NIGHT + dt.timedelta(hours=1)}, {"cause": "upgraded"}]
)
def test_what_is_over_begins_later_or_is_not_known_is_not_told_as_now(
    team: TeamAtWork, facts: dict[str, object]
) -> None:
    _drift(**facts)

    assert "and PagerDuty pages" not in page_of(team.ben, "/")


def test_in_office_hours_nobody_is_on_call_and_nothing_is_told(team: TeamAtWork) -> None:
    assert Shift.objects.get().holder == team.ben

    with time_machine.travel(OFFICE, tick=False):
        assert "and PagerDuty pages" not in page_of(team.ben, "/")
