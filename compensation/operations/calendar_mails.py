"""The mails about ended weeks that a changed calendar would pay otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from compensation.models import CalendarReview
from outbox.operations import queue_message
from volunteers.queries import contacts, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


def tell_asked(row: CalendarReview, *, weeks: int, now: dt.datetime) -> None:
    """Tell everybody else of finance that one of them has to decide."""
    who, office = row.proposed_by, row.version.office.name
    count = "1 week" if weeks == 1 else f"{weeks} weeks"
    for address in contacts.finance_addresses(now=now):
        if address == who.email:
            continue
        queue_message(
            to=address,
            kind="calendar_asked",
            subject=f"{who.name} asks to pay {count} by the changed calendar of {office}",
            body=(
                f"The calendar of {office} changed after {count} had begun, and {who.name} asks "
                f"that they be paid by it.\n\nWhy: {row.reason}\n\n"
                "It takes a second person of finance. The page shows each week and what it would "
                f"change.\n\nLook at it: {_page(row)}\n"
            ),
            now=now,
        )


def tell_decided(row: CalendarReview, *, now: dt.datetime) -> None:
    """Tell who asked what became of it."""
    if row.decided_by is None:
        return
    is_approved = row.state == CalendarReview.State.APPROVED
    outcome = "are paid by it" if is_approved else "stay as they were paid"
    note = f"\n\nWhat was said: {row.decision_note}" if row.decision_note else ""
    queue_message(
        to=row.proposed_by.email,
        kind="calendar_decided",
        subject=f"The weeks that the calendar of {row.version.office.name} concerns {outcome}",
        body=(
            f"{row.decided_by.name} decided about your request of the calendar of "
            f"{row.version.office.name}: the weeks {outcome}.{note}\n\nOpen it: {_page(row)}\n"
        ),
        now=now,
    )


def tell_concerned(row: CalendarReview, *, engineer_ids: Collection[int], now: dt.datetime) -> None:
    """Tell those still at work who have a part of the weeks; no amount is in the mail."""
    for contact in service.contacts_of(engineer_ids=sorted(engineer_ids)):
        queue_message(
            to=contact.email,
            kind="pay_recalculated",
            subject=f"Weeks of yours are paid by the changed calendar of {row.version.office.name}",
            body=(
                f"Hello {contact.name},\n\na public holiday of {row.version.office.name} was added "
                "or removed after weeks in which you served had begun. Finance decided that they "
                "are paid by the calendar as it is now: what changes is taken back and written "
                "again, and the difference is paid with the month that is open now.\n\n"
                f"See each of them: {settings.ROTA_BASE_URL}{reverse('pay')}\n"
            ),
            now=now,
        )


def _page(row: CalendarReview) -> str:
    path = reverse("office-calendar", args=[row.version.office.slug])
    return f"{settings.ROTA_BASE_URL}{path}#change-{row.version.number}"
