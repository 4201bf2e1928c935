"""Rows about closed months for the tests that ask every route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.models import PayPeriod, Reopening
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer


def ask_to_reopen(month: str, *, by: Engineer) -> Reopening:
    """A request to open the month again that waits for a second person of finance."""
    return Reopening.objects.create(
        period=PayPeriod.objects.get(month=month),
        reason="A wrong cost centre.",
        proposed_by=by,
        proposed_at=builders.NOW,
    )


def reopened_often(month: str, numbers: range, *, by: Engineer, decided_by: Engineer) -> None:
    """Requests about the month that were declined."""
    period, _ = PayPeriod.objects.get_or_create(month=month)
    Reopening.objects.bulk_create(
        Reopening(
            period=period,
            reason=f"Reason {number}.",
            proposed_by=by,
            proposed_at=builders.NOW,
            state=Reopening.State.DECLINED,
            decided_by=decided_by,
            decided_at=builders.NOW,
        )
        for number in numbers
    )
