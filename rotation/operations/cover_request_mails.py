"""The mails of a request for cover, each in its reader's zone with the rotation's beside.

Whoever is asked gets a link of their own that takes or declines it without sign-in, until the
request ends.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import links
from common.periods import Period, intersection, seconds
from outbox.operations import queue_chat, queue_message
from rotation.domain import cover_requests as domain
from rotation.operations import cover_closing, cover_mails, reader_times
from volunteers.queries import profiles, service, teams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from rotation.models import Cover
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Contact

BY_MAIL = "cover-by-mail"
"""The route that a link from a mail opens."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What a mail says: its subject, the sentence before the time, and what follows it.

    `is_theirs` says that it concerns a shift that its reader carries.
    """

    kind: str
    subject: str
    opening: str
    closing: str
    link: str = ""
    is_theirs: bool = False


def tell_asked(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Ask each of those who have not said no, with a link of their own."""
    asker = _name(cover)
    message = f"\n\n{asker} writes: “{cover.message}”" if cover.message else ""
    for contact in _waiting(cover):
        letter = Letter(
            kind="cover_asked",
            subject=f"{asker} asks for cover: {_short(cover)}",
            opening=f"{asker} asks you to take {cover_mails.level_of(shift)}",
            closing=(
                f"On call for {_hours(cover, shift)} hours of it.{message}\n\n"
                "The first to take it has it; nobody else has to agree. Take it or say “not me” "
                f"here, without signing in, until {_end_words(cover)}:"
            ),
            link=_own_link(cover, contact),
        )
        _send(letter, contact, cover, shift, now)
    level = cover_mails.level_of(shift)
    _say(cover, "cover_asked", f"{asker} asks for cover of {level}: {_short(cover)}", now)


