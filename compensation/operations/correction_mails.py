"""The mails about corrections and adjustments: to who decides, then to whom they concern.

A mail never says an amount: it leads to the page that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from compensation.models import RequestState
from outbox.operations import queue_message
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from compensation.models import Adjustment, Correction
    from compensation.queries.shifts import PayableShift
    from volunteers.queries.contacts import Contact

ASKED, DECIDED = "pay_change_asked", "pay_change_decided"


def tell_asked(row: Correction, payable: PayableShift, *, now: dt.datetime) -> None:
    """Tell finance that a correction waits."""
    asker = row.proposed_by.name
    _to_finance(
        subject=f"A correction waits: {payable.title}",
        body=(
            f"{asker} says that {payable.title} was worked otherwise than it is paid.\n\n"
            f"Why: {row.reason}\n\nEvidence: {row.evidence}\n\n"
            "One of finance approves or declines it: not who asked, nor anybody whose pay it "
            f"changes.\n\nLook at it: {_address('correction-detail', row.pk)}\n"
        ),
        without=row.proposed_by_id,
        now=now,
    )


def tell_decided(
    row: Correction, payable: PayableShift, *, concerned: Collection[int], now: dt.datetime
) -> None:
    """Tell who asked what became of it; once approved, everybody whose time or pay it changes."""
    if row.state == RequestState.WITHDRAWN:
        return
    outcome = f"The correction of {payable.title} is {row.state}"
    people = contacts.contacts(engineer_ids={row.proposed_by_id, *concerned})
    for engineer_id, person in people.items():
        if engineer_id == row.decided_by_id:
            continue
        is_asker = engineer_id == row.proposed_by_id
        page = _address("correction-detail", row.pk) if is_asker else _address("pay")
        _send(
            person,
            subject=outcome,
            body=(
                f"Hello {person.name},\n\n{outcome}. {_what_follows(row)}{_note(row)}\n\n"
                f"Asked for by {row.proposed_by.name}: {row.reason}\n\nSee it: {page}\n"
            ),
            now=now,
        )


def tell_adjustment_asked(row: Adjustment, *, now: dt.datetime) -> None:
    """Tell finance that an adjustment waits."""
    _to_finance(
        subject=f"An adjustment waits: {row.engineer.name}",
        body=(
            f"{row.proposed_by.name} asks for an adjustment of the pay of {row.engineer.name}.\n\n"
            f"Why: {row.reason}\n\nDocument: {row.document}\n\n"
            "One of finance approves or declines it: not who asked, nor who is paid.\n\n"
            f"Look at it: {_address('adjustment-detail', row.pk)}\n"
        ),
        without=row.proposed_by_id,
        now=now,
    )


def tell_adjustment_decided(row: Adjustment, *, now: dt.datetime) -> None:
    """Tell who asked what became of it; once approved, the person who is paid."""
    if row.state == RequestState.WITHDRAWN:
        return
    people = contacts.contacts(engineer_ids=[row.proposed_by_id, row.engineer_id])
    asker, payee = people[row.proposed_by_id], people[row.engineer_id]
    _send(
        asker,
        subject=f"The adjustment for {payee.name} is {row.state}",
        body=(
            f"Hello {asker.name},\n\nthe adjustment of the pay of {payee.name} that you asked for "
            f"is {row.state}.{_note(row)}\n\n"
            f"See it: {_address('adjustment-detail', row.pk)}\n"
        ),
        now=now,
    )
    if row.state == RequestState.APPROVED:
        _send(
            payee,
            subject="Your pay has an adjustment",
            body=(
                f"Hello {payee.name},\n\nfinance has adjusted your pay.\n\nWhy: {row.reason}\n\n"
                f"Document: {row.document}\n\nSee the amount: {_address('pay')}\n"
            ),
            now=now,
        )


def _what_follows(row: Correction) -> str:
    if row.state == RequestState.DECLINED:
        return "The week stays paid as it is."
    if row.posted_from is None:
        return "No amount changes by it now."
    return (
        "What no longer holds is taken back by an entry that is its exact opposite, and what holds "
        "is a new entry; both stand on the pay pages of those whom it concerns."
    )


def _note(row: Correction | Adjustment) -> str:
    return f"\n\nFinance writes: {row.decision_note}" if row.decision_note else ""


def _to_finance(*, subject: str, body: str, without: int, now: dt.datetime) -> None:
    ids = contacts.ids_of(emails=contacts.finance_addresses(now=now))
    for address, engineer_id in sorted(ids.items()):
        if engineer_id != without:
            queue_message(to=address, kind=ASKED, subject=subject, body=body, now=now)


def _send(person: Contact, *, subject: str, body: str, now: dt.datetime) -> None:
    queue_message(to=person.email, kind=DECIDED, subject=subject, body=body, now=now)


def _address(route: str, *arguments: int) -> str:
    return f"{settings.ROTA_BASE_URL}{reverse(route, args=arguments)}"
