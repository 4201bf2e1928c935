from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from rotation import generation, instances
from rotation.domain import limits
from rotation.domain.progress import SearchNotes
from rotation.operations import policies
from rotation.queries import limits as queries
from rotation.queries import patterns, planning, reasons
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import page_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from rotation.domain.planning import Plan
    from rotation.models import Rotation
    from rotation.queries.limits import OverLimit
    from volunteers.models import Engineer

START = THIS_WEEK - 10 * WEEK
END = START + 26 * WEEK


@pytest.mark.parametrize(
    ("terms", "limit", "carried", "left"),
    [
        ([(START, END)], 6, [START, START + 5 * WEEK], 4),
        ([(START, END)], 1, [START, START + 5 * WEEK], 0),
        ([(START, END), (END, END + 26 * WEEK)], 6, [START], 11),
        ([(START - 30 * WEEK, START - 4 * WEEK), (START, END)], 6, [START - 9 * WEEK], 6),
        ([(START, END)], 6, [NEXT_WEEK], 6),
        ([(START, END)], None, [START], None),
        ([(START, None)], 6, [START], None),
    ],
)
def test_a_draft_counts_what_a_term_has_had_already(
    terms: list[tuple[dt.date, dt.date | None]],
    limit: int | None,
    carried: list[dt.date],
    left: int | None,
) -> None:
    found = limits.shifts_left(
        terms, limit=limit, carried=carried, first=NEXT_WEEK, until=NEXT_WEEK + 26 * WEEK
    )

    assert found == left


def test_a_term_without_an_end_counts_in_pieces_of_the_usual_length() -> None:
    found = limits.stretches((START, None), term_weeks=26, until=END + WEEK)

    assert found == [(START, END), (END, END + 26 * WEEK)]


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben, starts_on=START)
    return ben


def _hold(rotation: Rotation, engineer: Engineer, *weeks: int, level: str = "primary") -> None:
    for week in weeks:
        builders.make_shift(
            level=builders.level_of(rotation, level),
            week_date=START + week * WEEK,
            holder=engineer,
        )


def _over(rotation: Rotation, proposed: queries.Holders | None = None) -> list[OverLimit]:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    return queries.people_over_limit(rotation=rotation, policy=policy, now=NOW, proposed=proposed)


def _limit(rotation: Rotation, **figures: int | None) -> None:
    policies.change_policy(
        rotation_id=rotation.pk,
        figures=dataclasses.replace(policies.Figures(), **figures),  # type: ignore[arg-type]
        reason="A limit.",
        actor=Actor.shell(),
        now=NOW,
    )


@pytest.mark.django_db
def test_as_many_shifts_as_the_policy_wants_are_no_warning(
    rotation: Rotation, ben: Engineer
) -> None:
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20)

    assert _over(rotation) == []


@pytest.mark.django_db
def test_one_more_is_a_warning_on_the_person(rotation: Rotation, ben: Engineer) -> None:
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 24)

    (over,) = _over(rotation)

    assert (over.engineer_id, over.level, over.shifts, over.limit) == (ben.pk, "primary", 7, 6)
    assert over.words == ("7 shifts in the term from Mon 14 Sep 2026; the policy wants 6 at most")


@pytest.mark.django_db
def test_weeks_of_another_term_count_for_that_one(rotation: Rotation, ben: Engineer) -> None:
    builders.make_term(team=rotation.team, engineer=ben, starts_on=END)
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 26)

    assert _over(rotation) == []


@pytest.mark.django_db
def test_a_week_that_somebody_covers_wholly_is_theirs(rotation: Rotation, ben: Engineer) -> None:
    eve = builders.make_engineer(name="Eve")
    builders.make_term(team=rotation.team, engineer=eve, starts_on=START)
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 24)
    shift = builders.level_of(rotation).shifts.get(week_date=START + 24 * WEEK)
    builders.make_cover(shift=shift, from_engineer=ben, to_engineer=eve)

    assert _over(rotation) == []


@pytest.mark.django_db
def test_a_drafts_weeks_count_instead_of_those_published(rotation: Rotation, ben: Engineer) -> None:
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20)
    last = ("primary", START + 24 * WEEK)

    assert [over.shifts for over in _over(rotation, {last: ben.pk})] == [7]
    assert _over(rotation, {last: ben.pk, ("primary", START + 20 * WEEK): None}) == []


