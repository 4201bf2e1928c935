"""What waits for one's own word at home: swaps, offers to take over, and the shift that runs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.models import Cover, SwapOffer
from rotation.queries import cover_requests, duty, swaps
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from rotation.queries.cover_requests import RequestLine
    from rotation.queries.own_shifts import OwnWeek
    from rotation.queries.swaps import SwapLine
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnAgreements:
    """The shift that one carries now and who is beside one, and what waits for one's answer."""

    running: WorkedShift | None
    beside: PersonMark | None
    offers: tuple[RequestLine, ...]
    swaps: tuple[SwapLine, ...]

    @property
    def count(self) -> int:
        """How many offers wait."""
        return len(self.offers) + len(self.swaps)


def own_agreements(
    *, engineer_id: int, weeks: Iterable[OwnWeek], now: dt.datetime
) -> OwnAgreements:
    """Those of one person, whose weeks these are; a fixed number of queries."""
    running = _running(engineer_id, weeks, now)
    beside_id = None if running is None else duty.beside(running, now)
    known = marks.with_others({}, engineer_ids=set() if beside_id is None else {beside_id})
    offers = Cover.objects.filter(
        from_engineer_id=engineer_id, to_engineer__isnull=False, state=Cover.State.OPEN
    )
    decided = Q(by_asker=True, engineer_id=engineer_id)
    decided |= Q(by_asker=False, cover__from_engineer_id=engineer_id)
    waiting = SwapOffer.objects.filter(decided, state=SwapOffer.State.OPEN)
    return OwnAgreements(
        running=running,
        beside=known.get(beside_id or 0),
        offers=tuple(
            line for line in cover_requests.request_lines(covers=offers, now=now) if line.is_offer
        ),
        swaps=tuple(line for line in swaps.swap_lines(offers=waiting, now=now) if line.is_open),
    )


def _running(engineer_id: int, weeks: Iterable[OwnWeek], now: dt.datetime) -> WorkedShift | None:
    for line in (week.shift for week in weeks):
        stint = line.stint_at(now)
        if line.cancelled_at is None and stint is not None and stint.person == engineer_id:
            return line
    return None
