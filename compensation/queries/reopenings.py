"""Requests to open a closed month again, as finance reads them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.models import Reopening

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReopeningLine:
    """One request; who decided it and when are missing while it waits."""

    reopening_id: int
    month: str
    state: str
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: dt.datetime
    decided_by_id: int | None
    decided_by: str
    decided_at: dt.datetime | None
    note: str

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has to decide."""
        return self.state == Reopening.State.PROPOSED


def reopening_lines(rows: QuerySet[Reopening]) -> list[ReopeningLine]:
    """The requests as lines, the newest first; one query."""
    found = rows.select_related("period", "proposed_by", "decided_by")
    return [_line(row) for row in found.order_by("-proposed_at", "-pk")]


def reopenings_of(*, month: str) -> list[ReopeningLine]:
    """Every request about the month, the newest first; one query."""
    return reopening_lines(Reopening.objects.filter(period__month=month))


def waiting_reopenings() -> list[ReopeningLine]:
    """Those that nobody has decided about, the newest first; one query."""
    return reopening_lines(Reopening.objects.filter(state=Reopening.State.PROPOSED))


def _line(row: Reopening) -> ReopeningLine:
    return ReopeningLine(
        reopening_id=row.pk,
        month=row.period.month,
        state=row.state,
        reason=row.reason,
        asked_by_id=row.proposed_by_id,
        asked_by=row.proposed_by.name,
        asked_at=row.proposed_at,
        decided_by_id=row.decided_by_id,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
        note=row.decision_note,
    )
