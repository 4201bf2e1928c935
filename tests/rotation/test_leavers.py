from __future__ import annotations

import datetime as dt

from common.periods import Period
from rotation.domain import leavers
from rotation.domain.stints import Stint

MONDAY = dt.date(2026, 11, 30)
WEEK = dt.timedelta(weeks=1)


def _at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 11, 30, hour, tzinfo=dt.UTC) + dt.timedelta(days=day)


WHOLE = Period(starts_at=_at(0), ends_at=_at(7))
THE_WEEK = leavers.Week(
    week_date=MONDAY, period=WHOLE, zone="Europe/Dublin", handover_time=dt.time(12)
)


def _person(*terms: tuple[dt.date, dt.date | None], is_active: bool = True) -> leavers.Person:
    return leavers.Person(is_active=is_active, terms=terms)


def _paged(person: leavers.Person) -> list[tuple[int | None, Period]]:
    stints = [Stint(person=1, period=WHOLE)]
    return [(stint.person, stint.period) for stint in leavers.paged(stints, THE_WEEK, {1: person})]


def test_a_week_in_the_term_is_theirs() -> None:
    assert _paged(_person((MONDAY - WEEK, MONDAY + WEEK))) == [(1, WHOLE)]
    assert _paged(_person((MONDAY - WEEK, None))) == [(1, WHOLE)]


def test_a_week_after_the_term_is_nobodys() -> None:
    person = _person((MONDAY - 3 * WEEK, MONDAY))

    assert _paged(person) == [(None, WHOLE)]
    assert person.why_lost(THE_WEEK, [WHOLE]) == leavers.OUT_OF_TERM


def test_a_term_that_ends_in_the_week_cuts_it_at_the_handovers_time() -> None:
    person = _person((MONDAY - WEEK, MONDAY + dt.timedelta(days=3)))

    assert _paged(person) == [
        (1, Period(starts_at=_at(0), ends_at=_at(3))),
        (None, Period(starts_at=_at(3), ends_at=_at(7))),
    ]


def test_another_term_keeps_the_week() -> None:
    assert _paged(_person((MONDAY - 3 * WEEK, MONDAY), (MONDAY - WEEK, None))) == [(1, WHOLE)]


def test_a_holder_is_judged_by_the_level_and_who_covers_by_either() -> None:
    ended, other = (MONDAY - 3 * WEEK, MONDAY), (MONDAY - WEEK, None)
    person = leavers.Person(
        is_active=True, terms=(ended, other), by_level={"primary": (ended,), "escalation": (other,)}
    )

    holds = leavers.as_known_to({1: person}, "primary", 1)
    covers = leavers.as_known_to({1: person}, "primary", 2)
    stints = [Stint(person=1, period=WHOLE)]

    assert [each.person for each in leavers.paged(stints, THE_WEEK, holds)] == [None]
    assert [each.person for each in leavers.paged(stints, THE_WEEK, covers)] == [1]
    assert [
        each.person for each in leavers.paged(stints, THE_WEEK, {1: person.at("escalation")})
    ] == [1]


def test_between_two_terms_a_week_is_nobodys() -> None:
    assert _paged(_person((MONDAY - 3 * WEEK, MONDAY), (MONDAY + WEEK, None))) == [(None, WHOLE)]


def test_who_comes_later_or_never_had_a_term_is_no_leaver() -> None:
    assert _paged(_person((MONDAY + WEEK, None))) == [(1, WHOLE)]
    assert _paged(_person()) == [(1, WHOLE)]


def test_a_term_that_was_left_before_it_began_is_over() -> None:
    assert _paged(_person((MONDAY, MONDAY))) == [(None, WHOLE)]


def test_a_closed_account_is_paged_for_nothing() -> None:
    person = _person((MONDAY - WEEK, None), is_active=False)

    assert _paged(person) == [(None, WHOLE)]
    assert person.why_lost(THE_WEEK, [WHOLE]) == leavers.DEACTIVATED


def test_a_handover_that_moved_cuts_nothing_off_the_last_week() -> None:
    moved = leavers.Week(
        week_date=MONDAY, period=WHOLE, zone="Europe/Dublin", handover_time=dt.time(9)
    )
    person = _person((MONDAY - WEEK, MONDAY + WEEK))

    assert person.lost(moved) == []


def test_a_part_before_the_end_is_not_lost() -> None:
    person = _person((MONDAY - WEEK, MONDAY + dt.timedelta(days=3)))

    assert person.why_lost(THE_WEEK, [Period(starts_at=_at(0), ends_at=_at(2))]) == ""
    assert person.why_lost(THE_WEEK, [Period(starts_at=_at(2), ends_at=_at(4))]) != ""
