"""The mails about opening a closed month again: to the others of finance, then to who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import wording
from compensation.domain import periods
from compensation.models import Reopening
from outbox.operations import queue_message
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt

_OUTCOMES = {
    Reopening.State.APPROVED: "is open again",
    Reopening.State.DECLINED: "stays closed",
}


def tell_asked(row: Reopening, *, now: dt.datetime) -> None:
    """Tell everybody else of finance that one of them has to decide."""
    month = _label(row)
    asker = row.proposed_by
    for address in contacts.finance_addresses(now=now):
        if address == asker.email:
            continue
        queue_message(
            to=address,
            kind="reopening_asked",
            subject=f"{asker.name} asks to reopen {month}",
            body=(
                f"{asker.name} asks that the closed pay period {month} be opened again.\n\n"
                f"Why: {row.reason}\n\n"
                "It takes a second person of finance: approve or decline it on the period’s "
                "page. The files stored at closing stay as they are; closing again makes new "
                f"versions of them.\n\nOpen {month}: {_page(row)}\n"
            ),
            now=now,
        )


def tell_decided(row: Reopening, *, now: dt.datetime) -> None:
    """Tell who asked what became of it; whoever took it back knows."""
    outcome = _OUTCOMES.get(Reopening.State(row.state))
    if outcome is None or row.decided_by is None:
        return
    month = _label(row)
    why = f"\n\nWhy: {row.decision_note}" if row.decision_note else ""
    queue_message(
        to=row.proposed_by.email,
        kind="reopening_decided",
        subject=f"{month} {outcome}",
        body=(
            f"{row.decided_by.name} decided about your request of the pay period {month}: it "
            f"{outcome}.{why}\n\nOpen {month}: {_page(row)}\n"
        ),
        now=now,
    )


def _label(row: Reopening) -> str:
    return wording.month(periods.first_day(row.period.month))


def _page(row: Reopening) -> str:
    return f"{settings.ROTA_BASE_URL}{reverse('period-detail', args=[row.period.month])}"
