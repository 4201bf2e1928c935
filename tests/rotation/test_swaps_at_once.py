"""Swaps that meet other decisions at the same moment, on the engine of this run."""

from __future__ import annotations

import datetime as dt
import functools
import os
from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, CoverAsk, Shift, SwapOffer
from rotation.operations import publishing, swap_undoing, swaps, take_over
from rotation.operations.cover_requests import Asking, request_cover
from rotation.operations.covers import CoverMovedOnError, CoverTakenError
from rotation.operations.swaps import Returned, SwapMovedOnError
from rotation.operations.take_over import Remainder
from rotation.queries import worked
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TeamAtWork, actor, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("ROTA_ROUNDS", "8"))
DAY = dt.timedelta(days=1)


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def weeks(team: TeamAtWork) -> tuple[Shift, Shift, Shift]:
    """Ben's next week, Dora's and Eve's after it."""
    return tuple(  # type: ignore[return-value]
        builders.make_shift(
            level=team.primary, week_date=NEXT_WEEK + 2 * number * WEEK, holder=holder
        )
        for number, holder in enumerate(team.volunteers[:3])
    )


def _empty() -> None:
    SwapOffer.objects.all().delete()
    CoverAsk.objects.all().delete()
    Cover.objects.filter(swap_with__isnull=False).delete()
    Cover.objects.all().delete()


def _asked(shift: Shift, by: Engineer, *, day: int | None = None) -> Cover:
    starts_at = None if day is None else shift.starts_at + day * DAY
    ends_at = None if starts_at is None else starts_at + DAY
    asking = Asking(shift_id=shift.pk, starts_at=starts_at, ends_at=ends_at)
    return request_cover(asking=asking, actor=actor(by), now=NOW)


def _offered(cover: Cover, shift: Shift, who: Engineer, *, day: int | None = None) -> SwapOffer:
    starts_at = None if day is None else shift.starts_at + day * DAY
    ends_at = None if starts_at is None else starts_at + DAY
    returned = Returned(shift_id=shift.pk, starts_at=starts_at, ends_at=ends_at)
    return swaps.offer_swap(
        cover_id=cover.pk, engineer_id=who.pk, returned=returned, actor=actor(who), now=NOW
    )


def _agree(offer: SwapOffer, by: Engineer) -> Callable[[], SwapOffer]:
    return functools.partial(swaps.agree_swap, offer_id=offer.pk, actor=actor(by), now=NOW)


def _carriers(shift: Shift) -> list[int | None]:
    return [each.person for each in worked.worked_shift(shift_id=shift.pk).stints]


def test_of_two_swaps_agreed_for_one_week_one_holds(
    team: TeamAtWork, weeks: tuple[Shift, Shift, Shift]
) -> None:
    ben, dora, eve = team.volunteers[:3]
    for _round in range(ROUNDS):
        _empty()
        cover = _asked(weeks[0], ben)
        offers = [_offered(cover, weeks[1], dora), _offered(cover, weeks[2], eve)]

        raised = at_once(*[_agree(offer, ben) for offer in offers])

        assert len(raised) == 1
        assert isinstance(raised[0], CoverMovedOnError)
        assert Cover.objects.filter(state=Cover.State.ACCEPTED).count() == 2
        (taker,) = _carriers(weeks[0])
        assert _carriers(weeks[1]) == [ben.pk if taker == dora.pk else dora.pk]
        assert _carriers(weeks[2]) == [ben.pk if taker == eve.pk else eve.pk]


def test_of_agreeing_and_withdrawing_one_holds(
    team: TeamAtWork, weeks: tuple[Shift, Shift, Shift]
) -> None:
    ben, dora = team.volunteers[:2]
    for _round in range(ROUNDS):
        _empty()
        offer = _offered(_asked(weeks[0], ben), weeks[1], dora)
        withdraw = functools.partial(
            swaps.withdraw_swap, offer_id=offer.pk, actor=actor(dora), now=NOW
        )

        raised = at_once(_agree(offer, ben), withdraw)

        assert [type(error) for error in raised] == [SwapMovedOnError]
        offer.refresh_from_db()
        is_agreed = offer.state == SwapOffer.State.AGREED
        expected = ([dora.pk], [ben.pk]) if is_agreed else ([ben.pk], [dora.pk])
        assert (_carriers(weeks[0]), _carriers(weeks[1])) == expected


