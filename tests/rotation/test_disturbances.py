"""What disturbs a published week, decided on plain data."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from common.periods import Period
from rotation.domain import disturbances as domain
from rotation.domain.planning import DaysAway

MONDAY = dt.date(2026, 12, 7)
WEEK = dt.timedelta(weeks=1)
TODAY = dt.date(2026, 11, 25)
REST = {"primary": 3, "escalation": 1}
BEN, CARLA = 1, 2


def _week(holder_id: int | None = BEN, **more: Any) -> domain.StandingWeek:
    """A week on call in the evening of its Monday alone."""
    week_date: dt.date = more.get("week_date", MONDAY)
    evening = dt.datetime.combine(week_date, dt.time(18), tzinfo=dt.UTC)
    facts: dict[str, Any] = {
        "level": "primary",
        "week_date": week_date,
        "windows": (Period(starts_at=evening, ends_at=evening + dt.timedelta(hours=5)),),
        "is_covered": False,
        **more,
    }
    return domain.StandingWeek(holder_id=holder_id, **facts)


def _term(first: dt.date, weeks: int | None = None, **more: Any) -> domain.TermSpan:
    facts: dict[str, Any] = {"level": "primary", "has_left": False, "is_new": False, **more}
    ends_on = None if weeks is None else first + weeks * WEEK
    return domain.TermSpan(starts_on=first, ends_on=ends_on, **facts)


def _person(engineer_id: int, name: str, *terms: domain.TermSpan, **more: Any) -> domain.Person:
    facts: dict[str, Any] = {"is_active": True, "away": (), "held": {}, **more}
    return domain.Person(engineer_id=engineer_id, name=name, terms=terms, **facts)


def _days(first: dt.date, days: int, zone: str = "UTC") -> DaysAway:
    return DaysAway(starts_on=first, ends_on=first + dt.timedelta(days=days), zone=zone)


def _found(
    week: domain.StandingWeek, *people: domain.Person, today: dt.date = TODAY
) -> list[domain.Disturbance]:
    known = {person.engineer_id: person for person in people}
    return domain.disturbances([week], people=known, rest_weeks=REST, today=today)


BEN_SERVES = _person(BEN, "Ben", _term(MONDAY - 4 * WEEK))


def test_a_holder_who_can_carry_the_week_disturbs_nothing() -> None:
    assert _found(_week(), BEN_SERVES) == []


def test_days_away_count_only_where_they_meet_time_on_call() -> None:
    away_on_tuesday = _person(
        BEN, "Ben", _term(MONDAY - WEEK), away=(_days(MONDAY + dt.timedelta(days=1), 3),)
    )
    away_on_monday = _person(BEN, "Ben", _term(MONDAY - WEEK), away=(_days(MONDAY, 28),))

    assert _found(_week(), away_on_tuesday) == []
    (found,) = _found(_week(), away_on_monday)
    assert (found.kind, found.engineer_id) == (domain.AWAY, BEN)
    assert found.cause == "Ben is away Mon 7 Dec 2026 to Sun 3 Jan 2027"


def test_days_away_are_days_of_the_persons_own_zone() -> None:
    tuesday = _days(MONDAY + dt.timedelta(days=1), 1, "Asia/Tokyo")
    far_east = _person(BEN, "Ben", _term(MONDAY - WEEK), away=(tuesday,))

    assert [each.kind for each in _found(_week(), far_east)] == [domain.AWAY]


@pytest.mark.parametrize(
    ("has_left", "today", "cause"),
    [
        (True, MONDAY, "Ben left on Mon 7 Dec 2026"),
        (True, TODAY, "Ben leaves on Mon 7 Dec 2026"),
        (False, TODAY, "The term of Ben ends on Mon 7 Dec 2026"),
        (False, MONDAY, "The term of Ben ended on Mon 7 Dec 2026"),
    ],
)
def test_a_term_that_ends_before_the_week_is_the_cause(
    *, has_left: bool, today: dt.date, cause: str
) -> None:
    ben = _person(BEN, "Ben", _term(MONDAY - 4 * WEEK, 4, has_left=has_left))

    (found,) = _found(_week(), ben, today=today)

    assert (found.kind, found.cause) == (domain.OUT_OF_TERM, cause)


def test_a_term_at_the_other_level_is_none_for_the_week() -> None:
    ben = _person(BEN, "Ben", _term(MONDAY - WEEK, level="escalation"))

    (found,) = _found(_week(), ben)

    assert found.cause == "Ben has no term in the week of Mon 7 Dec 2026"


def test_a_week_with_an_agreed_cover_is_left_to_those_who_agreed() -> None:
    ben = _person(BEN, "Ben", is_active=False)

    assert _found(_week(is_covered=True), ben) == []


def test_a_newcomer_can_fill_a_gap_and_a_week_that_was_lost() -> None:
    carla = _person(CARLA, "Carla", _term(MONDAY - WEEK, is_new=True))
    gone = _person(BEN, "Ben", is_active=False)

    filled = _found(_week(None), carla)
    later = _found(_week(None), carla, today=MONDAY)
    both = _found(_week(), carla, gone)

    assert domain.causes(filled) == ("Carla starts on Mon 30 Nov 2026",)
    assert domain.causes(later) == ("Carla started on Mon 30 Nov 2026",)
    assert {each.kind for each in both} == {domain.DEACTIVATED, domain.FILLABLE}
    assert _found(_week(), carla, BEN_SERVES) == []


@pytest.mark.parametrize(
    "carla",
    [
        _person(CARLA, "Carla", _term(MONDAY - WEEK)),
        _person(CARLA, "Carla", _term(MONDAY + WEEK, is_new=True)),
        _person(CARLA, "Carla", _term(MONDAY, is_new=True), away=(_days(MONDAY, 1),)),
        _person(CARLA, "Carla", _term(MONDAY, is_new=True), is_active=False),
        _person(CARLA, "Carla", _term(MONDAY, is_new=True), held={"primary": [MONDAY - 3 * WEEK]}),
    ],
    ids=["known before", "starts later", "away", "deactivated", "resting"],
)
def test_a_gap_that_somebody_cannot_fill_is_no_cause(carla: domain.Person) -> None:
    assert _found(_week(None), carla) == []


def test_many_causes_are_told_in_one_line() -> None:
    found = [
        domain.Disturbance(
            week_date=MONDAY, level="primary", kind="away", engineer_id=n, cause=f"{n} is away"
        )
        for n in (1, 1, 2, 3, 4, 5, 6)
    ]

    told = domain.causes_in_words(found)

    assert told == "1 is away; 2 is away; 3 is away; 4 is away; and 2 more"


def test_other_words_for_the_same_make_no_other_disturbance() -> None:
    ben = _person(BEN, "Ben", _term(MONDAY - 4 * WEEK, 4, has_left=True))

    before, after = _found(_week(), ben), _found(_week(), ben, today=MONDAY)

    assert before[0].cause != after[0].cause
    assert before[0].key == after[0].key
