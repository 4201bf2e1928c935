"""A shift that no rate prices waits, and finance hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.operations import Area, record
from common import wording
from compensation.models import BlockedShift
from compensation.queries.shifts import level_words
from outbox.operations import queue_message
from volunteers.queries import contacts, places

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.domain import pricing
    from compensation.queries.shifts import PayableShift


def block_shift(
    payable: PayableShift, blocked: pricing.Blocked, *, actor: Actor, now: dt.datetime
) -> None:
    """Note why the shift waits; record it and tell finance only when that is news."""
    text = reason(blocked)
    row, is_new = BlockedShift.objects.get_or_create(
        shift_id=payable.shift_id, defaults={"reason": text, "since": now}
    )
    if not is_new and row.reason == text:
        return
    row.reason = text
    row.save(update_fields=["reason"])
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="blocked",
        subject=payable.title,
        team=payable.team,
        after={"reason": text},
    )
    for address in contacts.finance_addresses(now=now):
        queue_message(
            to=address,
            kind="shift-blocked",
            subject=f"A week waits for a rate: {payable.title}",
            body=f"{payable.title} has ended and is not paid yet.\n\n{text}\n",
            now=now,
        )


def reason(blocked: pricing.Blocked) -> str:
    """Who has no office or no rate, in sentences."""
    people = contacts.contacts(engineer_ids=[int(missing.person) for missing in blocked.missing])
    offices = {office.slug: office.name for office in places.office_lines()}
    sentences = [
        _sentence(missing, people[int(missing.person)].name, offices) for missing in blocked.missing
    ]
    return " ".join(dict.fromkeys(sentences))[:500]


def _sentence(missing: pricing.MissingRate, name: str, offices: dict[str, str]) -> str:
    day = wording.day(missing.on)
    if missing.office is None:
        return f"{name} belonged to no office on {day}."
    return f"{offices[missing.office]} has no rate for {level_words(missing.level)} on {day}."
