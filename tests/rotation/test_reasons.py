from __future__ import annotations

import datetime as dt

import pytest

from rotation import instances
from rotation.domain.planning import Plan, PlanLevel, PlanPerson
from rotation.queries import reasons

WEEK = dt.date(2026, 12, 7)
BEN = 1


def _plan(*, forbidden: bool = False, away: bool = False) -> Plan:
    ben = PlanPerson(
        engineer_id=BEN,
        name="Ben",
        home_team=None,
        terms=(),
        away=(WEEK,) if away else (),
        wants=(),
        avoids=(),
        prior_load=0,
        prior_weeks=0,
        prior_holidays=0,
        last_week=None,
    )
    level = PlanLevel(
        level="primary",
        rest_weeks=3,
        shifts_per_term=6,
        people=(ben,),
        pins=(),
        forbidden=((WEEK, BEN),) if forbidden else (),
    )
    return Plan(
        zone="Europe/Dublin",
        weeks=(),
        levels=(level,),
        spacing_weeks=5,
        objectives=("gaps",),
        policy_number=1,
    )


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (_plan(forbidden=True), "was kept away by hand"),
        (_plan(away=True), "is away"),
        (_plan(), "is resting around a week that they cover"),
    ],
)
def test_a_gap_says_what_kept_somebody_from_it(plan: Plan, told: str) -> None:
    code = instances.reason_code(
        plan, level="primary", week_date=WEEK, engineer_id=BEN, code="forbidden"
    )

    found = reasons.reasons(
        [{"engineer": BEN, "code": code}], week_date=WEEK, names={BEN: "Ben"}, held={}
    )

    assert [(each.name, each.why) for each in found] == [("Ben", told)]


def test_what_the_solver_says_of_itself_stays() -> None:
    code = instances.reason_code(
        _plan(), level="primary", week_date=WEEK, engineer_id=BEN, code="rest"
    )

    assert code == "rest"
