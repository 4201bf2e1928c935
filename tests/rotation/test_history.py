from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from common.clocks import Clocks
from compensation.models import Entry
from compensation.operations import weeks as paying
from rotation import generation, instances
from rotation.domain import fairness
from rotation.domain.fairness import HeldWeek
from rotation.models import DraftShift, HistoryWeek
from rotation.operations import drafts
from rotation.queries import board_facts, patterns, planning
from rotation.queries import fairness as published
from rotation.solver import objectives
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.domain.planning import Plan, PlanPerson
    from rotation.models import Rotation
    from volunteers.models import Engineer

CLOCKS = Clocks(now=lambda: NOW, real_now=lambda: NOW)
SHELL = Actor.shell()
LAST_CHRISTMAS = dt.date(2025, 12, 22)
CHRISTMAS = dt.date(2026, 12, 21)


def team(size: int = 2) -> tuple[Rotation, list[Engineer]]:
    """Ben and others, in terms from next week on."""
    rotation = builders.make_rotation(holiday_office=builders.make_office())
    people = [builders.make_ben()]
    people += [builders.make_engineer(name=f"Eve {number}") for number in range(size - 1)]
    for person in people:
        builders.make_term(team=rotation.team, engineer=person)
    return rotation, people


def carry(
    rotation: Rotation, person: Engineer, *weeks: dt.date, load: int = 100, holiday: str = ""
) -> None:
    for week in weeks:
        builders.make_history_week(
            level=builders.level_of(rotation),
            week_date=week,
            holder=person,
            load_hundredths=load,
            holidays=[holiday] if holiday else [],
        )


def plan(rotation: Rotation, *, weeks: int = 8) -> Plan:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    return planning.plan_for(
        rotation=rotation, policy=policy, first_week_date=NEXT_WEEK, weeks=weeks
    )


def person(found: Plan, engineer: Engineer) -> PlanPerson:
    people = found.levels[0].people
    return next(each for each in people if each.engineer_id == engineer.pk)


def every(step: int, count: int, *, last: dt.date) -> list[dt.date]:
    """`count` weeks, `step` apart, up to `last`."""
    return [last - number * step * WEEK for number in reversed(range(count))]


def test_who_carried_ten_weeks_of_fifty_was_there_for_all_of_them() -> None:
    weeks = [HeldWeek(week_date=day, load=100, holder_id=1) for day in every(5, 10, last=NEXT_WEEK)]

    assert fairness.weeks_there(weeks) == 46
    assert fairness.weeks_there(weeks[:1]) == 1
    assert fairness.weeks_there([]) == 0


@pytest.mark.django_db
def test_earlier_weeks_count_as_load_holidays_and_rest() -> None:
    rotation, (ben, eve) = team()
    carry(rotation, ben, *every(5, 10, last=NEXT_WEEK - 3 * WEEK))
    carry(rotation, ben, LAST_CHRISTMAS, load=200, holiday="Christmas Day")

    found = plan(rotation)

    first = person(found, ben)
    assert (first.prior_load, first.prior_holidays) == (1200, 1)
    assert (first.prior_weeks, first.last_week) == (47, NEXT_WEEK - 3 * WEEK)
    second = person(found, eve)
    assert (second.prior_load, second.prior_weeks, second.last_week) == (0, 0, None)


@pytest.mark.django_db
def test_terms_before_the_present_one_count_too() -> None:
    rotation, (ben, eve) = team()
    for engineer in (ben, eve):
        builders.make_term(
            team=rotation.team, engineer=engineer, starts_on=NEXT_WEEK - 40 * WEEK, weeks=10
        )
    level = builders.level_of(rotation)
    for number in range(10):
        builders.make_shift(
            level=level,
            week_date=NEXT_WEEK - (40 - number) * WEEK,
            holder=(ben, eve, ben)[number % 3],
        )

    found = plan(rotation)

    assert (person(found, ben).prior_load, person(found, ben).prior_weeks) == (700, 10)
    assert (person(found, eve).prior_load, person(found, eve).prior_weeks) == (300, 10)


