"""What the tests of home share: a schedule that runs, and somebody's home at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import time_machine

from tests import builders
from tests.builders import NOW, THIS_WEEK, WEEK
from tests.rotation.pages import mark_published, page_of

if TYPE_CHECKING:
    import datetime as dt

    from tests.rotation.pages import TeamAtWork
    from volunteers.models import Engineer

# Dublin is on call in the evening; at noon it has office hours.
EVENING = NOW.replace(hour=20)


def publish_weeks(team: TeamAtWork) -> None:
    """A week done, one running, three coming; Anna carries level 2 up to Max."""
    ben, dora, eve, *_others = team.volunteers
    holders = {-1: ben, 0: dora, 1: eve, 2: ben, 3: eve}
    for number, holder in holders.items():
        week = THIS_WEEK + number * WEEK
        builders.make_shift(level=team.primary, week_date=week, holder=holder)
        level_2 = team.max if number == 3 else team.anna
        builders.make_shift(level=team.escalation, week_date=week, holder=level_2)
    mark_published(team.rotation, team.anna)


def home_of(engineer: Engineer, *, at: dt.datetime = EVENING) -> str:
    """The home page's text at that instant."""
    with time_machine.travel(at, tick=False):
        return page_of(engineer, "/")
