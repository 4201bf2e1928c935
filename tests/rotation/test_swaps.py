"""A week for a week: offered or proposed, agreed as a whole, undone as a whole."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Cover, Shift, SwapOffer, SyncRun
from rotation.operations import cover_answers, cover_sweeps, covers, swaps
from rotation.operations.covers import CoverInvalidError, CoverTakenError, WantedCover
from rotation.operations.swaps import Returned, SwapMovedOnError
from rotation.queries import cover_requests as queries
from tests import builders
from tests.builders import NOW, WEEK
from tests.rotation.cover_room import HOUR, SATURDAY, SUNDAY, refused, told
from tests.rotation.pages import actor
from tests.rotation.swap_room import SwapRoom, swap_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> SwapRoom:
    return swap_room()


def test_offering_a_week_moves_nobody_and_asks_who_asked_by_mail(room: SwapRoom) -> None:
    offer = room.offer(room.whole(room.dora))

    assert offer.state == SwapOffer.State.OPEN
    assert room.both() == (["Ben"], ["Dora Hale"])
    mail = Message.objects.get(kind="cover_swap")
    assert mail.to == room.ben.email
    assert "Dora Hale takes primary of Core" in mail.body
    assert "You take primary of Core" in mail.body
    assert "/swaps/by-mail/" in mail.body


def test_agreeing_moves_both_weeks_at_once(room: SwapRoom) -> None:
    offer = room.agree(room.offer(room.whole(room.dora, room.eve)))

    assert offer.state == SwapOffer.State.AGREED
    assert room.both() == (["Dora Hale"], ["Ben"])
    first, second = Cover.objects.order_by("pk")
    assert second.swap_with == first
    assert SyncRun.objects.get().first_change_at == room.shift.starts_at
    mails = told()
    assert mails[room.ben.email] == mails[room.dora.email]
    assert mails[room.dora.email].startswith("The swap is agreed")
    assert mails[room.eve.email].startswith("Taken")


def test_hours_can_be_given_for_hours(room: SwapRoom) -> None:
    friday = room.other.starts_at + dt.timedelta(days=4)

    room.agree(room.offer(room.ask(room.dora), starts_at=friday, ends_at=friday + 24 * HOUR))

    assert room.both() == (["Ben", "Dora Hale", "Ben"], ["Dora Hale", "Ben", "Dora Hale"])


def test_the_weeks_of_one_time_can_be_swapped(room: SwapRoom) -> None:
    anna = room.team.anna
    beside = builders.make_shift(level=room.team.escalation, holder=anna)
    cover = room.whole(room.dora)

    offer = room.offer(cover, who=anna, shift_id=beside.pk)
    room.agree(offer)

    assert room.carriers() == ["Anna"]
    assert Cover.objects.get(shift=beside).to_engineer == room.ben


def test_neither_week_moves_when_one_of_the_two_cannot(room: SwapRoom) -> None:
    cover = room.whole(room.dora)
    offer = room.offer(cover)
    day = (room.other.starts_at + dt.timedelta(days=3)).date()
    builders.make_absence(engineer=room.ben, starts_on=day, ends_on=day + dt.timedelta(days=1))

    said = refused(CoverInvalidError, room.agree, offer)

    assert said == "Ben is away then."
    assert room.both() == (["Ben"], ["Dora Hale"])
    assert not SyncRun.objects.exists()
    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.OPEN


def test_a_week_that_who_asks_cannot_take_is_not_offered(room: SwapRoom) -> None:
    cover = room.whole(room.dora)
    day = (room.other.starts_at + dt.timedelta(days=3)).date()
    builders.make_absence(engineer=room.ben, starts_on=day, ends_on=day + dt.timedelta(days=1))

    assert refused(CoverInvalidError, room.offer, cover) == "Ben is away then."


def test_nobody_offers_a_week_of_somebody_elses(room: SwapRoom) -> None:
    cover = room.whole(room.dora, room.eve)

    assert "Dora Hale" in refused(CoverTakenError, room.offer, cover, who=room.eve)


def test_a_week_of_another_rotation_is_not_given_in_return(room: SwapRoom) -> None:
    elsewhere = builders.make_rotation(team=builders.make_team(name="Edge"))
    other = builders.make_shift(
        level=builders.level_of(elsewhere),
        week_date=builders.NEXT_WEEK + 6 * WEEK,
        holder=room.dora,
    )

    said = refused(CoverInvalidError, room.offer, room.whole(room.dora), shift_id=other.pk)

    assert said.startswith("A swap is of two weeks of one rotation.")


def test_a_week_that_runs_is_not_given_in_return(room: SwapRoom) -> None:
    running = builders.make_shift(
        level=room.team.primary, week_date=builders.THIS_WEEK, holder=room.dora
    )

    said = refused(CoverInvalidError, room.offer, room.whole(room.dora), shift_id=running.pk)

    assert said == "That week has begun. Choose one that is to come."


def test_a_second_offer_takes_the_place_of_the_first(room: SwapRoom) -> None:
    cover = room.whole(room.dora)
    first = room.offer(cover)
    second = room.offer(cover, ends_at=room.other.starts_at + 24 * HOUR)

    first.refresh_from_db()
    assert (first.state, second.state) == (SwapOffer.State.WITHDRAWN, SwapOffer.State.OPEN)


def test_who_asks_can_name_the_week_and_the_other_agrees(room: SwapRoom) -> None:
    offer = room.propose()

    assert told() == {room.dora.email: "Ben offers you a swap: primary of Core"}
    room.agree(offer, by=room.dora)
    assert room.both() == (["Dora Hale"], ["Ben"])


def test_saying_no_to_a_proposal_leaves_both_weeks_and_closes_it(room: SwapRoom) -> None:
    offer = room.propose()

    room.decline(offer, room.dora)

    assert room.both() == (["Ben"], ["Dora Hale"])
    assert told()[room.ben.email].startswith("The swap was declined")
    said = refused(SwapMovedOnError, room.agree, offer, by=room.dora)
    assert said.startswith("The swap was declined Wed 25 Nov 2026")


def test_not_me_declines_the_proposal_too(room: SwapRoom) -> None:
    offer = room.propose()

    cover_answers.decline_cover(
        cover_id=offer.cover_id, engineer_id=room.dora.pk, actor=actor(room.dora), now=NOW + HOUR
    )

    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.DECLINED


def test_an_offer_is_taken_back_by_who_made_it(room: SwapRoom) -> None:
    offer = room.offer(room.whole(room.dora))

    swaps.withdraw_swap(offer_id=offer.pk, actor=actor(room.dora), now=NOW + 2 * HOUR)

    said = refused(SwapMovedOnError, room.agree, offer)
    assert said.startswith("The swap was withdrawn")
    assert told()[room.ben.email].startswith("The swap was withdrawn")


def test_a_manager_does_each_step_for_somebody_and_the_trail_says_for_whom(room: SwapRoom) -> None:
    offer = room.offer(room.whole(room.dora), by=room.team.anna)
    room.agree(offer, by=room.team.max)

    events = {event.verb: event for event in AuditEvent.objects.all()}
    assert events["offered a swap for"].on_behalf_of == room.dora.email
    assert events["swapped"].on_behalf_of == room.ben.email
    assert AuditEvent.objects.filter(verb="swapped").count() == 2


def test_when_somebody_else_takes_it_both_sides_hear_that_the_swap_is_off(room: SwapRoom) -> None:
    cover = room.whole(room.dora, room.eve)
    offer = room.offer(cover)

    room.take(cover, room.eve, now=NOW + 2 * HOUR)

    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.LAPSED
    mails = Message.objects.filter(subject__startswith="Eve Moss took the cover, so the swap")
    assert {mail.to for mail in mails} == {room.ben.email, room.dora.email}


def test_when_the_offered_week_changes_hands_the_offer_lapses_and_the_mail_names_it(
    room: SwapRoom,
) -> None:
    cover = room.whole(room.dora)
    offer = room.offer(cover)

    covers.enter_cover(
        wanted=WantedCover(
            shift_id=room.other.pk,
            to_engineer_id=room.eve.pk,
            starts_at=room.other.starts_at + HOUR,
            ends_at=room.other.starts_at + 24 * HOUR,
        ),
        actor=actor(room.team.anna),
        now=NOW + 2 * HOUR,
    )

    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.LAPSED
    mail = Message.objects.get(to=room.ben.email, kind="cover_swap", subject__contains="off the")
    assert mail.subject.startswith("Dora Hale’s week changed hands")
    assert "Mon 14 Dec, 12:00 to Mon 21 Dec 2026, 12:00 GMT" in mail.body
    assert "Your request stands" in mail.body


def test_an_offer_whose_week_begins_lapses(room: SwapRoom) -> None:
    late = builders.make_shift(
        level=room.team.primary, week_date=builders.NEXT_WEEK + 5 * WEEK, holder=room.ben
    )
    cover = room.ask(room.dora, starts_at=None, ends_at=None)
    offer = room.offer(cover)
    Cover.objects.filter(pk=cover.pk).update(
        shift=late, starts_at=late.starts_at, ends_at=late.ends_at
    )

    assert cover.pk in queries.due_ids(now=room.other.starts_at)
    cover_sweeps.settle_request(cover_id=cover.pk, now=room.other.starts_at)

    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.LAPSED


def test_undoing_one_week_of_a_swap_undoes_both(room: SwapRoom) -> None:
    room.agree(room.offer(room.whole(room.dora)))
    first, second = Cover.objects.order_by("pk")

    room.undo(second, room.dora)

    assert room.both() == (["Ben"], ["Dora Hale"])
    first.refresh_from_db()
    assert first.state == Cover.State.UNDONE
    assert {told()[one.email] for one in (room.ben, room.dora)} == {
        "Dora Hale undid the swap: primary of Core"
    }


def test_half_of_a_swap_is_neither_undone_nor_given_back_alone(room: SwapRoom) -> None:
    offer = room.agree(room.offer(room.whole(room.dora)))

    for act in (covers.undo_cover, cover_answers.give_back):
        said = refused(
            covers.SwapAgreedError,
            act,
            cover_id=offer.cover_id,
            actor=actor(room.ben),
            now=NOW + 3 * HOUR,
        )
        assert "undone together with the other week" in said


def test_a_swap_on_which_a_later_cover_rests_is_not_undone_and_the_refusal_names_it(
    room: SwapRoom,
) -> None:
    offer = room.agree(room.offer(room.whole(room.dora)))
    later = WantedCover(
        shift_id=room.shift.pk, to_engineer_id=room.eve.pk, starts_at=SATURDAY, ends_at=SUNDAY
    )
    covers.enter_cover(wanted=later, actor=actor(room.team.anna), now=NOW + 2 * HOUR)

    said = refused(covers.CoverMovedOnError, room.undo, offer.cover, room.ben)

    assert said.startswith("A later cover rests on it: Eve Moss, Sat 5 Dec, 12:00")
    assert room.both()[1] == ["Ben"]


def test_a_swap_that_has_begun_is_not_undone(room: SwapRoom) -> None:
    offer = room.agree(room.offer(room.whole(room.dora)))

    at = room.shift.starts_at + HOUR
    said = refused(SwapMovedOnError, room.undo, offer.cover, room.ben, now=at)

    assert said.startswith("The swap has begun: Mon 30 Nov")
    assert room.both() == (["Dora Hale"], ["Ben"])


def test_agreeing_twice_says_what_became_of_it(room: SwapRoom) -> None:
    offer = room.offer(room.whole(room.dora))
    room.agree(offer)

    assert refused(SwapMovedOnError, room.agree, offer).startswith("The swap was agreed")


def test_a_gap_has_nobody_to_take_a_week_in_return(room: SwapRoom) -> None:
    Shift.objects.filter(pk=room.shift.pk).update(holder=None)
    cover = room.ask(room.dora, by=room.team.anna)

    assert "gap" in refused(CoverInvalidError, room.offer, cover)


def test_a_swap_with_oneself_is_refused(room: SwapRoom) -> None:
    Shift.objects.filter(pk=room.other.pk).update(holder=room.ben)
    cover = room.whole(room.dora)

    refused(CoverInvalidError, room.offer, cover, who=room.ben)


def test_a_cover_that_was_taken_can_be_swapped_on(room: SwapRoom) -> None:
    """Ben covers nobody by then: Dora has his week, and Eve takes it for a week of hers."""
    room.take(room.whole(room.dora), room.dora)
    hers = builders.make_shift(
        level=room.team.primary, week_date=builders.NEXT_WEEK + 4 * WEEK, holder=room.eve
    )
    cover = room.ask(room.eve, by=room.dora, starts_at=None, ends_at=None, now=NOW + HOUR)
    returned = Returned(shift_id=hers.pk)
    offer = swaps.offer_swap(
        cover_id=cover.pk,
        engineer_id=room.eve.pk,
        returned=returned,
        actor=actor(room.eve),
        now=NOW + HOUR,
    )

    room.agree(offer, by=room.dora)

    assert room.carriers() == ["Eve Moss"]
    resting = Cover.objects.filter(shift=room.shift, to_engineer=room.dora).get()
    said = refused(covers.CoverMovedOnError, room.undo, resting, room.ben)
    assert "Eve Moss" in said
