"""Where requests for cover show up: at home, on the shift, on the board."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation import tasks
from rotation.models import Cover
from tests import builders
from tests.rotation.cover_room import SATURDAY, SUNDAY, Room
from tests.rotation.pages import mark_published, page_of, signed_in, team_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(builders.NOW, tick=False):
        yield


@pytest.fixture
def room() -> Room:
    team = team_at_work()
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    mark_published(team.rotation, team.anna)
    return Room(team, shift)


def test_what_is_asked_stands_at_home_with_one_tap_to_answer(room: Room) -> None:
    cover = room.ask(room.dora, message="Please.")

    page = page_of(room.dora, "/")

    assert "One cover is asked of you" in page
    assert "“Please.”" in page
    for act in ("take", "decline"):
        assert f'action="/covers/{cover.pk}/{act}/"' in page
    signed_in(room.dora).post(f"/covers/{cover.pk}/decline/")
    assert "is asked of you" not in page_of(room.dora, "/")


def test_a_manager_who_is_asked_sees_it_at_home_too(room: Room) -> None:
    room.ask(room.team.max)

    assert "One cover is asked of you" in page_of(room.team.max, "/")


def test_own_shifts_say_that_cover_is_asked_for(room: Room) -> None:
    assert "Asks for cover" not in page_of(room.team.ben, "/")

    room.ask(room.dora)

    page = page_of(room.team.ben, "/")
    assert page.count("Asks for cover") == 2
    assert f'href="/shifts/{room.shift.pk}/cover/"' in page


@pytest.mark.parametrize(("hours", "stands"), [(73, False), (72, True), (1, True)])
def test_managers_see_what_ends_within_72_hours_with_a_button(
    room: Room, hours: int, *, stands: bool
) -> None:
    cover = room.ask(room.dora)

    with time_machine.travel(SATURDAY - hours * HOUR + dt.timedelta(seconds=1), tick=False):
        page = page_of(room.team.anna, "/")

    assert ("Ben asks for cover, and nobody has taken it" in page) == stands
    assert (f'href="/covers/{cover.pk}/"' in page) == stands


def test_the_board_marks_the_week_for_everybody(room: Room) -> None:
    room.ask(room.dora)

    page = page_of(room.team.carla, "/rotations/core/")

    assert "Cover asked: Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in page


def test_the_shift_keeps_the_history_of_its_requests(room: Room) -> None:
    first = room.ask(room.dora)
    room.withdraw(first)
    second = room.ask(room.dora)

    page = page_of(room.team.ben, f"/shifts/{room.shift.pk}/")

    assert "Cover asked" in page
    assert "; closed <time" in page
    assert f'href="/covers/{second.pk}/"' in page
    assert f'href="/covers/{second.pk}/"' not in page_of(
        room.team.carla, f"/shifts/{room.shift.pk}/"
    )


def test_only_who_carries_it_and_managers_are_led_to_asking(room: Room) -> None:
    link = f'href="/shifts/{room.shift.pk}/cover/"'
    url = f"/shifts/{room.shift.pk}/"

    assert link in page_of(room.team.ben, url)
    assert link in page_of(room.team.anna, url)
    assert link not in page_of(room.dora, url)


def test_what_was_taken_shows_on_its_page_who_relieves_whom(room: Room) -> None:
    cover = room.ask(room.dora)
    room.take(cover, room.dora)

    page = page_of(room.team.ben, f"/covers/{cover.pk}/")

    assert "Dora Hale carries it for you" in page
    assert f'href="/covers/{cover.pk}/undo/"' in page
    assert "Give it back" not in page


def test_the_task_ends_what_is_over(room: Room) -> None:
    room.ask(room.dora, now=SATURDAY - HOUR)

    with time_machine.travel(SUNDAY, tick=False):
        done = tasks.sweep_cover_requests()
        page = page_of(room.team.ben, f"/covers/{Cover.objects.get().pk}/")

    assert done == 1
    assert "Nobody took it" in page
