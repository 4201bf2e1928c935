"""Asking for cover, and what becomes of a request."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Cover, CoverAsk, Shift, SyncRun
from rotation.operations import cover_answers, covers
from rotation.operations.covers import Seen
from tests import builders
from tests.builders import NOW
from tests.rotation.cover_room import HOUR, SATURDAY, SUNDAY, Room, refused, told
from tests.rotation.pages import team_at_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    team = team_at_work()
    return Room(team, builders.make_shift(level=team.primary, holder=team.ben))


def test_asking_moves_nobody_and_asks_each_by_mail(room: Room) -> None:
    cover = room.ask(room.dora, room.eve, message="Happy to take a weekend in return.")

    assert (cover.state, cover.from_engineer, cover.asks_everyone) == (
        Cover.State.OPEN,
        room.team.ben,
        False,
    )
    assert room.carriers() == ["Ben"]
    assert not SyncRun.objects.exists()
    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {room.dora.email, room.eve.email}
    body = mails[room.dora.email].body
    assert "Ben asks you to take primary of Core" in body
    assert "Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT (Europe/Dublin)" in body
    assert "“Happy to take a weekend in return.”" in body
    assert "/covers/by-mail/" in body


def test_every_mail_has_a_link_of_its_own(room: Room) -> None:
    room.ask(room.dora, room.eve)

    links = [mail.body.split("/covers/by-mail/")[1] for mail in Message.objects.all()]
    assert len(set(links)) == 2


def test_asking_nobody_by_name_asks_everyone_who_can(room: Room) -> None:
    builders.make_absence(
        engineer=room.dora, starts_on=SATURDAY.date(), ends_on=SUNDAY.date() + dt.timedelta(1)
    )

    cover = room.ask()

    asked = set(CoverAsk.objects.values_list("engineer__name", flat=True))
    assert cover.asks_everyone
    assert room.dora.name not in asked
    assert "Ben" not in asked
    assert {"Eve Moss", "Finn Roth", "Gus Vane"} <= asked


def test_somebody_who_cannot_is_refused_without_the_reason_of_being_away(room: Room) -> None:
    builders.make_absence(
        engineer=room.dora,
        starts_on=SATURDAY.date(),
        ends_on=SUNDAY.date() + dt.timedelta(1),
        note="An operation.",
    )

    said = refused(covers.CoverInvalidError, room.ask, room.dora)

    assert said == "Dora Hale is away then. Choose from those who can."
    assert not Cover.objects.exists()


def test_the_same_time_is_not_asked_for_twice(room: Room) -> None:
    room.ask(room.dora)

    said = refused(
        covers.CoverInvalidError, room.ask, room.eve, starts_at=SUNDAY - HOUR, ends_at=SUNDAY + HOUR
    )

    assert "asked for already, Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in said


def test_nobody_asks_for_time_that_is_not_theirs(room: Room) -> None:
    said = refused(
        covers.CoverTakenError,
        room.ask,
        room.eve,
        by=room.dora,
        seen=Seen(engineer_id=room.dora.pk),
    )

    assert "Ben" in said


def test_hours_of_a_day_can_be_asked_for(room: Room) -> None:
    evening = dt.datetime(2026, 12, 3, 19, tzinfo=dt.UTC)

    cover = room.ask(room.dora, starts_at=evening, ends_at=evening + 4 * HOUR)
    room.take(cover, room.dora)

    assert room.carriers() == ["Ben", "Dora Hale", "Ben"]


def test_a_message_is_kept_to_280_characters(room: Room) -> None:
    refused(covers.CoverInvalidError, room.ask, room.dora, message="x" * 281)

    assert room.ask(room.dora, message="x" * 280).message == "x" * 280


def test_who_takes_it_has_it_at_once_and_all_are_told(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)

    room.take(cover, room.dora)

    assert room.carriers() == ["Ben", "Dora Hale", "Ben"]
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED
    subjects = told()
    assert subjects[room.dora.email].startswith("You carry primary of Core")
    assert subjects[room.team.ben.email].startswith("Dora Hale takes it")
    assert subjects[room.eve.email].startswith("Taken:")
    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.actor, event.verb, event.on_behalf_of) == (room.dora.email, "took", "")


def test_the_second_is_told_who_took_it_and_when(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)
    room.take(cover, room.dora, now=NOW + HOUR)

    said = refused(
        covers.CoverMovedOnError,
        room.take,
        cover,
        room.eve,
        now=NOW + HOUR + dt.timedelta(minutes=1),
    )

    assert said == "Dora Hale took it a moment ago (11:00 GMT). You are not on call for it."


def test_later_the_second_is_told_the_day_too(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)
    room.take(cover, room.dora, now=NOW + HOUR)

    said = refused(covers.CoverMovedOnError, room.take, cover, room.eve, now=NOW + 24 * HOUR)

    assert "on Wed 25 Nov 2026, 11:00 GMT" in said


def test_who_is_away_by_now_cannot_take_it(room: Room) -> None:
    cover = room.ask(room.dora)
    builders.make_absence(
        engineer=room.dora, starts_on=SATURDAY.date(), ends_on=SUNDAY.date() + dt.timedelta(1)
    )

    assert refused(covers.CoverInvalidError, room.take, cover, room.dora) == (
        "Dora Hale is away then."
    )
    assert Cover.objects.get().state == Cover.State.OPEN


def test_nobody_takes_their_own(room: Room) -> None:
    cover = room.ask(room.dora)

    assert refused(covers.CoverInvalidError, room.take, cover, room.team.ben) == (
        "Ben carries that time already."
    )


def test_a_request_that_has_ended_is_not_taken(room: Room) -> None:
    cover = room.ask(room.dora)

    said = refused(covers.CoverMovedOnError, room.take, cover, room.dora, now=SATURDAY)

    assert said.startswith("The request ended Sat 5 Dec 2026, 12:00 GMT")
    assert room.carriers() == ["Ben"]


def test_a_second_before_it_ends_it_is_taken_whole(room: Room) -> None:
    cover = room.ask(room.dora)

    taken = room.take(cover, room.dora, now=SATURDAY - dt.timedelta(seconds=1))

    assert (taken.starts_at, taken.ends_at) == (SATURDAY, SUNDAY)


def test_time_that_runs_is_urgent_and_what_is_left_of_it_is_taken(room: Room) -> None:
    cover = room.ask(room.dora, starts_at=None, ends_at=None, now=SATURDAY)
    assert cover.is_urgent

    taken = room.take(cover, room.dora, now=SATURDAY + HOUR)

    assert (taken.starts_at, taken.ends_at) == (SATURDAY + HOUR, room.shift.ends_at)
    assert room.carriers() == ["Ben", "Dora Hale"]


def test_a_week_that_is_paid_for_is_not_taken_any_more(room: Room) -> None:
    cover = room.ask(room.dora, starts_at=None, ends_at=None, now=SATURDAY)
    Shift.objects.update(completed_at=room.shift.ends_at)

    refused(covers.ShiftCompletedError, room.take, cover, room.dora, now=room.shift.ends_at - HOUR)

    assert room.carriers() == ["Ben"]


def test_who_said_no_may_still_take_it(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)
    room.decline(cover, room.dora)

    room.take(cover, room.dora)

    assert room.carriers() == ["Ben", "Dora Hale", "Ben"]


def test_a_no_is_noted_once_and_tells_nobody_while_others_may_still_say_yes(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)
    before = Message.objects.count()

    room.decline(cover, room.dora)
    room.decline(cover, room.dora)

    ask = CoverAsk.objects.get(engineer=room.dora)
    assert (ask.state, ask.answered_at) == (CoverAsk.State.DECLINED, NOW + HOUR)
    assert Message.objects.count() == before
    assert AuditEvent.objects.filter(verb="declined").count() == 1


def test_when_everybody_asked_said_no_who_asks_is_told(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)

    room.decline(cover, room.dora)
    room.decline(cover, room.eve)

    assert told()[room.team.ben.email].startswith("Everybody asked said no")
    assert Cover.objects.get().state == Cover.State.OPEN


def test_who_was_not_asked_has_nothing_to_decline(room: Room) -> None:
    cover = room.ask(room.dora)

    assert "Eve Moss was not asked" in refused(
        cover_answers.NotAskedError, room.decline, cover, room.eve
    )


def test_a_withdrawn_request_is_over_for_everybody(room: Room) -> None:
    cover = room.ask(room.dora, room.eve)
    room.decline(cover, room.eve)

    room.withdraw(cover)

    assert told()[room.dora.email].startswith("No longer asked")
    assert not told()[room.eve.email].startswith("No longer asked")
    said = refused(covers.CoverMovedOnError, room.take, cover, room.dora)
    assert said.startswith("The request was withdrawn a moment ago (11:00 GMT)")
    refused(covers.CoverMovedOnError, room.withdraw, cover)


def test_a_manager_asks_assigns_declines_and_withdraws_on_behalf_of_others(room: Room) -> None:
    anna = room.team.anna

    first = room.ask(room.dora, room.eve, by=anna)
    room.decline(first, room.eve, by=anna)
    room.withdraw(first, by=anna)
    second = room.ask(room.dora, by=anna)
    room.take(second, room.team.volunteers[3], by=anna)

    trail = list(AuditEvent.objects.order_by("pk").values_list("verb", "actor", "on_behalf_of"))
    ben = room.team.ben.email
    assert trail == [
        ("asked for", anna.email, ben),
        ("declined", anna.email, room.eve.email),
        ("withdrew", anna.email, ben),
        ("asked for", anna.email, ben),
        ("took", anna.email, room.team.volunteers[3].email),
    ]
    assert "Anna entered it" in Message.objects.get(subject__startswith="You carry").body
    assert Message.objects.filter(to=ben, subject__startswith="Cover is asked for in").count() == 2


def test_managers_ask_for_somebody_to_fill_a_gap(room: Room) -> None:
    Shift.objects.update(holder=None)

    cover = room.ask(room.dora, by=room.team.anna)
    assert cover.from_engineer is None
    assert "The team asks you to take primary of Core" in Message.objects.get().body
    room.take(cover, room.dora)

    assert room.carriers() == ["", "Dora Hale", ""]


def test_who_covers_asks_another_to_cover_them(room: Room) -> None:
    first = room.ask(room.dora)
    room.take(first, room.dora)

    second = room.ask(room.eve, by=room.dora, ends_at=SATURDAY + 6 * HOUR)
    room.take(second, room.eve)

    assert second.from_engineer == room.dora
    assert room.carriers() == ["Ben", "Eve Moss", "Dora Hale", "Ben"]
