"""The one on call cannot go on, or a colleague offers to carry on for them."""

from __future__ import annotations

import datetime as dt
import functools

import pytest

from audit.models import AuditEvent
from outbox.models import ChatHook, Message, TurnedOff
from rotation.models import Cover, CoverAsk, Shift, SyncRun
from rotation.operations import cover_sweeps, covers, take_over
from rotation.operations.covers import CoverInvalidError, CoverMovedOnError, Seen
from rotation.operations.take_over import Remainder, ShiftNotRunningError
from rotation.queries import board_facts, cover_requests
from tests import builders
from tests.builders import NOW, THIS_WEEK
from tests.rotation.cover_room import HOUR, Room, refused, told
from tests.rotation.pages import actor, team_at_work

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def room() -> Room:
    """Ben is on call now, Anna beside him on level 2."""
    team = team_at_work()
    builders.make_shift(level=team.escalation, week_date=THIS_WEEK, holder=team.anna)
    return Room(team, builders.make_shift(level=team.primary, week_date=THIS_WEEK, holder=team.ben))


def _ill(room: Room, **more: object) -> Cover:
    by = more.pop("by", room.team.ben)
    remainder = Remainder(shift_id=room.shift.pk, **more)  # type: ignore[arg-type]
    return take_over.ask_now(remainder=remainder, actor=actor(by), now=NOW)  # type: ignore[arg-type]


def _offer(room: Room, **more: object) -> Cover:
    by = more.pop("by", room.dora)
    remainder = Remainder(shift_id=room.shift.pk, **more)  # type: ignore[arg-type]
    return take_over.offer_now(
        remainder=remainder,
        engineer_id=room.dora.pk,
        actor=actor(by),  # type: ignore[arg-type]
        now=NOW,
    )


def test_everyone_who_can_is_asked_at_once_for_what_is_left(room: Room) -> None:
    cover = _ill(room)

    assert (cover.starts_at, cover.ends_at) == (NOW, room.shift.ends_at)
    assert cover.is_urgent
    assert room.carriers() == ["Ben"]
    asked = set(CoverAsk.objects.values_list("engineer__name", flat=True))
    assert {"Dora Hale", "Eve Moss", "Max Lund"} <= asked
    assert not asked & {"Ben", "Anna"}
    mail = Message.objects.get(to=room.dora.email)
    assert mail.subject == "Can you take over now? Ben cannot go on as primary of Core"
    assert "/covers/by-mail/" in mail.body


def test_level_2_is_told_what_pagerduty_does_until_somebody_takes_over(room: Room) -> None:
    _ill(room)

    mail = Message.objects.get(to=room.team.anna.email)
    assert mail.subject == "Ben cannot go on as primary of Core"
    assert "PagerDuty still pages Ben first" in mail.body
    assert "goes to you after 15 minutes" in mail.body


def test_the_first_who_accepts_is_on_call_from_that_second(room: Room) -> None:
    cover = _ill(room)

    taken = room.take(cover, room.dora, now=NOW + 90 * SECOND)

    assert taken.starts_at == NOW + 90 * SECOND
    assert room.carriers() == ["Ben", "Dora Hale"]
    assert SyncRun.objects.get().first_change_at == NOW + 90 * SECOND
    assert told()[room.team.anna.email] == "Dora Hale has taken over from Ben as primary of Core"
    refused(CoverMovedOnError, room.take, cover, room.eve, now=NOW + 91 * SECOND)


def test_it_can_be_until_an_earlier_time(room: Room) -> None:
    morning = NOW + 10 * HOUR

    room.take(_ill(room, ends_at=morning), room.dora)

    assert room.carriers() == ["Ben", "Dora Hale", "Ben"]


def test_a_week_that_has_not_begun_is_asked_for_as_cover(room: Room) -> None:
    coming = builders.make_shift(level=room.team.primary, holder=room.team.ben)

    refused(
        ShiftNotRunningError,
        take_over.ask_now,
        remainder=Remainder(shift_id=coming.pk),
        actor=actor(room.team.ben),
        now=NOW,
    )


def test_a_request_that_stands_gives_way_to_the_urgent_one(room: Room) -> None:
    standing = room.ask(
        room.dora, starts_at=room.shift.ends_at - 12 * HOUR, ends_at=room.shift.ends_at
    )

    _ill(room)

    standing.refresh_from_db()
    assert standing.state == Cover.State.WITHDRAWN


def test_asking_the_team_twice_is_refused(room: Room) -> None:
    _ill(room)

    assert "asked for already" in refused(CoverInvalidError, _ill, room)


def test_without_anybody_who_can_level_2_and_managers_know(room: Room) -> None:
    for one in (*room.team.volunteers[1:], room.team.max):
        day = dt.timedelta(days=1)
        builders.make_absence(
            engineer=one, starts_on=NOW.date(), ends_on=room.shift.ends_at.date() + day
        )

    cover = _ill(room)

    assert not cover.asks.exists()
    mails = {mail.to: mail.body for mail in Message.objects.all()}
    assert set(mails) == {room.team.anna.email, room.team.max.email}
    assert "Nobody can be asked to take over" in mails[room.team.max.email]


