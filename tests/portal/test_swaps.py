"""The pages of swaps and of taking over now."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from outbox.models import Message
from rotation.models import Cover, SwapOffer
from rotation.operations import take_over
from rotation.operations.take_over import Remainder
from tests import builders
from tests.builders import NOW, THIS_WEEK
from tests.rotation.pages import actor, signed_in
from tests.rotation.swap_room import SwapRoom, swap_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Shift

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def room() -> SwapRoom:
    return swap_room()


@pytest.fixture
def running(room: SwapRoom) -> Shift:
    """Ben is on call now, Anna beside him."""
    builders.make_shift(level=room.team.escalation, week_date=THIS_WEEK, holder=room.team.anna)
    return builders.make_shift(level=room.team.primary, week_date=THIS_WEEK, holder=room.ben)


def _text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def _choose(page: str) -> str:
    found = re.search(r'href="(\?stint=[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_who_is_asked_sees_which_weeks_fit_and_what_it_does_to_both(room: SwapRoom) -> None:
    cover = room.whole(room.dora)
    dora = signed_in(room.dora)

    page = _text(dora.get(f"/covers/{cover.pk}/swap/"))

    assert "Mon 14 Dec, 12:00 to Mon 21 Dec 2026, 12:00 GMT" in page
    assert "You: load" in page
    assert "Ben: load" in page
    chosen = dora.get(f"/covers/{cover.pk}/swap/{_choose(page)}")
    assert "Offer this swap" in _text(chosen)


def test_a_week_is_offered_and_agreed_on_the_page_of_both_weeks(room: SwapRoom) -> None:
    cover = room.whole(room.dora)
    dora, ben = signed_in(room.dora), signed_in(room.ben)
    address = f"/covers/{cover.pk}/swap/"
    key = _choose(_text(dora.get(address)))

    form = _text(dora.get(address + key))
    stint = re.search(r'name="stint" value="([^"]+)"', form)
    assert stint is not None
    sent = dora.post(address, {"stint": stint[1], "part": "whole"})
    offer = SwapOffer.objects.get()

    assert sent.headers["Location"] == f"/swaps/{offer.pk}/"
    assert "Dora Hale offers you a swap" in _text(ben.get(f"/swaps/{offer.pk}/"))
    assert "waits for your answer" in _text(ben.get("/"))
    assert "1 swap is offered" in _text(ben.get(f"/covers/{cover.pk}/"))
    ben.post(f"/swaps/{offer.pk}/agree/")
    assert room.both() == (["Dora Hale"], ["Ben"])
    assert "The swap is agreed" in _text(ben.get(f"/swaps/{offer.pk}/"))


def test_part_of_a_week_is_offered_with_its_times(room: SwapRoom) -> None:
    cover = room.ask(room.dora)
    dora = signed_in(room.dora)
    address = f"/covers/{cover.pk}/swap/"
    form = _text(dora.get(address + _choose(_text(dora.get(address)))))
    stint = re.search(r'name="stint" value="([^"]+)"', form)
    assert stint is not None
    times = {"from_day": "2026-12-18", "from_time": "12:00", "to_day": "2026-12-19"}

    dora.post(address, {"stint": stint[1], "part": "part", **times, "to_time": "12:00"})

    offer = SwapOffer.objects.get()
    assert offer.return_ends_at - offer.return_starts_at == dt.timedelta(days=1)


def test_a_week_is_offered_and_agreed_by_the_links_of_the_mails(room: SwapRoom) -> None:
    room.whole(room.dora)
    asked = re.search(r"/covers/by-mail/\S+", Message.objects.get(to=room.dora.email).body)
    assert asked is not None
    nobody = Client()
    address = f"{asked[0]}swap/"
    page = _text(nobody.get(address))
    form = _text(nobody.get(address + _choose(page)))
    stint = re.search(r'name="stint" value="([^"]+)"', form)
    assert stint is not None

    nobody.post(address, {"stint": stint[1], "part": "whole"})
    mail = Message.objects.get(to=room.ben.email, kind="cover_swap")
    link = re.search(r"/swaps/by-mail/\S+", mail.body)
    assert link is not None
    looked = _text(nobody.get(link[0]))
    assert "You answer as Ben" in looked
    assert room.both() == (["Ben"], ["Dora Hale"])
    nobody.post(link[0], {"answer": "agree"})

    assert room.both() == (["Dora Hale"], ["Ben"])
    assert "The swap is agreed" in _text(nobody.get(link[0]))


def test_who_asks_names_a_colleagues_week(room: SwapRoom) -> None:
    ben = signed_in(room.ben)
    page = _text(ben.get(f"/shifts/{room.shift.pk}/swap/"))
    week = re.search(r'name="week" value="([^"]+)"', page)
    assert week is not None
    assert "Dora Hale, Mon 14 Dec" in page

    ben.post(f"/shifts/{room.shift.pk}/swap/", {"week": week[1], "message": "Please?"})

    offer = SwapOffer.objects.get()
    assert offer.by_asker
    assert "Ben offers you a swap" in _text(signed_in(room.dora).get(f"/swaps/{offer.pk}/"))


def test_what_stands_against_agreeing_is_said_on_the_page(room: SwapRoom) -> None:
    offer = room.offer(room.whole(room.dora))
    day = (room.other.starts_at + dt.timedelta(days=3)).date()
    builders.make_absence(engineer=room.ben, starts_on=day, ends_on=day + dt.timedelta(days=1))

    answer = signed_in(room.ben).post(f"/swaps/{offer.pk}/agree/")

    assert "Ben is away then." in answer.content.decode()
    assert room.both() == (["Ben"], ["Dora Hale"])


@pytest.mark.parametrize("part", ["", "agree/", "decline/", "withdraw/"])
def test_a_swap_of_others_is_not_there(room: SwapRoom, part: str) -> None:
    offer = room.offer(room.whole(room.dora))
    eve = signed_in(room.eve)
    address = f"/swaps/{offer.pk}/{part}"

    answer = eve.post(address) if part else eve.get(address)

    assert answer.status_code == 404


def test_undoing_shows_both_weeks_and_undoes_both(room: SwapRoom) -> None:
    offer = room.agree(room.offer(room.whole(room.dora)))
    ben = signed_in(room.ben)

    page = _text(ben.get(f"/covers/{offer.cover_id}/undo/"))
    assert "Undo the swap of Ben and Dora Hale?" in page
    assert "carries the other week again" in page
    ben.post(f"/covers/{offer.cover_id}/undo/")

    assert room.both() == (["Ben"], ["Dora Hale"])


def test_who_is_on_call_hands_over_from_home(room: SwapRoom, running: Shift) -> None:
    ben = signed_in(room.ben)
    home = _text(ben.get("/"))
    assert "Not well? Ask the team to take over now" in home
    assert "Anna, level 2, is told" in home

    page = _text(ben.get(f"/shifts/{running.pk}/take-over/"))
    assert "PagerDuty still pages you first" in page
    ben.post(f"/shifts/{running.pk}/take-over/", {"part": "whole", "seen": room.ben.pk})

    cover = Cover.objects.get(shift=running)
    assert "You ask the team to take over" in _text(ben.get(f"/covers/{cover.pk}/"))
    signed_in(room.dora).post(f"/covers/{cover.pk}/take/")
    assert Cover.objects.get(shift=running).to_engineer == room.dora


def test_a_colleague_offers_from_the_running_shift_and_the_holder_agrees_by_one_tap(
    room: SwapRoom, running: Shift
) -> None:
    dora, ben = signed_in(room.dora), signed_in(room.ben)
    assert "Take over now" in _text(dora.get(f"/shifts/{running.pk}/"))

    dora.post(f"/shifts/{running.pk}/take-over/offer/", {"part": "whole", "seen": room.ben.pk})
    cover = Cover.objects.get(shift=running)
    assert "You offer to take over from Ben" in _text(dora.get(f"/covers/{cover.pk}/"))
    assert "Dora Hale offers to take over from you" in _text(ben.get(f"/covers/{cover.pk}/"))
    assert "Let Dora Hale take over" in _text(ben.get("/"))
    assert dora.post(f"/covers/{cover.pk}/take-over/agree/").status_code == 404
    ben.post(f"/covers/{cover.pk}/take-over/agree/")

    cover.refresh_from_db()
    assert cover.state == Cover.State.ACCEPTED


def test_an_offer_that_is_closed_says_why_nothing_changed(room: SwapRoom, running: Shift) -> None:
    offer = take_over.offer_now(
        remainder=Remainder(shift_id=running.pk),
        engineer_id=room.dora.pk,
        actor=actor(room.dora),
        now=NOW,
    )
    take_over.close_offer(cover_id=offer.pk, actor=actor(room.dora), now=NOW)

    answer = signed_in(room.ben).post(f"/covers/{offer.pk}/take-over/agree/")

    assert answer.status_code == 409
    assert "withdrawn" in answer.content.decode()
