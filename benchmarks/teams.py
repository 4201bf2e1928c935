"""Teams to measure with: seven volunteers, three managers on level 2, and their rotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.models import Rotation
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer

VOLUNTEERS = 7
MANAGERS = 3


def make_team(number: int, *, weeks: int) -> list[Engineer]:
    """A rotation whose weeks are published in turn; returns its people."""
    team = builders.make_team(name=f"Team {number:03}")
    rotation = builders.make_rotation(team=team)
    volunteers = [
        builders.make_engineer(name=f"Volunteer{number:03}{letter}")
        for letter in "abcdefg"[:VOLUNTEERS]
    ]
    managers = [
        builders.make_engineer(name=f"Manager{number:03}{letter}") for letter in "xyz"[:MANAGERS]
    ]
    for level, people in (("primary", volunteers), ("escalation", managers)):
        row = builders.level_of(rotation, level)
        for person in people:
            make = builders.make_term if level == "primary" else builders.make_escalation_term
            make(team=team, engineer=person)
        for week in range(weeks):
            builders.make_shift(
                level=row,
                week_date=builders.THIS_WEEK + week * builders.WEEK,
                holder=people[week % len(people)],
            )
    Rotation.objects.filter(pk=rotation.pk).update(schedule_version=1, published_at=builders.NOW)
    return volunteers + managers
