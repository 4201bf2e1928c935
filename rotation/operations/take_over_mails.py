"""The mails of taking over now: who is asked, who carries on until then, and who is told."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import links, wording
from common.periods import Period
from outbox.operations import queue_chat, queue_message
from rotation.models import LevelName
from rotation.operations import cover_closing, cover_mails, cover_request_mails
from rotation.operations.cover_request_mails import Letter
from rotation.queries import patterns
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from rotation.models import Cover
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Contact

ASKED, OFFERED = "take_over_asked", "take_over_offered"


def tell_asked(
    *, cover: Cover, shift: WorkedShift, beside_id: int | None, actor: Actor, now: dt.datetime
) -> None:
    """Ask everyone who can at once, by mail and in the team's chat; tell level 2 and managers.

    `beside_id` is who is on call on the other level.
    """
    asked = _contacts(cover_closing.waiting_ids(cover))
    for contact in asked:
        _ask(contact, cover, shift, now)
    queue_chat(
        team_id=cover.shift.level.rotation.team_id,
        kind="take_over_asked",
        text=f"{_cannot(cover, shift)} and asks to be relieved now: {_page(cover)}",
        now=now,
        good_until=cover.ends_at,
    )
    aside = {contact.engineer_id for contact in asked}
    aside |= {cover.from_engineer_id or 0, actor.engineer_id or 0}
    count = wording.counted(len(asked), "person is", "people are") if asked else "Nobody can be"
    for contact in _beside_and_managers(cover, beside_id, now):
        if contact.engineer_id in aside:
            continue
        is_beside = contact.engineer_id == beside_id
        whom = "you" if is_beside else "level 2"
        letter = _letter(
            _cannot(cover, shift),
            f"{_meanwhile(cover, shift, whom, now)} Where it stands:",
            more=f"; {count} asked to take over",
            link=_page(cover),
        )
        letter = dataclasses.replace(letter, is_theirs=is_beside)
        _send(letter, contact, cover, shift, now)
    if actor.engineer_id != cover.from_engineer_id:
        letter = _letter(
            f"{cover_mails.who(actor)} asks the team to take over from you now",
            "Until somebody does you are on call, and PagerDuty pages you:",
            link=_page(cover),
        )
        _send_all(letter, [cover.from_engineer_id], cover, shift, now)


def _ask(contact: Contact, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    who = cover.from_engineer.name if cover.from_engineer else "The team"
    note = f" {who} writes: “{cover.message}”" if cover.message else ""
    letter = Letter(
        kind="take_over_asked",
        subject=f"Can you take over now? {_cannot(cover, shift)}",
        opening=f"{_cannot(cover, shift)}.{note} Can you take over now? What is left",
        closing=(
            "The first to take it is on call from that second; nobody else has to agree. Here, "
            "without signing in:"
        ),
        link=links.signed_link(
            purpose=cover_request_mails.BY_MAIL,
            row=cover.pk,
            person=contact.engineer_id,
            until=cover.ends_at,
        ),
    )
    _send(letter, contact, cover, shift, now)


def tell_taken(
    *, cover: Cover, shift: WorkedShift, beside_id: int | None, now: dt.datetime
) -> None:
    """Tell the other level who is on call beside them from now on."""
    taker = cover.to_engineer.name if cover.to_engineer else "Somebody"
    instead = f" from {cover.from_engineer.name}" if cover.from_engineer else ""
    opening = f"{taker} has taken over{instead} as {cover_mails.level_of(shift)}"
    letter = _letter(opening, "PagerDuty follows within a minute. There is nothing to do.")
    letter = dataclasses.replace(letter, is_theirs=True)
    _send_all(letter, [beside_id], cover, shift, now)


def tell_offered(*, cover: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """Ask the one on call whether somebody may take over."""
    taker = cover.to_engineer.name if cover.to_engineer else "Somebody"
    opening = f"{taker} offers to take over from you now as {cover_mails.level_of(shift)}"
    closing = "You stay on call, and are paged, until you agree:"
    letter = _letter(opening, closing, kind=OFFERED, link=_page(cover))
    _send_all(letter, [cover.from_engineer_id], cover, shift, now)
    if actor.engineer_id != cover.to_engineer_id:
        opening = f"{cover_mails.who(actor)} offers in your name to take over"
        closing = "Nothing changes until it is agreed:"
        letter = _letter(opening, closing, kind=OFFERED, link=_page(cover))
        _send_all(letter, [cover.to_engineer_id], cover, shift, now)


def tell_offer_closed(*, cover: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """Tell the other side that nothing comes of the offer."""
    is_taker = actor.engineer_id == cover.to_engineer_id
    said = "withdrew the offer to take over" if is_taker else "declined the offer to take over"
    letter = _letter(f"{cover_mails.who(actor)} {said}", "Nothing changed.", kind=OFFERED)
    both = {cover.from_engineer_id, cover.to_engineer_id} - {actor.engineer_id}
    _send_all(letter, both, cover, shift, now)


def tell_offer_over(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Tell both that the time of the offer is over."""
    opening = "The offer to take over was not agreed to, and its time is over"
    letter = _letter(opening, "Nothing changed.", kind=OFFERED)
    _send_all(letter, [cover.from_engineer_id, cover.to_engineer_id], cover, shift, now)