def tell_asked_for(*, cover: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """Tell somebody that cover is asked for in their name."""
    letter = Letter(
        kind="cover_asked",
        subject=f"Cover is asked for in your name: {_short(cover)}",
        opening=f"{cover_mails.who(actor)} asks others to take {cover_mails.level_of(shift)} "
        "for you",
        closing="You stay on call until somebody takes it. You can withdraw the request:",
        link=page_of(cover),
    )
    _send_all(letter, _contacts([cover.from_engineer_id]), cover, shift, now)


def tell_taken(
    *, cover: Cover, shift: WorkedShift, actor: Actor, others: Iterable[int], now: dt.datetime
) -> None:
    """Tell who takes it, who is relieved, and the others who were asked."""
    taker = cover.to_engineer.name if cover.to_engineer else "Somebody"
    level = cover_mails.level_of(shift)
    instead = f" instead of {cover.from_engineer.name}" if cover.from_engineer else ""
    by = ""
    if actor.engineer_id != cover.to_engineer_id:
        by = f" {cover_mails.who(actor)} entered it."
    back = reader_times.moment(domain.given_back_until(cover.starts_at))
    mine = Letter(
        kind="cover_taken",
        subject=f"You carry {level}: {_short(cover)}",
        opening=f"you carry {level}{instead}",
        closing=(
            f"On call for {_hours(cover, shift)} hours of it. PagerDuty pages you then, and pay "
            f"follows the time carried.{by} You can give it back until {back}:"
        ),
        link=page_of(cover),
    )
    theirs = Letter(
        kind="cover_taken",
        subject=f"{taker} takes it: {_short(cover)}",
        opening=f"{taker} carries {level} instead of you",
        closing=f"PagerDuty follows within a minute.{by} Until it starts you can take it back:",
        link=page_of(cover),
    )
    rest = Letter(
        kind="cover_taken",
        subject=f"Taken: {_short(cover)}",
        opening=f"{taker} took the cover that you were asked for, {level}",
        closing="You are not on call for it, and there is nothing to do.",
    )
    _send_all(mine, _contacts([cover.to_engineer_id]), cover, shift, now)
    _send_all(theirs, _contacts([cover.from_engineer_id]), cover, shift, now)
    aside = set(others) - {cover.to_engineer_id, cover.from_engineer_id}
    _send_all(rest, _contacts(aside), cover, shift, now)
    _say(cover, "cover_taken", f"{taker} carries {level}{instead}: {_short(cover)}", now)


def tell_nobody_left(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Tell who asked, and whose time it is, that everybody who was asked said no."""
    letter = Letter(
        kind="cover_declined",
        subject=f"Everybody asked said no: {_short(cover)}",
        opening="everybody whom you asked to take this said no",
        closing="You stay on call. Ask others, shorten the part, or ask a manager of the team:",
        link=page_of(cover),
    )
    _send_all(letter, _askers(cover), cover, shift, now)


def tell_withdrawn(*, cover: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime) -> None:
    """Tell those who were asked and have not said no, and whose time it is."""
    who = cover_mails.who(actor)
    letter = Letter(
        kind="cover_withdrawn",
        subject=f"No longer asked: {_short(cover)}",
        opening=f"{who} withdrew the request for cover of {cover_mails.level_of(shift)}",
        closing="There is nothing to do.",
    )
    _send_all(letter, _waiting(cover), cover, shift, now)
    if cover.from_engineer_id != actor.engineer_id:
        mine = dataclasses.replace(letter, closing="You stay on call for it.")
        _send_all(mine, _contacts([cover.from_engineer_id]), cover, shift, now)


def tell_given_back(
    *, cover: Cover, again: Cover, shift: WorkedShift, actor: Actor, now: dt.datetime
) -> None:
    """Tell whose time it is again, the managers, and who gave it back by somebody else's hand."""
    taker = cover.to_engineer.name if cover.to_engineer else "Somebody"
    level = cover_mails.level_of(shift)
    mine = Letter(
        kind="cover_given_back",
        subject=f"{taker} gives it back: {_short(cover)}",
        opening=f"{taker} gives back the cover of {level}; you are on call for it again",
        closing="Rota asks the others again. You stay on call until somebody takes it:",
        link=page_of(again),
    )
    for_managers = Letter(
        kind="cover_given_back",
        subject=f"{taker} gives a cover back: {_short(cover)}",
        opening=f"{taker} gives back the cover of {level}; {_name(again)} is on call again",
        closing="The request is open again. You can assign somebody:",
        link=page_of(again),
    )
    theirs = Letter(
        kind="cover_given_back",
        subject=f"You no longer carry it: {_short(cover)}",
        opening=f"{cover_mails.who(actor)} gave back your cover of {level}",
        closing="You are not on call for it.",
    )
    _send_all(mine, _contacts([again.from_engineer_id]), again, shift, now)
    managers = [
        each for each in managers_of(again, now) if each.engineer_id != again.from_engineer_id
    ]
    _send_all(for_managers, managers, again, shift, now)
    if actor.engineer_id != cover.to_engineer_id:
        _send_all(theirs, _contacts([cover.to_engineer_id]), cover, shift, now)


def remind(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Remind those who have not answered, and say to who asks that nobody has taken it yet."""
    asker = _name(cover)
    for contact in _waiting(cover):
        letter = Letter(
            kind="cover_reminder",
            subject=f"Still open: {asker} asks for cover, {_short(cover)}",
            opening=f"{asker} still asks you to take {cover_mails.level_of(shift)}",
            closing=f"Take it or say “not me” until {_end_words(cover)}:",
            link=_own_link(cover, contact),
        )
        _send(letter, contact, cover, shift, now)
    mine = Letter(
        kind="cover_reminder",
        subject=f"Nobody has taken it yet: {_short(cover)}",
        opening=f"nobody has taken {cover_mails.level_of(shift)} yet",
        closing=f"The request ends {_end_words(cover)}. Until somebody takes it you are on call:",
        link=page_of(cover),
    )
    _send_all(mine, _contacts([cover.from_engineer_id]), cover, shift, now)


def tell_managers(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Tell the managers that a request is about to end."""
    letter = Letter(
        kind="cover_expiring",
        subject=f"Nobody has taken it yet: {_short(cover)}",
        opening=f"{_name(cover)} asks for cover of {cover_mails.level_of(shift)}, and nobody has "
        "taken it",
        closing=f"The request ends {_end_words(cover)}. You can assign somebody:",
        link=page_of(cover),
    )
    _send_all(letter, managers_of(cover, now), cover, shift, now)


def tell_expired(*, cover: Cover, shift: WorkedShift, now: dt.datetime) -> None:
    """Tell whose time it is, and the managers, that nobody took it."""
    level = cover_mails.level_of(shift)
    mine = Letter(
        kind="cover_expired",
        subject=f"Nobody took it, you are on call: {_short(cover)}",
        opening=f"nobody took {level}; you are on call for it",
        closing="If you cannot, ask the team to take over, or a manager:",
        link=page_of(cover),
    )
    who = "nobody is on call" if cover.from_engineer is None else f"{_name(cover)} stays on call"
    for_managers = Letter(
        kind="cover_expired",
        subject=f"Nobody took it: {_short(cover)}",
        opening=f"nobody took the cover of {level}; {who}",
        closing="The shift’s page shows who else could:",
        link=page_of(cover),
    )
    _send_all(mine, _contacts([cover.from_engineer_id]), cover, shift, now)
    managers = [
        each for each in managers_of(cover, now) if each.engineer_id != cover.from_engineer_id
    ]
    _send_all(for_managers, managers, cover, shift, now)


def tell_moved(*, cover: Cover, shift: WorkedShift, why: str, now: dt.datetime) -> None:
    """Tell who asks and who is asked what a change of the schedule did to an open request."""
    is_open = cover.state == cover.State.OPEN
    kept = "The request stands for this time now" if is_open else "The request is closed"
    letter = Letter(
        kind="cover_moved",
        subject=f"{kept}: {_short(cover)}",
        opening=f"{why} {kept}",
        closing="Who was asked can still take it:" if is_open else "There is nothing to do.",
        link=page_of(cover) if is_open else "",
    )
    people = {each.engineer_id: each for each in (*_askers(cover), *_waiting(cover))}
    _send_all(letter, people.values(), cover, shift, now)


def page_of(cover: Cover) -> str:
    """The address of its page."""
    return f"{settings.ROTA_BASE_URL}{reverse('cover-detail', args=[cover.pk])}"


def managers_of(cover: Cover, now: dt.datetime) -> list[Contact]:
    """The active managers of its team, in order of name."""
    team_id = cover.shift.level.rotation.team_id
    found = teams.managers_by_team(team_ids=[team_id], now=now).get(team_id, [])
    return _contacts([each.engineer_id for each in found])


def _own_link(cover: Cover, contact: Contact) -> str:
    return links.signed_link(
        purpose=BY_MAIL, row=cover.pk, person=contact.engineer_id, until=_end(cover)
    )


def _end(cover: Cover) -> dt.datetime:
    return domain.ends_at(
        starts_at=cover.starts_at, part_ends_at=cover.ends_at, is_urgent=cover.is_urgent
    )


def _end_words(cover: Cover) -> str:
    return reader_times.moment(_end(cover))


def _name(cover: Cover) -> str:
    return cover.from_engineer.name if cover.from_engineer else "The team"


def _short(cover: Cover) -> str:
    """Its time, for each reader in their zone."""
    return reader_times.span(cover.starts_at, cover.ends_at)


def _hours(cover: Cover, shift: WorkedShift) -> str:
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    return f"{seconds(intersection(shift.windows, [period])) / 3600:g}"


def _waiting(cover: Cover) -> list[Contact]:
    return _contacts(cover_closing.waiting_ids(cover))


def _askers(cover: Cover) -> list[Contact]:
    """Whose time it is; without anybody the managers, whose gap it is."""
    if cover.from_engineer_id is not None:
        return _contacts([cover.from_engineer_id])
    return managers_of(cover, cover.asked_at)


def _contacts(engineer_ids: Iterable[int | None]) -> list[Contact]:
    ids = [who for who in engineer_ids if who is not None]
    return service.contacts_of(engineer_ids=ids) if ids else []


def _send_all(
    letter: Letter, people: Iterable[Contact], cover: Cover, shift: WorkedShift, now: dt.datetime
) -> None:
    for contact in people:
        _send(letter, contact, cover, shift, now)


def _send(
    letter: Letter, contact: Contact, cover: Cover, shift: WorkedShift, now: dt.datetime
) -> None:
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    times = cover_mails.times(contact.engineer_id, shift, period, now)
    link = f"\n\n{letter.link}" if letter.link else ""
    zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
    is_theirs = contact.engineer_id in {cover.from_engineer_id, cover.to_engineer_id}
    queue_message(
        to=contact.email,
        kind=letter.kind,
        subject=reader_times.in_zone(letter.subject, zone),
        body=reader_times.in_zone(
            f"Hello {contact.name},\n\n{letter.opening}:\n\n{times}\n\n{letter.closing}{link}\n",
            zone,
        ),
        now=now,
        shift_at=cover.starts_at if is_theirs else None,
    )


def _say(cover: Cover, kind: str, text: str, now: dt.datetime) -> None:
    """A line for the team's chat, with the page where it is answered."""
    queue_chat(
        team_id=cover.shift.level.rotation.team_id,
        kind=kind,
        text=reader_times.in_zone(f"{text}\n{page_of(cover)}", cover.shift.time_zone),
        now=now,
        good_until=cover.ends_at,
    )
