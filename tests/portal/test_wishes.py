from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from audit.operations import Actor
from rotation.queries import patterns, planning
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import heading, page_of, queries_of, signed_in
from volunteers.models import WeekWish
from volunteers.operations import wishes
from volunteers.operations.wishes import Wished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/wishes/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation(holiday_office=builders.make_office())


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    """Ben, who serves until eight weeks from now and works in Dublin."""
    ben = builders.make_ben()
    assert rotation.holiday_office is not None
    builders.make_posting(engineer=ben, office=rotation.holiday_office)
    builders.make_term(team=rotation.team, engineer=ben, starts_on=THIS_WEEK - 18 * WEEK)
    return ben


def _field(rotation: Rotation, week: dt.date = NEXT_WEEK) -> str:
    return f"wish-{rotation.team_id}-{week}"


def _send(engineer: Engineer, **fields: str) -> tuple[int, str]:
    answer = signed_in(engineer).post(PAGE, fields, follow=True)
    return answer.status_code, " ".join(answer.content.decode().split())


def _radio(name: str, value: str) -> str:
    return f'name="{name}" value="{value}" checked'


def test_ben_sees_his_coming_weeks_in_term_and_no_others(ben: Engineer, rotation: Rotation) -> None:
    page = page_of(ben, PAGE)

    assert heading(page) == "You have no wishes yet"
    assert "Mon 30 Nov – Mon 7 Dec 2026" in page
    assert "Mon 23 – Mon 30 Nov 2026" not in page
    assert _radio(_field(rotation, THIS_WEEK + 7 * WEEK), "") in page
    assert _field(rotation, THIS_WEEK + 8 * WEEK) not in page


def test_public_holidays_where_ben_works_stand_beside_their_week(
    ben: Engineer, rotation: Rotation
) -> None:
    assert rotation.holiday_office is not None
    builders.make_holiday(
        office=rotation.holiday_office, date=dt.date(2026, 12, 25), name="Christmas Day"
    )
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK + WEEK, holder=ben)
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 24), ends_on=dt.date(2026, 12, 27)
    )

    page = page_of(ben, PAGE)

    assert "Christmas Day, Fri 25 Dec · load 1.5" in page
    assert "You are away" in page
    assert "Yours as published" in page


def test_wishes_are_saved_and_stand_there_next_time(ben: Engineer, rotation: Rotation) -> None:
    later = NEXT_WEEK + WEEK

    status, page = _send(ben, **{_field(rotation): "want", _field(rotation, later): "avoid"})

    assert status == 200
    assert heading(page) == "You would like 1 week and rather not have 1"
    assert "Saved: 2 wishes changed. Drafts made from now on read them." in page
    assert _radio(_field(rotation), "want") in page
    assert _radio(_field(rotation, later), "avoid") in page


def test_a_wish_is_taken_back_and_others_stay(ben: Engineer, rotation: Rotation) -> None:
    beyond = NEXT_WEEK + 30 * WEEK
    for week in (NEXT_WEEK, NEXT_WEEK + WEEK, beyond):
        builders.make_wish(engineer=ben, team=rotation.team, week_date=week, wish="avoid")

    _send(ben, **{_field(rotation): "", _field(rotation, beyond): ""})

    left = WeekWish.objects.order_by("week_date").values_list("week_date", flat=True)
    assert list(left) == [NEXT_WEEK + WEEK, beyond]


def test_a_change_is_recorded_with_what_was_before_and_after(
    ben: Engineer, rotation: Rotation
) -> None:
    builders.make_wish(engineer=ben, team=rotation.team, week_date=NEXT_WEEK, wish="avoid")

    _send(ben, **{_field(rotation): "want", _field(rotation, NEXT_WEEK + WEEK): ""})

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.team) == (ben.email, "changed", "core")
    assert event.concerned == [ben.email]
    assert (event.before, event.after) == ({"2026-11-30": "avoid"}, {"2026-11-30": "want"})


