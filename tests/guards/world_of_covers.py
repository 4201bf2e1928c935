"""Swaps and offers to take over, for the world of the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.models import Cover, Shift, SwapOffer
from tests import builders

if TYPE_CHECKING:
    from rotation.models import Level
    from volunteers.models import Engineer

RETURN_WEEK = builders.NEXT_WEEK + 11 * builders.WEEK


def make_offer(request: Cover, level2: Level, *, by: Engineer) -> dict[str, object]:
    """Somebody offers a week of level 2 for it."""
    shift = builders.make_shift(level=level2, week_date=RETURN_WEEK, holder=by)
    offer = SwapOffer.objects.create(
        cover=request,
        engineer=by,
        return_shift=shift,
        return_starts_at=shift.starts_at,
        return_ends_at=shift.ends_at,
        offered_by=by.email,
        offered_at=builders.NOW,
    )
    return {"offer_id": offer.pk}


def make_take_over(running: Shift, *, by: Engineer) -> dict[str, object]:
    """Somebody offers the one on call to take over."""
    cover = builders.make_cover(
        shift=running, from_engineer=running.holder, to_engineer=None, starts_at=builders.NOW
    )
    Cover.objects.filter(pk=cover.pk).update(to_engineer=by, is_urgent=True)
    return {"take_over_id": cover.pk}


def of_the_running_week(arguments: dict[str, object]) -> dict[str, dict[str, object]]:
    """Taking over is of a week that runs."""
    running = {"shift_id": arguments["running_id"]}
    offered = {"request_id": arguments["take_over_id"]}
    return {
        "take-over": running,
        "take-over-offer": running,
        "api-take-over": running,
        "api-take-over-offer": running,
        "take-over-agree": offered,
        "take-over-close": offered,
        "api-take-over-agree": offered,
        "api-take-over-close": offered,
    }
