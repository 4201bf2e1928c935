"""The mails about a rate that begins on a past day: to finance, and to those whose pay follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import wording
from compensation.models import RateProposal
from compensation.queries.shifts import level_words
from outbox.operations import queue_message
from volunteers.queries import contacts, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


def tell_proposed(row: RateProposal, *, now: dt.datetime) -> None:
    """Tell everybody else of finance that one of them has to decide."""
    who = row.proposed_by
    for address in contacts.finance_addresses(now=now):
        if address == who.email:
            continue
        queue_message(
            to=address,
            kind="rate_proposed",
            subject=f"{who.name} proposes a rate from a past day: {_title(row)}",
            body=(
                f"{who.name} proposes a rate for {_title(row)} from "
                f"{wording.day(row.effective_from)} on, which is over.\n\nWhy: {row.reason}\n\n"
                "It takes a second person of finance. Its page shows which ended weeks and "
                "entries it changes, before anybody approves it.\n\n"
                f"Look at it: {_page(row)}\n"
            ),
            now=now,
        )


def tell_decided(row: RateProposal, *, now: dt.datetime) -> None:
    """Tell who proposed it what became of it."""
    if row.decided_by is None:
        return
    is_approved = row.state == RateProposal.State.APPROVED
    outcome = "was approved" if is_approved else "was declined"
    note = f"\n\nWhat was said: {row.decision_note}" if row.decision_note else ""
    follows = "\n\nThe weeks that it changes are priced anew now." if is_approved else ""
    queue_message(
        to=row.proposed_by.email,
        kind="rate_decided",
        subject=f"Your rate for {_title(row)} {outcome}",
        body=(
            f"The rate for {_title(row)} from {wording.day(row.effective_from)} on {outcome} by "
            f"{row.decided_by.name}.{note}{follows}\n\nOpen it: {_page(row)}\n"
        ),
        now=now,
    )


def tell_concerned(row: RateProposal, *, engineer_ids: Collection[int], now: dt.datetime) -> None:
    """Tell those still at work whose weeks are priced anew; no amount is in the mail."""
    for contact in service.contacts_of(engineer_ids=sorted(engineer_ids)):
        queue_message(
            to=contact.email,
            kind="pay_recalculated",
            subject=f"Weeks of yours are paid by another rate from {_from(row)}",
            body=(
                f"Hello {contact.name},\n\nfinance changed what a week is worth in "
                f"{row.office.name}, {level_words(row.level)}, from {_from(row)} on. Your weeks "
                "since then are priced anew: each entry that changes is taken back and written "
                "again, and the difference is paid with the month that is open now.\n\n"
                f"See each of them: {settings.ROTA_BASE_URL}{reverse('pay')}\n"
            ),
            now=now,
        )


def _title(row: RateProposal) -> str:
    return f"{row.office.name}, {level_words(row.level)}"


def _from(row: RateProposal) -> str:
    return wording.day(row.effective_from)


def _page(row: RateProposal) -> str:
    return f"{settings.ROTA_BASE_URL}{reverse('rate-proposal', args=[row.pk])}"