def test_the_same_wishes_again_change_and_record_nothing(ben: Engineer, rotation: Rotation) -> None:
    builders.make_wish(engineer=ben, team=rotation.team, week_date=NEXT_WEEK, wish="avoid")

    _status, page = _send(ben, **{_field(rotation): "avoid"})

    assert "Nothing has changed: your wishes stand as they are." in page
    assert not AuditEvent.objects.exists()


def test_the_next_draft_reads_the_wish(ben: Engineer, rotation: Rotation) -> None:
    _send(ben, **{_field(rotation): "avoid"})

    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=NOW)
    plan = planning.plan_for(rotation=rotation, policy=policy, first_week_date=NEXT_WEEK, weeks=4)
    person = next(one for one in plan.levels[0].people if one.engineer_id == ben.pk)
    assert person.avoids == (NEXT_WEEK,)


def test_what_is_no_wish_is_refused_at_its_week(ben: Engineer, rotation: Rotation) -> None:
    status, page = _send(ben, **{_field(rotation): "perhaps"})

    assert status == 422
    assert "One thing to put right" in page
    assert f'href="#id_{_field(rotation)}_0"' in page
    assert not WeekWish.objects.exists()


def test_somebody_without_a_term_is_told_why_there_is_nothing(rotation: Rotation) -> None:
    carla = builders.make_carla()

    page = page_of(carla, PAGE)

    assert heading(page) == "You have no coming week in a term"
    assert "Wishes are for weeks of your own terms" in page
    assert _send(carla, **{_field(rotation): "want"})[0] == 200
    assert not WeekWish.objects.exists()


def test_a_manager_wishes_for_weeks_of_level_2(rotation: Rotation) -> None:
    anna = builders.make_anna(team=rotation.team)
    builders.make_escalation_term(team=rotation.team, engineer=anna, starts_on=THIS_WEEK)

    _send(anna, **{_field(rotation): "avoid"})

    assert WeekWish.objects.get().engineer == anna


def test_a_week_that_began_meanwhile_stays_as_it_is(ben: Engineer, rotation: Rotation) -> None:
    with time_machine.travel(NOW + WEEK, tick=False):
        _send(ben, **{_field(rotation): "avoid", _field(rotation, NEXT_WEEK + WEEK): "avoid"})

    assert WeekWish.objects.get().week_date == NEXT_WEEK + WEEK


@pytest.mark.parametrize(
    ("wished", "message"),
    [
        ([(NEXT_WEEK, "perhaps")], "A wish is want or avoid."),
        ([(NEXT_WEEK, "want"), (NEXT_WEEK, "avoid")], "The week of Mon 30 Nov 2026 stands there"),
        ([(NEXT_WEEK + 30 * WEEK, "want")], "You have no term there in the week of Mon 28 Jun"),
    ],
)
def test_the_operation_itself_refuses_what_nobody_can_wish_for(
    ben: Engineer, rotation: Rotation, wished: list[tuple[dt.date, str]], message: str
) -> None:
    lines = [
        Wished(team_id=rotation.team_id, week_date=week_date, wish=wish)
        for week_date, wish in wished
    ]

    with pytest.raises(wishes.WishInvalidError, match=message):
        wishes.set_wishes(wished=lines, actor=Actor(name=ben.email, engineer_id=ben.pk), now=NOW)

    assert not WeekWish.objects.exists()


def test_many_wishes_take_no_more_queries_than_none(ben: Engineer, rotation: Rotation) -> None:
    few = queries_of(ben, PAGE)
    for number in range(6):
        week = NEXT_WEEK + number * WEEK
        builders.make_wish(engineer=ben, team=rotation.team, week_date=week, wish="avoid")

    assert queries_of(ben, PAGE) == few


def test_the_home_page_leads_to_wishes(ben: Engineer) -> None:
    assert f'href="{PAGE}"' in page_of(ben, "/")
    assert f'href="{PAGE}"' in page_of(ben, "/absences/")
