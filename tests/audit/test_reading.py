from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from audit.models import AuditEvent, Mention
from audit.operations import Actor, Area, record
from audit.queries import Scope, Wanted, every, history, key_of, newest, place_of
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db

ANNA, BEN, CARLA = "anna@example.com", "ben@example.com", "carla@example.com"
MINUTE = dt.timedelta(minutes=1)
ALL = Scope(person="ada@example.com", sees_all=True)


def _record(
    number: int, *, actor: str = ANNA, area: AuditEvent.Area = Area.SCHEDULE, **words: Any
) -> None:
    record(
        actor=Actor(name=actor),
        now=NOW + number * MINUTE,
        area=area,
        verb="changed",
        **{"subject": f"thing {number}", **words},
    )


def _subjects(scope: Scope, wanted: Wanted | None = None, number: int = 50) -> list[str]:
    found = newest(scope=scope, wanted=wanted or Wanted(), after=None, number=number)
    return [event.subject for event in found]


def test_an_admin_sees_everything_newest_first() -> None:
    for number in range(3):
        _record(number)

    assert _subjects(ALL) == ["thing 2", "thing 1", "thing 0"]


def test_an_engineer_sees_own_acts_and_what_concerns_them_and_nothing_else() -> None:
    _record(1, actor=BEN)
    _record(2, concerned=(BEN, CARLA))
    _record(3, on_behalf_of=BEN)
    _record(4, concerned=(CARLA,), team="core")

    assert _subjects(Scope(person=BEN)) == ["thing 3", "thing 2", "thing 1"]


def test_a_manager_sees_the_teams_but_neither_money_nor_days_away() -> None:
    _record(1, actor=BEN, team="core")
    _record(2, actor=BEN, team="core", area=Area.MONEY)
    _record(3, actor=BEN, team="core", subject="absence 5")
    _record(4, actor=BEN, team="other")

    scope = Scope(person=ANNA, teams=frozenset({"core"}))

    assert _subjects(scope) == ["thing 1"]


def test_finance_sees_money_and_own_acts_each_once() -> None:
    _record(1, actor=BEN, area=Area.MONEY)
    _record(2, actor=ANNA, area=Area.MONEY)
    _record(3, actor=BEN)

    scope = Scope(person=ANNA, areas=frozenset({Area.MONEY.value}))

    assert _subjects(scope) == ["thing 2", "thing 1"]


def test_pages_follow_each_other_without_a_gap_where_many_events_share_an_instant() -> None:
    for number in range(7):
        _record(0, actor=BEN if number % 2 else ANNA, team="core", subject=f"thing {number}")
    scope = Scope(person=BEN, teams=frozenset({"core"}))

    first = newest(scope=scope, wanted=Wanted(), after=None, number=3)
    second = newest(scope=scope, wanted=Wanted(), after=place_of(first[-1]), number=3)
    third = newest(scope=scope, wanted=Wanted(), after=place_of(second[-1]), number=3)

    shown = [event.subject for event in [*first, *second, *third]]
    assert shown == [f"thing {number}" for number in range(6, -1, -1)]
    assert [event.subject for event in every(scope=scope, wanted=Wanted())] == shown


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(actors=(BEN,)), ["draft 3", "absence 2"]),
        (Wanted(actors=()), []),
        (Wanted(what="DRAFT"), ["draft 3"]),
        (Wanted(area="people"), ["absence 2"]),
        (Wanted(from_at=NOW + 2 * MINUTE, until_at=NOW + 3 * MINUTE), ["absence 2"]),
    ],
)
def test_what_is_asked_for_narrows_what_is_seen(wanted: Wanted, found: list[str]) -> None:
    _record(1, subject="rotation Core", concerned=(BEN,))
    _record(2, subject="absence 2", actor=BEN, area=Area.PEOPLE)
    _record(3, subject="draft 3", on_behalf_of=BEN)

    assert _subjects(ALL, wanted) == found
    assert _subjects(Scope(person=BEN), wanted) == found


def test_a_row_has_the_history_that_its_viewer_may_see() -> None:
    team = builders.make_team()
    record(
        actor=Actor(name=ANNA),
        now=NOW,
        area=Area.SCHEDULE,
        verb="changed",
        subject="the team",
        team="core",
        about=[team],
    )
    _record(1, subject="cover 12 of Core", team="core", concerned=(BEN,))

    def seen(scope: Scope, key: str) -> list[str]:
        return [event.subject for event in history(scope=scope, keys=[key], number=9)]

    assert seen(ALL, key_of(team)) == ["the team"]
    assert seen(Scope(person=CARLA), key_of(team)) == []
    assert seen(Scope(person=BEN), "cover:12") == ["cover 12 of Core"]
    assert seen(Scope(person=CARLA, teams=frozenset({"core"})), "cover:12") == ["cover 12 of Core"]


def test_an_event_mentions_each_person_and_row_once() -> None:
    _record(1, actor=BEN, concerned=(BEN, ANNA), on_behalf_of=ANNA, subject="cover 12 of Core")

    keys = list(Mention.objects.order_by("key").values_list("key", flat=True))
    assert keys == ["cover:12", f"person:{ANNA}", f"person:{BEN}"]
