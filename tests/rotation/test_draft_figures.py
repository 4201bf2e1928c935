from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation import generation
from rotation.domain.progress import SearchNotes
from rotation.queries import patterns, planning
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from rotation.models import Rotation
    from volunteers.models import Engineer


def _team(*names: str) -> tuple[Rotation, list[Engineer]]:
    rotation = builders.make_rotation()
    people = [builders.make_engineer(name=name) for name in names]
    for person in people:
        builders.make_term(team=rotation.team, engineer=person)
    return rotation, people


def _solved(rotation: Rotation, *, weeks: int = 8) -> dict[str, Any]:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    plan = planning.plan_for(
        rotation=rotation, policy=policy, first_week_date=NEXT_WEEK, weeks=weeks
    )
    solved = generation.solve_plan(plan, should_stop=lambda: False, notes=SearchNotes())
    primary: dict[str, Any] = solved.figures["levels"][0]
    assert primary["level"] == "primary"
    assert solved.figures["order"] == policy.objectives
    return primary


def _publish(rotation: Rotation, *holders: Engineer) -> None:
    for level in rotation.levels.all():
        for number, holder in enumerate(holders):
            builders.make_shift(
                level=level,
                week_date=NEXT_WEEK + number * WEEK,
                holder=holder if level.name == "primary" else None,
            )


@pytest.mark.django_db
def test_each_person_has_load_holidays_wishes_and_the_shortest_time_between_shifts() -> None:
    rotation, people = _team("Anna", "Ben", "Carla", "Dan")

    found = _solved(rotation)

    assert {each["engineer"] for each in found["people"]} == {each.pk for each in people}
    for each in found["people"]:
        assert each["shifts"] == 2
        assert each["shortest_spacing"] == 4
        assert each["load"] == each["prior_load"] + 200
        assert (each["holidays"], each["prior_holidays"]) == (0, 0)
        assert (each["wishes_met"], each["wishes_unmet"]) == (0, 0)


@pytest.mark.django_db
def test_a_plain_round_robin_stands_beside_the_schedule() -> None:
    rotation, people = _team("Anna", "Ben", "Carla", "Dan")
    builders.make_absence(engineer=people[0], starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK)

    found = _solved(rotation)

    plain = found["round_robin"]
    assert plain["objectives"]["gaps"] >= found["objectives"]["gaps"]
    assert [each["engineer"] for each in plain["people"]] == [
        each["engineer"] for each in found["people"]
    ]


@pytest.mark.django_db
def test_the_published_schedule_stands_beside_where_every_week_has_one() -> None:
    rotation, (anna, ben, carla, dan) = _team("Anna", "Ben", "Carla", "Dan")
    _publish(rotation, anna, ben, carla, dan)

    whole = _solved(rotation, weeks=4)
    beyond = _solved(rotation, weeks=5)

    assert whole["published"]["objectives"]["gaps"] == 0
    assert [each["shifts"] for each in whole["published"]["people"]] == [1, 1, 1, 1]
    assert beyond["published"] is None


@pytest.mark.django_db
def test_a_published_week_whose_holder_is_away_now_counts_as_a_gap() -> None:
    rotation, (anna, ben, carla, dan) = _team("Anna", "Ben", "Carla", "Dan")
    _publish(rotation, anna, ben, carla, dan)
    builders.make_absence(engineer=ben, starts_on=NEXT_WEEK + WEEK, ends_on=NEXT_WEEK + 2 * WEEK)

    found = _solved(rotation, weeks=4)

    assert found["published"]["objectives"]["gaps"] == 1


@pytest.mark.django_db
def test_each_gap_says_what_would_close_it() -> None:
    rotation, (anna, ben) = _team("Anna", "Ben")

    found = _solved(rotation, weeks=3)

    [closing] = found["closings"]
    ways = {(way["kind"], way["engineer"]): way for way in closing["ways"]}
    assert dt.date.fromisoformat(closing["week"]) in {NEXT_WEEK + n * WEEK for n in range(3)}
    assert {engineer for kind, engineer in ways if kind == "rest"} <= {anna.pk, ben.pk}
    assert ways["volunteer", None]["closes"] == 1
    assert ways["volunteer", None]["from"] == closing["week"]
