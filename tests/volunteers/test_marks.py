from __future__ import annotations

import datetime as dt

import pytest

from tests import builders
from volunteers import domain
from volunteers.queries import marks

DAY_ONE = dt.date(2026, 1, 5)
WEEK = dt.timedelta(weeks=1)


def _service(
    number: int, *, name: str = "", start: int = 0, end: int | None = None
) -> domain.Service:
    return domain.Service(
        engineer_id=number,
        name=name or f"N{'abcdefghijklmnopqrst'[number]} Z",
        starts_on=DAY_ONE + start * WEEK,
        ends_on=None if end is None else DAY_ONE + end * WEEK,
    )


def test_numbers_are_dealt_in_order_of_joining() -> None:
    dealt = domain.deal_marks([_service(7), _service(3), _service(5)])

    assert [(mark.engineer_id, mark.number) for mark in dealt.values()] == [(7, 1), (3, 2), (5, 3)]
    assert [mark.pattern for mark in dealt.values()] == ["stripe", "split", "dots"]


def test_a_number_is_used_again_only_after_the_term_has_ended() -> None:
    twelve = [_service(number, end=26 if number != 4 else 20) for number in range(12)]

    dealt = domain.deal_marks([*twelve, _service(12, start=21)])

    assert dealt[12].number == dealt[4].number


def test_one_who_returns_keeps_the_number() -> None:
    dealt = domain.deal_marks([_service(0, end=26), _service(1), _service(0, start=40, end=66)])

    assert (dealt[0].number, dealt[1].number) == (1, 2)


def test_a_later_term_repaints_nobody() -> None:
    before = domain.deal_marks([_service(0), _service(1, start=8)])

    after = domain.deal_marks([_service(0), _service(1, start=8), _service(2, start=4)])

    assert {key: after[key] for key in before} == before


def test_equal_initials_are_told_apart() -> None:
    dealt = domain.deal_marks(
        [
            _service(0, name="Aoife Brennan"),
            _service(1, name="Anna Becker"),
            _service(2, name="Al B"),
        ]
    )

    assert [mark.initials for mark in dealt.values()] == ["AB", "AB2", "AB3"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ruairí Walsh", "RW"),
        ("Jean-Luc van der Berg", "JB"),
        ("Madonna", "MA"),
        ("élan vital", "ÉV"),
        ("<svg onload=1>", "SO"),
        ("12 34", "?"),
    ],
)
def test_initials_are_letters_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert domain.initials_of(name) == initials


def test_somebody_outside_has_initials_and_no_colour() -> None:
    mark = domain.unmarked(engineer_id=9, name="Carla Jones")

    assert (mark.initials, mark.classes) == ("CJ", "p0 solid")


@pytest.mark.django_db
def test_a_team_deals_its_marks_from_the_terms_of_both_levels() -> None:
    team = builders.make_team()
    ben, vera = builders.make_engineer(name="Ben Ash"), builders.make_engineer(name="Vera Oak")
    builders.make_term(team=team, engineer=ben)
    builders.make_escalation_term(team=team, engineer=vera)
    builders.make_term(team=builders.make_team(name="Other"), engineer=builders.make_carla())

    dealt = marks.team_marks(team_id=team.pk)

    assert {mark.initials: mark.number for mark in dealt.values()} == {"BA": 1, "VO": 2}
