"""What every way of closing a request for cover has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.periods import Period
from rotation.models import Cover, SwapOffer
from rotation.operations import swap_mails
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import CoverAsk, Shift


def close(cover: Cover, *, state: Cover.State, now: dt.datetime) -> None:
    """Close the open request of a locked shift; weeks that were offered in return lapse."""
    cover.state = state
    cover.closed_at = now
    cover.save(update_fields=["state", "closed_at"])
    lapse_offers(cover, now=now)


def lapse_offers(cover: Cover, *, now: dt.datetime) -> None:
    """Let go of the weeks that were offered in return for it; both sides hear why."""
    waiting = SwapOffer.objects.filter(cover=cover, state=SwapOffer.State.OPEN)
    for offer in waiting.select_related("cover__to_engineer").order_by("pk"):
        lapse(offer, why=_why(cover), now=now)


def lapse_returns(shift: Shift, *, now: dt.datetime) -> None:
    """Let go of offers of time in the locked shift that is not the offerer's any more."""
    waiting = SwapOffer.objects.filter(return_shift=shift, state=SwapOffer.State.OPEN)
    offers = list(waiting.select_related("cover", "engineer").order_by("pk"))
    if not offers:
        return
    line = worked.worked_shift(shift_id=shift.pk)
    for offer in offers:
        period = Period(starts_at=offer.return_starts_at, ends_at=offer.return_ends_at)
        within = line.within(period)
        whole = [piece.period for piece in within] == [period]
        if line.cancelled_at is None and whole and within[0].person == offer.engineer_id:
            continue
        lapse(offer, why=f"{offer.engineer.name}’s week changed hands", now=now)


def lapse(offer: SwapOffer, *, why: str, now: dt.datetime) -> None:
    """Close one open offer and tell both; somebody who closed it before wins."""
    rows = SwapOffer.objects.filter(pk=offer.pk, state=SwapOffer.State.OPEN)
    if rows.update(state=SwapOffer.State.LAPSED, closed_at=now):
        both = (offer.engineer_id, offer.cover.from_engineer_id)
        swap_mails.tell_closed(
            offer=offer, what=f"{why}, so the swap is off the table", to=both, now=now
        )


def waiting_ids(cover: Cover) -> list[int]:
    """Those who were asked and have not said no, in no order."""
    asks: type[CoverAsk] = cover.asks.model
    rows = cover.asks.filter(state=asks.State.WAITING)
    return list(rows.values_list("engineer_id", flat=True))


def _why(cover: Cover) -> str:
    if cover.state == Cover.State.ACCEPTED:
        return f"{cover.to_engineer.name if cover.to_engineer else 'Somebody'} took the cover"
    if cover.state == Cover.State.EXPIRED:
        return "The request ended"
    if cover.state == Cover.State.OPEN:
        return "The asked time changed"
    return "The request was closed"