def _cannot(cover: Cover, shift: WorkedShift) -> str:
    who = cover.from_engineer.name if cover.from_engineer else "Nobody is there who"
    return f"{who} cannot go on as {cover_mails.level_of(shift)}"


def _meanwhile(cover: Cover, shift: WorkedShift, whom: str, now: dt.datetime) -> str:
    """What PagerDuty does until somebody takes over: it pages as before and escalates."""
    who = cover.from_engineer.name if cover.from_engineer else "nobody"
    if shift.level != LevelName.PRIMARY:
        return f"Until somebody takes over, {who} stays on call as level 2."
    policy = patterns.policy_in_force(rotation_id=shift.rotation_id, now=now)
    minutes = wording.counted(policy.escalation_delay_minutes, "minute")
    return (
        f"Until somebody takes over, PagerDuty still pages {who} first. A page that is not "
        f"acknowledged goes to {whom} after {minutes}."
    )


def _beside_and_managers(cover: Cover, beside_id: int | None, now: dt.datetime) -> list[Contact]:
    found = [*_contacts([beside_id]), *cover_request_mails.managers_of(cover, now)]
    return list({contact.engineer_id: contact for contact in found}.values())


def _contacts(engineer_ids: Iterable[int | None]) -> list[Contact]:
    ids = [who for who in engineer_ids if who is not None]
    return service.contacts_of(engineer_ids=ids) if ids else []


def _page(cover: Cover) -> str:
    return f"{settings.ROTA_BASE_URL}{reverse('cover-detail', args=[cover.pk])}"


def _letter(
    opening: str, closing: str, *, kind: str = ASKED, more: str = "", link: str = ""
) -> Letter:
    return Letter(kind=kind, subject=opening, opening=opening + more, closing=closing, link=link)


def _send_all(
    letter: Letter,
    engineer_ids: Iterable[int | None],
    cover: Cover,
    shift: WorkedShift,
    now: dt.datetime,
) -> None:
    for contact in _contacts(engineer_ids):
        _send(letter, contact, cover, shift, now)


def _send(
    letter: Letter, contact: Contact, cover: Cover, shift: WorkedShift, now: dt.datetime
) -> None:
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    times = cover_mails.times(contact.engineer_id, shift, period, now)
    link = f"\n\n{letter.link}" if letter.link else ""
    is_theirs = letter.is_theirs or contact.engineer_id in {
        cover.from_engineer_id,
        cover.to_engineer_id,
    }
    queue_message(
        to=contact.email,
        kind=letter.kind,
        subject=letter.subject,
        body=f"Hello {contact.name},\n\n{letter.opening}:\n\n{times}\n\n{letter.closing}{link}\n",
        now=now,
        good_until=cover.ends_at,
        shift_at=cover.starts_at if is_theirs else None,
    )
