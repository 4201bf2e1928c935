from __future__ import annotations

import dataclasses
import datetime as dt

from common.periods import Period
from rotation.domain.cover_candidates import (
    Busy,
    Candidate,
    Part,
    Person,
    Serves,
    judged,
    ranked,
    share_of_load,
)

WEEK = dt.timedelta(weeks=1)
MONDAY = dt.date(2026, 11, 30)
START = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
SHIFT = Period(starts_at=START, ends_at=START + WEEK)


def hours(first: int, last: int) -> Period:
    return Period(
        starts_at=START + dt.timedelta(hours=first), ends_at=START + dt.timedelta(hours=last)
    )


WHOLE = Part(
    level="primary",
    week_date=MONDAY,
    zone="Europe/Dublin",
    period=SHIFT,
    windows=(hours(6, 21), hours(30, 45)),
    is_whole=True,
    load=100,
    rest_weeks=3,
    shifts_per_term=6,
)
IN_TERM = (Serves(level="primary", starts_at=START - WEEK, ends_at=START + 25 * WEEK),)


def somebody(  # noqa: PLR0913 - one argument for each fact that a test varies
    name: str = "Carla",
    *,
    terms: tuple[Serves, ...] = IN_TERM,
    away: tuple[Period, ...] = (),
    busy: tuple[Busy, ...] = (),
    weeks: tuple[dt.date, ...] = (),
    load: int = 300,
    shifts_in_term: int = 0,
) -> Person:
    return Person(
        engineer_id=sum(name.encode()),
        name=name,
        terms=terms,
        away=away,
        busy=busy,
        weeks=weeks,
        shifts_in_term=shifts_in_term,
        load=load,
        fair=400,
    )


def asked(part: Part = WHOLE, **facts: object) -> Candidate:
    return judged(part, somebody(**facts))  # type: ignore[arg-type]


def test_somebody_in_term_and_free_can_take_it() -> None:
    found = asked()

    assert found.can
    assert (found.load_before, found.load_after, found.fair) == (300, 400, 400)
    assert (found.clear_before, found.clear_after) == (None, None)


def test_a_term_that_ends_in_the_part_does_not_hold_it() -> None:
    terms = (Serves(level="primary", starts_at=START - WEEK, ends_at=START + WEEK / 2),)

    found = asked(terms=terms)

    assert (found.code, found.why) == ("no_term", "is in a term until Fri 4 Dec 2026, 00:00 GMT")


def test_terms_that_follow_each_other_hold_it_together() -> None:
    half = START + WEEK / 2
    terms = (
        Serves(level="primary", starts_at=START - WEEK, ends_at=half),
        Serves(level="escalation", starts_at=half, ends_at=None),
    )

    assert asked(terms=terms).can


def test_a_term_to_come_says_from_when() -> None:
    terms = (Serves(level="primary", starts_at=START + WEEK, ends_at=None),)

    assert asked(terms=terms).why == "is in a term from Mon 7 Dec 2026, 12:00 GMT"


def test_somebody_of_the_other_level_can_take_it_and_is_named_as_such() -> None:
    found = asked(terms=(Serves(level="escalation", starts_at=START, ends_at=None),))

    assert found.can
    assert not found.is_of_level


def test_somebody_away_in_its_on_call_time_cannot() -> None:
    assert asked(away=(hours(20, 40),)).why == "is away then"


def test_days_away_outside_its_on_call_time_do_not_matter() -> None:
    assert asked(away=(hours(21, 30),)).can


def test_somebody_on_call_elsewhere_then_cannot_and_it_says_where() -> None:
    found = asked(busy=(Busy(period=hours(10, 12), where="level 2 of Other"),))

    assert found.code == "on_call"
    assert found.why == (
        "is on call then already: level 2 of Other, Mon 30 Nov 2026, 22:00 to "
        "Tue 1 Dec 2026, 00:00 GMT"
    ) or found.why.startswith("is on call then already: level 2 of Other, Mon 30 Nov, 22:00 to")


def test_too_little_rest_is_a_warning_and_forbids_nothing() -> None:
    found = asked(weeks=(MONDAY - 2 * WEEK, MONDAY + WEEK))

    assert found.can
    assert (found.clear_before, found.clear_after) == (1, 0)
    assert found.warnings == (
        "1 clear week from the week of Mon 16 Nov 2026, the policy wants 3",
        "0 clear weeks from the week of Mon 7 Dec 2026, the policy wants 3",
    )


def test_one_shift_too_many_is_a_warning_for_the_whole_week_alone() -> None:
    part = dataclasses.replace(WHOLE, period=hours(0, 24), is_whole=False)

    assert asked(shifts_in_term=6).warnings == (
        "7 shifts in this term, the policy wants 6 at most",
    )
    assert asked(part, shifts_in_term=6).warnings == ()
    assert asked(shifts_in_term=5).warnings == ()


def test_the_best_are_of_the_level_then_rested_then_furthest_below_their_share() -> None:
    people = [
        somebody("Away", away=(SHIFT,), load=0),
        somebody("Boss", terms=(Serves(level="escalation", starts_at=START, ends_at=None),)),
        somebody("Tired", weeks=(MONDAY + WEEK,), load=0),
        somebody("High", load=500),
        somebody("Near", weeks=(MONDAY + 5 * WEEK,)),
        somebody("Free"),
    ]

    found = ranked(WHOLE, people)

    assert [each.name for each in found] == ["Free", "Near", "High", "Tired", "Boss", "Away"]
    assert [each.can for each in found] == [True] * 5 + [False]


def test_load_goes_with_the_on_call_time() -> None:
    whole = [hours(0, 10), hours(20, 30)]

    assert share_of_load(150, whole, whole) == 150
    assert share_of_load(150, [hours(0, 10)], whole) == 75
    assert share_of_load(150, [], whole) == 0
    assert share_of_load(150, [], []) == 0
