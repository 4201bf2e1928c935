"""What every way of closing a request for cover has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.models import Cover, SwapOffer

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import CoverAsk


def close(cover: Cover, *, state: Cover.State, now: dt.datetime) -> None:
    """Close the open request of a locked shift; weeks that were offered in return lapse."""
    cover.state = state
    cover.closed_at = now
    cover.save(update_fields=["state", "closed_at"])
    lapse_offers(cover, now=now)


def lapse_offers(cover: Cover, *, now: dt.datetime) -> None:
    """Let go of the weeks that were offered in return for it."""
    waiting = SwapOffer.objects.filter(cover=cover, state=SwapOffer.State.OPEN)
    waiting.update(state=SwapOffer.State.LAPSED, closed_at=now)


def waiting_ids(cover: Cover) -> list[int]:
    """Those who were asked and have not said no, in no order."""
    asks: type[CoverAsk] = cover.asks.model
    rows = cover.asks.filter(state=asks.State.WAITING)
    return list(rows.values_list("engineer_id", flat=True))