def test_of_a_swap_and_a_publication_that_moves_the_returned_week_one_holds(
    team: TeamAtWork, weeks: tuple[Shift, Shift, Shift]
) -> None:
    ben, dora, eve = team.volunteers[:3]
    for _round in range(ROUNDS):
        _empty()
        Shift.objects.filter(pk=weeks[1].pk).update(holder=dora)
        offer = _offered(_asked(weeks[0], ben), weeks[1], dora)
        team.rotation.refresh_from_db()
        draft = builders.make_draft(rotation=team.rotation, weeks=3)
        for shift, holder in zip(weeks[:2], (ben, eve), strict=True):
            builders.make_draft_shift(
                draft=draft, level=team.primary, week_date=shift.week_date, holder=holder
            )
        publish = functools.partial(
            publishing.publish_draft,
            draft_id=draft.pk,
            escalation_gaps_confirmed=True,
            actor=actor(team.anna),
            now=NOW,
        )

        raised = at_once(_agree(offer, ben), publish)

        is_agreed = Cover.objects.filter(state=Cover.State.ACCEPTED).exists()
        assert [isinstance(error, SwapMovedOnError | CoverTakenError) for error in raised] == (
            [not is_agreed]
        )
        if is_agreed:
            assert isinstance(raised[0], publishing.DraftOutdatedError)
            assert (_carriers(weeks[0]), _carriers(weeks[1])) == ([dora.pk], [ben.pk])
        else:
            assert (_carriers(weeks[0]), _carriers(weeks[1])) == ([ben.pk], [eve.pk])


def test_swaps_that_cross_the_same_weeks_both_hold_and_nobody_meets_an_error(
    team: TeamAtWork, weeks: tuple[Shift, Shift, Shift]
) -> None:
    """One swap asks for the first week and returns the second, the other the other way round."""
    ben, dora = team.volunteers[:2]
    for _round in range(ROUNDS):
        _empty()
        there = _offered(_asked(weeks[0], ben, day=1), weeks[1], dora, day=1)
        back = _offered(_asked(weeks[1], dora, day=3), weeks[0], ben, day=3)

        assert at_once(_agree(there, ben), _agree(back, dora)) == []

        assert _carriers(weeks[0]) == [ben.pk, dora.pk, ben.pk, dora.pk, ben.pk]
        assert _carriers(weeks[1]) == [dora.pk, ben.pk, dora.pk, ben.pk, dora.pk]


def test_of_two_who_undo_a_swap_one_does_and_both_weeks_go_back(
    team: TeamAtWork, weeks: tuple[Shift, Shift, Shift]
) -> None:
    ben, dora = team.volunteers[:2]
    for _round in range(ROUNDS):
        _empty()
        offer = _offered(_asked(weeks[0], ben), weeks[1], dora)
        _agree(offer, ben)()
        first, second = Cover.objects.order_by("pk")
        undo = [
            functools.partial(swap_undoing.undo, cover_id=half.pk, actor=actor(who), now=NOW)
            for half, who in ((first, ben), (second, dora))
        ]

        raised = at_once(*undo)

        assert [type(error) for error in raised] == [CoverMovedOnError]
        assert (_carriers(weeks[0]), _carriers(weeks[1])) == ([ben.pk], [dora.pk])


def test_of_an_offer_to_take_over_agreed_and_the_team_asked_at_once_nobody_is_lost(
    team: TeamAtWork,
) -> None:
    ben, dora = team.volunteers[:2]
    shift = builders.make_shift(level=team.primary, week_date=THIS_WEEK, holder=ben)
    remainder = Remainder(shift_id=shift.pk)
    for _round in range(ROUNDS):
        _empty()
        offer = take_over.offer_now(
            remainder=remainder, engineer_id=dora.pk, actor=actor(dora), now=NOW
        )
        accept = functools.partial(
            take_over.accept_offer, cover_id=offer.pk, actor=actor(ben), now=NOW
        )
        ask = functools.partial(
            take_over.ask_now,
            remainder=Remainder(shift_id=shift.pk, seen=None),
            actor=actor(team.max),
            now=NOW,
        )

        raised = at_once(accept, ask)

        offer.refresh_from_db()
        is_taken = offer.state == Cover.State.ACCEPTED
        assert all(isinstance(error, CoverMovedOnError) for error in raised)
        assert bool(raised) != is_taken
        assert _carriers(shift)[-1] == (dora.pk if is_taken else ben.pk)
