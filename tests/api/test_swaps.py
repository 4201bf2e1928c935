"""Swaps and taking over now through the API: the operations that the pages call."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, SwapOffer
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK

if TYPE_CHECKING:
    import time_machine

    from rotation.models import Shift
    from tests.api.people import Cast

EVENING = NOW + dt.timedelta(hours=10)


@pytest.fixture
def weeks(cast: Cast) -> tuple[Shift, Shift]:
    """Ben's next week, and one of Max, who serves in these tests, three weeks later."""
    builders.make_term(team=cast.team, engineer=cast.max, accepted_by=cast.anna)
    level = builders.level_of(cast.rotation)
    bens = builders.make_shift(level=level, holder=cast.ben)
    maxs = builders.make_shift(level=level, holder=cast.max, week_date=NEXT_WEEK + 3 * WEEK)
    return bens, maxs


@pytest.fixture
def running(cast: Cast, held_time: time_machine.Traveller) -> Shift:
    """Ben is on call in the evening; Max serves too."""
    builders.make_term(team=cast.team, engineer=cast.max, starts_on=THIS_WEEK)
    held_time.move_to(EVENING)
    level = builders.level_of(cast.rotation)
    return builders.make_shift(level=level, holder=cast.ben, week_date=THIS_WEEK)


def _holders(*shifts: Shift) -> list[set[str]]:
    return [
        {
            cover.to_engineer.name
            for cover in Cover.objects.filter(shift=shift, state=Cover.State.ACCEPTED)
            if cover.to_engineer
        }
        for shift in shifts
    ]


def test_a_week_is_offered_in_return_and_both_change_hands(
    cast: Cast, weeks: tuple[Shift, Shift]
) -> None:
    bens, maxs = weeks
    ask = {"asked": [cast.max.pk]}
    asked = cast.api("ben").post(f"shifts/{bens.pk}/cover-requests/", **ask).expect(201)
    offer = cast.api("max").post(f"covers/{asked['id']}/swap-offers/", shift=maxs.pk).expect(201)
    waiting = cast.api("ben").all("me/swap-offers/")
    listed = cast.api("ben").all(f"covers/{asked['id']}/swap-offers/")
    read = cast.api("max").get(f"swap-offers/{offer['id']}/").expect(200)
    agreed = cast.api("ben").post(f"swap-offers/{offer['id']}/agree/").expect(200)

    assert [each["id"] for each in (*waiting, *listed, read)] == [offer["id"]] * 3
    assert (offer["state"], offer["decider"]["id"]) == ("open", cast.ben.pk)
    assert (offer["asked"]["shift"], offer["returned"]["shift"]) == (bens.pk, maxs.pk)
    assert agreed["state"] == "agreed"
    assert _holders(bens, maxs) == [{"Max"}, {"Ben"}]


def test_who_asks_can_name_the_week_themselves_and_the_other_agrees(
    cast: Cast, weeks: tuple[Shift, Shift]
) -> None:
    bens, maxs = weeks
    wanted = {"engineer": cast.max.pk, "return_shift": maxs.pk, "message": "Please."}
    offer = cast.api("ben").post(f"shifts/{bens.pk}/swap-proposals/", **wanted).expect(201)

    cast.api("ben").post(f"swap-offers/{offer['id']}/agree/").expect(404)
    agreed = cast.api("max").post(f"swap-offers/{offer['id']}/agree/").expect(200)

    assert offer["decider"]["id"] == cast.max.pk
    assert agreed["state"] == "agreed"
    assert _holders(bens, maxs) == [{"Max"}, {"Ben"}]


@pytest.mark.parametrize(
    ("act", "who", "state"), [("decline", "ben", "declined"), ("withdraw", "max", "withdrawn")]
)
def test_an_offer_that_is_closed_moves_nobody_and_is_not_agreed_any_more(
    cast: Cast, weeks: tuple[Shift, Shift], act: str, who: str, state: str
) -> None:
    bens, maxs = weeks
    asked = cast.api("ben").post(f"shifts/{bens.pk}/cover-requests/").expect(201)
    offer = cast.api("max").post(f"covers/{asked['id']}/swap-offers/", shift=maxs.pk).expect(201)

    closed = cast.api(who).post(f"swap-offers/{offer['id']}/{act}/").expect(200)
    refused = cast.api("ben").post(f"swap-offers/{offer['id']}/agree/")

    assert closed["state"] == state
    assert refused.status == 409
    assert _holders(bens, maxs) == [set(), set()]


def test_nobody_else_reads_or_answers_a_swap(cast: Cast, weeks: tuple[Shift, Shift]) -> None:
    bens, maxs = weeks
    asked = cast.api("ben").post(f"shifts/{bens.pk}/cover-requests/").expect(201)
    offer = cast.api("max").post(f"covers/{asked['id']}/swap-offers/", shift=maxs.pk).expect(201)

    cast.api("carla").get(f"swap-offers/{offer['id']}/").expect(404)
    cast.api("carla").get(f"covers/{asked['id']}/swap-offers/").expect(404)
    for act in ("agree", "decline", "withdraw"):
        cast.api("carla").post(f"swap-offers/{offer['id']}/{act}/").expect(404)
    cast.api("carla").post(f"covers/{asked['id']}/swap-offers/", shift=maxs.pk).expect(404)
    wanted = {"engineer": cast.max.pk, "return_shift": maxs.pk}
    cast.api("carla").post(f"shifts/{bens.pk}/swap-proposals/", **wanted).expect(404)

    assert SwapOffer.objects.get().state == SwapOffer.State.OPEN


def test_whoever_is_on_call_asks_everybody_and_the_first_takes_over(
    cast: Cast, running: Shift
) -> None:
    asked = cast.api("ben").post(f"shifts/{running.pk}/take-over/", message="Ill.").expect(201)
    taken = cast.api("max").post(f"covers/{asked['id']}/take/").expect(200)

    assert (asked["state"], asked["message"]) == ("open", "Ill.")
    assert asked["asks"][0]["engineer"]["id"] == cast.max.pk
    assert dt.datetime.fromisoformat(taken["starts_at"]) == EVENING
    assert dt.datetime.fromisoformat(taken["ends_at"]) == running.ends_at
    assert _holders(running) == [{"Max"}]


@pytest.mark.parametrize(("act", "carries"), [("agree", {"Max"}), ("close", set())])
def test_a_colleague_offers_to_take_over_and_whoever_is_on_call_decides(
    cast: Cast, running: Shift, act: str, carries: set[str]
) -> None:
    offered = cast.api("max").post(f"shifts/{running.pk}/take-over/offer/").expect(201)

    cast.api("carla").post(f"covers/{offered['id']}/take-over/{act}/").expect(404)
    cast.api("ben").post(f"covers/{offered['id']}/take-over/{act}/").expect(200)

    assert _holders(running) == [carries]


def test_outside_the_team_nobody_asks_for_or_offers_to_take_over(
    cast: Cast, running: Shift
) -> None:
    cast.api("carla").post(f"shifts/{running.pk}/take-over/").expect(404)
    cast.api("carla").post(f"shifts/{running.pk}/take-over/offer/").expect(404)

    assert not Cover.objects.exists()