@pytest.mark.django_db
def test_the_chart_of_loads_uses_the_numbers_that_drafts_are_solved_by() -> None:
    rotation, people = team(size=3)
    carry(rotation, people[0], *every(4, 6, last=NEXT_WEEK - 9 * WEEK), load=150)
    carry(rotation, people[1], *every(7, 3, last=NEXT_WEEK - 5 * WEEK))
    carry(rotation, builders.make_carla(), NEXT_WEEK - 6 * WEEK)
    found = plan(rotation)
    solved_by = objectives.fair_loads(instances.problem_of(found, found.levels[:1]))["primary"]
    level = builders.level_of(rotation)
    for week in found.weeks:
        builders.make_shift(level=level, week_date=week.week_date)

    facts = board_facts.board_facts(rotation=rotation, first=NEXT_WEEK, now=NOW)
    lines = published.published_loads(facts)[0].lines

    assert {str(_id(line, people)): line.fair for line in lines} == solved_by
    assert {_id(line, people): line.load for line in lines} == {
        each.pk: person(found, each).prior_load for each in people
    }


@pytest.mark.django_db
def test_the_chart_gives_a_wholly_covered_week_to_its_carrier() -> None:
    rotation, (ben, eve) = team()
    shift = builders.make_shift(level=builders.level_of(rotation), holder=ben)
    builders.make_cover(shift=shift, from_engineer=ben, to_engineer=eve)
    later = NEXT_WEEK + WEEK
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    found = planning.plan_for(rotation=rotation, policy=policy, first_week_date=later, weeks=4)

    facts = board_facts.board_facts(rotation=rotation, first=NEXT_WEEK, now=NOW)
    lines = published.published_loads(facts)[0].lines

    loads = {_id(line, [ben, eve]): line.load for line in lines}
    assert loads == {ben.pk: 0, eve.pk: 100}
    assert loads == {each.pk: person(found, each).prior_load for each in (ben, eve)}


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(5))
def test_last_years_christmas_is_not_given_twice_to_the_same_person(number: int) -> None:
    rotation, people = team(size=5)
    last_year = people.pop(number)
    assert rotation.holiday_office is not None
    builders.make_holiday(office=rotation.holiday_office, date=dt.date(2026, 12, 25))
    carry(rotation, last_year, LAST_CHRISTMAS, holiday="Christmas Day")
    for later, each in enumerate(people, start=1):
        carry(rotation, each, LAST_CHRISTMAS + later * WEEK)

    holders = solve(rotation, weeks=10)

    assert holders[CHRISTMAS] is not None
    assert holders[CHRISTMAS] != last_year.pk
    assert None not in holders.values()


@pytest.mark.django_db
def test_nobody_is_paid_for_weeks_before_rota() -> None:
    rotation, people = team()
    carry(rotation, people[0], *every(1, 5, last=NEXT_WEEK - 3 * WEEK))

    paying.complete_weeks(actor=Actor.sweep("weeks"), now=NOW)

    assert HistoryWeek.objects.count() == 5
    assert not Entry.objects.exists()


def solve(rotation: Rotation, *, weeks: int) -> dict[dt.date, int | None]:
    """The holder of each week of a draft that is solved, primary."""
    draft = drafts.request_draft(rotation_id=rotation.pk, weeks=weeks, actor=SHELL, now=NOW)
    generation.generate_draft(draft_id=draft.pk, holder="test", clocks=CLOCKS)
    rows = DraftShift.objects.filter(draft=draft, level__name="primary")
    return dict(rows.values_list("week_date", "holder_id"))


def _id(line: published.LoadLine, people: Sequence[Engineer]) -> int:
    return next(each.pk for each in people if each.name == line.mark.name)