def test_a_manager_asks_for_somebody_and_the_trail_says_for_whom(room: Room) -> None:
    _ill(room, by=room.team.max)

    assert AuditEvent.objects.get(verb="asked for").on_behalf_of == room.team.ben.email
    assert told()[room.team.ben.email] == "Max Lund asks the team to take over from you now"


def test_the_teams_chat_is_asked_too(room: Room) -> None:
    ChatHook.objects.create(
        team=room.team.rotation.team, address="https://chat.example/hook", set_at=NOW
    )

    cover = _ill(room)

    line = Message.objects.get(chat__isnull=False).body
    assert line.startswith("Ben cannot go on as primary of Core")
    assert f"/covers/{cover.pk}/" in line


def test_an_offer_to_take_over_relieves_nobody_until_they_agree(room: Room) -> None:
    offer = _offer(room)

    assert room.carriers() == ["Ben"]
    assert told() == {
        room.team.ben.email: "Dora Hale offers to take over from you now as primary of Core"
    }
    at = NOW + 5 * SECOND
    take_over.accept_offer(cover_id=offer.pk, actor=actor(room.team.ben), now=at)
    assert room.carriers() == ["Ben", "Dora Hale"]
    assert SyncRun.objects.get().first_change_at == at


def test_an_offer_is_no_request_of_the_one_on_call(room: Room) -> None:
    _offer(room)
    ben, shift_id = room.team.ben.pk, room.shift.pk

    assert cover_requests.open_by_shift(engineer_id=ben) == {}
    assert not cover_requests.own_open(engineer_id=ben, now=NOW).asking
    assert not board_facts.open_asks(shift_ids=[shift_id])


def test_who_turned_the_question_off_is_not_asked_by_mail_but_level_2_hears_of_it(
    room: Room,
) -> None:
    for reader in (room.dora, room.team.anna):
        TurnedOff.objects.create(engineer=reader, kind="take_over_asked")

    cover = _ill(room)

    assert room.dora.pk in CoverAsk.objects.filter(cover=cover).values_list("engineer", flat=True)
    assert room.dora.email not in told()
    assert told()[room.team.anna.email] == "Ben cannot go on as primary of Core"


def test_an_offer_made_twice_is_one(room: Room) -> None:
    assert _offer(room) == _offer(room)
    assert Message.objects.count() == 1


def test_going_on_oneself_closes_the_offer_and_tells_who_offered(room: Room) -> None:
    offer = _offer(room)

    take_over.close_offer(cover_id=offer.pk, actor=actor(room.team.ben), now=NOW + HOUR)

    assert room.carriers() == ["Ben"]
    assert told()[room.dora.email] == "Ben declined the offer to take over"
    refused(
        CoverMovedOnError,
        take_over.accept_offer,
        cover_id=offer.pk,
        actor=actor(room.team.ben),
        now=NOW + HOUR,
    )


def test_somebody_who_is_away_does_not_offer(room: Room) -> None:
    builders.make_absence(
        engineer=room.dora, starts_on=NOW.date(), ends_on=NOW.date() + dt.timedelta(days=1)
    )

    assert refused(CoverInvalidError, _offer, room) == "Dora Hale is away then."


def test_an_offer_to_somebody_who_is_off_by_now_is_refused(room: Room) -> None:
    Shift.objects.filter(pk=room.shift.pk).update(holder=room.eve)

    said = refused(covers.CoverTakenError, _offer, room, seen=Seen(engineer_id=room.team.ben.pk))

    assert "Eve Moss" in said


def test_an_offer_ends_with_the_shift_and_both_hear_so(room: Room) -> None:
    offer = _offer(room)

    cover_sweeps.settle_request(cover_id=offer.pk, now=room.shift.ends_at)

    offer.refresh_from_db()
    assert offer.state == Cover.State.EXPIRED
    expected = "The offer to take over was not agreed to, and its time is over"
    assert {told()[one.email] for one in (room.dora, room.team.ben)} == {expected}


def test_a_cover_of_a_cover_is_taken_by_request_and_undone_in_order(room: Room) -> None:
    first = room.take(_ill(room), room.dora, now=NOW + SECOND)
    second = take_over.ask_now(
        remainder=Remainder(shift_id=room.shift.pk), actor=actor(room.dora), now=NOW + HOUR
    )
    room.take(second, room.eve, now=NOW + HOUR)

    assert second.from_engineer == room.dora
    assert room.carriers() == ["Ben", "Dora Hale", "Eve Moss"]
    undo = functools.partial(covers.undo_cover, actor=actor(room.team.anna), now=NOW + 2 * HOUR)
    assert "Eve Moss" in refused(CoverMovedOnError, undo, cover_id=first.pk)
    undo(cover_id=second.pk)
    undo(cover_id=first.pk)
    assert room.carriers() == ["Ben", "Dora Hale", "Eve Moss", "Ben"]
