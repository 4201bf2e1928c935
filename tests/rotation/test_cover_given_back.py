"""Covers that who took them gives back."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from rotation.models import Cover
from rotation.operations import cover_answers, covers
from rotation.operations.covers import WantedCover
from tests import builders
from tests.builders import NOW
from tests.rotation.cover_room import HOUR, SATURDAY, SUNDAY, Room, refused, told
from tests.rotation.pages import actor, team_at_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    team = team_at_work()
    return Room(team, builders.make_shift(level=team.primary, holder=team.ben))


def test_what_is_given_back_is_asked_again_of_the_others_and_the_managers_hear_it(
    room: Room,
) -> None:
    cover = room.ask(room.dora, room.eve, message="Please.")
    room.take(cover, room.dora)

    again = room.give_back(cover)

    cover.refresh_from_db()
    assert (cover.state, again.state, again.message) == ("undone", "open", "Please.")
    assert room.carriers() == ["Ben"]
    assert [ask.engineer for ask in again.asks.all()] == [room.eve]
    subjects = told()
    assert subjects[room.team.ben.email].startswith("Dora Hale gives it back")
    assert subjects[room.team.anna.email].startswith("Dora Hale gives a cover back")
    assert subjects[room.eve.email].startswith("Ben asks for cover")
    assert AuditEvent.objects.filter(verb="gave back", actor=room.dora.email).count() == 1


def test_a_cover_is_given_back_until_a_day_before_it_starts(room: Room) -> None:
    cover = room.ask(room.dora)
    room.take(cover, room.dora)

    said = refused(
        cover_answers.GiveBackTooLateError,
        room.give_back,
        cover,
        now=SATURDAY - 24 * HOUR + dt.timedelta(seconds=1),
    )

    assert "until Fri 4 Dec 2026, 12:00 GMT" in said
    assert room.give_back(cover, now=SATURDAY - 24 * HOUR).state == Cover.State.OPEN


def test_a_cover_on_which_another_rests_is_not_given_back(room: Room) -> None:
    cover = room.ask(room.dora)
    room.take(cover, room.dora)
    second = room.ask(room.eve, by=room.dora)
    room.take(second, room.eve)

    assert "A later cover rests on it: Eve Moss" in refused(
        covers.CoverMovedOnError, room.give_back, cover
    )
    assert room.carriers() == ["Ben", "Eve Moss", "Ben"]


def test_a_cover_that_a_manager_entered_is_given_back_to_everyone(room: Room) -> None:
    wanted = WantedCover(
        shift_id=room.shift.pk, to_engineer_id=room.dora.pk, starts_at=SATURDAY, ends_at=SUNDAY
    )
    cover = covers.enter_cover(wanted=wanted, actor=actor(room.team.anna), now=NOW)

    again = room.give_back(cover)

    assert again.asks_everyone
    assert room.dora.pk not in {ask.engineer_id for ask in again.asks.all()}
