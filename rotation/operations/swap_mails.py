"""The mails of a swap: both weeks as one agreement, in the reader's zone and the rotation's.

Whoever is to agree gets a link of their own that agrees or declines without sign-in, until the
first of the two weeks begins.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import links
from common.periods import Period
from outbox.operations import queue_message
from rotation.domain import cover_requests as domain
from rotation.operations import cover_mails
from rotation.queries import worked
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from rotation.models import Cover, SwapOffer
    from rotation.queries.worked import WorkedShift

BY_MAIL = "swap-by-mail"
"""The route that a link from a mail opens."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Half:
    """One of the two weeks: who takes which time of it."""

    shift: WorkedShift
    period: Period
    taker_id: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Deal:
    """Both weeks; `asker` is whose time was asked for, `offerer` who takes it."""

    asked: Half
    returned: Half
    names: dict[int, str]
    emails: dict[int, str]

    @property
    def offerer_id(self) -> int:
        """Who takes the asked time and gives another."""
        return self.asked.taker_id

    @property
    def asker_id(self) -> int:
        """Who asks and takes the other time."""
        return self.returned.taker_id


def deal_of(offer: SwapOffer) -> Deal:
    """The two weeks of an offer that was read with its cover."""
    asker_id = offer.cover.from_engineer_id or 0
    shifts = worked.worked_shifts_of(shift_ids=[offer.cover.shift_id, offer.return_shift_id])
    lines = {line.shift_id: line for line in shifts}
    found = service.contacts_of(engineer_ids=[asker_id, offer.engineer_id])
    return Deal(
        asked=Half(
            shift=lines[offer.cover.shift_id],
            period=Period(starts_at=offer.cover.starts_at, ends_at=offer.cover.ends_at),
            taker_id=offer.engineer_id,
        ),
        returned=Half(
            shift=lines[offer.return_shift_id],
            period=Period(starts_at=offer.return_starts_at, ends_at=offer.return_ends_at),
            taker_id=asker_id,
        ),
        names={each.engineer_id: each.name for each in found},
        emails={each.engineer_id: each.email for each in found},
    )


def decider_of(offer: SwapOffer) -> int | None:
    """Who is to agree: whoever did not name the week."""
    return offer.engineer_id if offer.by_asker else offer.cover.from_engineer_id


def open_until(offer: SwapOffer) -> dt.datetime:
    """Until when it can be agreed: the request's own end, or the start of the returned time."""
    cover = offer.cover
    ends_at = domain.ends_at(
        starts_at=cover.starts_at, part_ends_at=cover.ends_at, is_urgent=cover.is_urgent
    )
    return min(ends_at, offer.return_starts_at)


def tell_offered(*, offer: SwapOffer, actor: Actor, now: dt.datetime) -> None:
    """Ask whoever is to agree, and tell the other one if somebody else acted for them."""
    deal, decider = deal_of(offer), decider_of(offer)
    proposer = deal.asker_id if offer.by_asker else deal.offerer_id
    if decider in deal.emails:
        link = links.signed_link(
            purpose=BY_MAIL, row=offer.pk, person=decider, until=open_until(offer)
        )
        who = deal.names.get(proposer, "Somebody")
        closing = (
            "Both change hands together or neither does. Agree or decline here, without signing in:"
        )
        _send(deal, decider, f"{who} offers you a swap", closing, now, link=link)
    if proposer != actor.engineer_id and proposer in deal.emails:
        opening = f"{cover_mails.who(actor)} offers a swap in your name"
        _send(deal, proposer, opening, "Nothing changes until it is agreed:", now, link=page(offer))


def tell_agreed(
    *, offer: SwapOffer, deal: Deal, actor: Actor, others: Iterable[int], now: dt.datetime
) -> None:
    """Tell both in one mail each, and the others who were asked."""
    by = f"{cover_mails.who(actor)} agreed. " if actor.engineer_id is not None else ""
    closing = (
        f"{by}PagerDuty follows within a minute, and pay follows the time carried. Until the first "
        "of the two begins, either of you can undo both:"
    )
    for reader in (deal.offerer_id, deal.asker_id):
        if reader in deal.emails:
            _send(deal, reader, "The swap is agreed", closing, now, link=page(offer))
    aside = set(others) - {deal.offerer_id, deal.asker_id}
    for contact in service.contacts_of(engineer_ids=list(aside)) if aside else []:
        taker = deal.names.get(deal.offerer_id, "Somebody")
        lines = cover_mails.times(contact.engineer_id, deal.asked.shift, deal.asked.period, now)
        queue_message(
            to=contact.email,
            kind="cover_taken",
            subject=f"Taken: {cover_mails.level_of(deal.asked.shift)}",
            body=(
                f"Hello {contact.name},\n\n{taker} took the cover that you were asked for:\n\n"
                f"{lines}\n\nYou are not on call for it, and there is nothing to do.\n"
            ),
            now=now,
        )


def tell_closed(*, offer: SwapOffer, what: str, to: Iterable[int | None], now: dt.datetime) -> None:
    """Tell those people that nothing comes of it, and why."""
    deal = deal_of(offer)
    open_still = offer.cover.state == "open" and offer.cover.from_engineer_id is not None
    for reader in dict.fromkeys(to):
        if reader is None or reader not in deal.emails:
            continue
        closing = "Each of you keeps your own week; nothing changed."
        if open_still and reader == deal.asker_id:
            closing += " Your request stands:"
            link = f"{settings.ROTA_BASE_URL}{reverse('cover-detail', args=[offer.cover_id])}"
            _send(deal, reader, what, closing, now, link=link)
        else:
            _send(deal, reader, what, closing, now)


def tell_undone(*, deal: Deal, actor: Actor, now: dt.datetime) -> None:
    """Tell both that each carries their own week again."""
    closing = "Each of you carries your own week again. PagerDuty follows within a minute."
    for reader in (deal.offerer_id, deal.asker_id):
        if reader in deal.emails:
            _send(deal, reader, f"{cover_mails.who(actor)} undid the swap", closing, now)


def page(offer: SwapOffer | Cover) -> str:
    """The address of the agreement's page."""
    return f"{settings.ROTA_BASE_URL}{reverse('swap-detail', args=[offer.pk])}"


def _send(
    deal: Deal, reader: int, opening: str, closing: str, now: dt.datetime, *, link: str = ""
) -> None:
    parts = [
        f"{_taker(half, reader, deal)} {cover_mails.level_of(half.shift)}:\n"
        f"{cover_mails.times(reader, half.shift, half.period, now)}"
        for half in sorted((deal.asked, deal.returned), key=lambda half: half.period)
    ]
    queue_message(
        to=deal.emails[reader],
        kind="cover_swap",
        subject=f"{opening}: {cover_mails.level_of(deal.asked.shift)}",
        body=f"Hello {deal.names[reader]},\n\n{opening}:\n\n"
        + "\n\n".join(parts)
        + f"\n\n{closing}"
        + (f"\n\n{link}\n" if link else "\n"),
        now=now,
    )


def _taker(half: Half, reader: int, deal: Deal) -> str:
    if half.taker_id == reader:
        return "You take"
    return f"{deal.names.get(half.taker_id, 'the other')} takes"