@pytest.mark.django_db
def test_level_2_has_a_limit_only_when_the_policy_gives_one(rotation: Rotation) -> None:
    anna = builders.make_anna(team=rotation.team)
    builders.make_escalation_term(team=rotation.team, engineer=anna, starts_on=START)
    _hold(rotation, anna, 0, 2, 4, 12, level="escalation")
    assert _over(rotation) == []

    _limit(rotation, escalation_shifts_per_term=3)

    assert [(over.level, over.shifts) for over in _over(rotation)] == [("escalation", 4)]


@pytest.mark.django_db
def test_more_people_ask_no_more_queries(rotation: Rotation, ben: Engineer) -> None:
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 24)
    with CaptureQueriesContext(connection) as few:
        _over(rotation)
    for number in range(3):
        more = builders.make_engineer(name=f"More {number}")
        builders.make_term(team=rotation.team, engineer=more, starts_on=START)

    with CaptureQueriesContext(connection) as many:
        _over(rotation)

    assert len(many) == len(few)


def _plan(rotation: Rotation, weeks: int) -> Plan:
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    return planning.plan_for(
        rotation=rotation, policy=policy, first_week_date=NEXT_WEEK, weeks=weeks
    )


@pytest.mark.django_db
def test_the_solver_gets_what_a_term_still_holds(rotation: Rotation, ben: Engineer) -> None:
    _hold(rotation, ben, 0, 4)

    plan = _plan(rotation, 8)

    problem = instances.problem_of(plan, plan.levels)
    assert [role.max_shifts for person in problem.people for role in person.roles] == [4]


@pytest.mark.django_db
def test_with_the_limit_before_gaps_a_gap_names_it_as_the_reason(
    rotation: Rotation, ben: Engineer
) -> None:
    _hold(rotation, ben, 0, 4)
    _limit(rotation, primary_shifts_per_term=2, term_weeks=12)
    order = ("overload", *(name for name in policies.OBJECTIVES if name != "overload"))
    plan = dataclasses.replace(_plan(rotation, 2), objectives=order)

    solved = generation.solve_plan(plan, should_stop=lambda: False, notes=SearchNotes())

    gap = next(shift for shift in solved.shifts if shift.level == "primary")
    assert gap.holder_id is None
    told = reasons.reasons(gap.reasons, week_date=gap.week_date, names={ben.pk: "Ben"}, held={})
    assert [reason.why for reason in told] == [
        "has as many shifts as a term holds, which counts before gaps here"
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_managers_see_the_warning_on_the_person_and_beside_the_policy(
    rotation: Rotation, ben: Engineer
) -> None:
    anna = builders.make_anna(team=rotation.team)
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 24)
    said = "7 shifts in the term from Mon 14 Sep 2026; the policy wants 6 at most."

    policy = page_of(anna, "/rotations/core/policy/")
    person = page_of(anna, f"/people/{ben.pk}/")

    assert "Ben is over the limit of shifts." in policy
    assert said in policy
    assert f'href="/people/{ben.pk}/"' in policy
    assert said in person
    assert "Over the limit" in page_of(anna, "/people/")


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_without_anybody_over_the_limit_there_is_no_warning(
    rotation: Rotation, ben: Engineer
) -> None:
    anna = builders.make_anna(team=rotation.team)
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20)

    pages = ("/rotations/core/policy/", f"/people/{ben.pk}/", "/people/")
    assert not any("ver the limit of shifts." in page_of(anna, page) for page in pages)
    assert "Over the limit" not in page_of(anna, "/people/")


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_others_read_the_policy_without_anybodys_shifts(rotation: Rotation, ben: Engineer) -> None:
    eve = builders.make_engineer(name="Eve")
    builders.make_term(team=rotation.team, engineer=eve, starts_on=START)
    _hold(rotation, ben, 0, 4, 8, 12, 16, 20, 24)

    assert "is over the limit" not in page_of(eve, "/rotations/core/policy/")


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_of_several_over_the_limit_each_is_named(rotation: Rotation, ben: Engineer) -> None:
    anna = builders.make_anna(team=rotation.team)
    eve = builders.make_engineer(name="Eve")
    builders.make_term(team=rotation.team, engineer=eve, starts_on=START)
    _hold(rotation, ben, 0, 4, 8)
    _hold(rotation, eve, 1, 5, 9)
    _limit(rotation, primary_shifts_per_term=2, term_weeks=12)

    page = page_of(anna, "/rotations/core/policy/")

    assert "2 people are over the limit of shifts." in page
    said = "</bdi></a> has 3 where a term holds 2"
    assert page.index(f"<bdi>Ben{said};") < page.index(f"<bdi>Eve{said}.")
